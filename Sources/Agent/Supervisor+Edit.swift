package import ControlAPI
internal import Mongo

/// Changes of a cluster in the inventory.
extension Supervisor {
    package func edit(
        cluster id: Identifier, _ change: ClusterChange
    ) async throws -> ControlAPI.Cluster {
        var changed = try cluster(id)
        if let name = change.name {
            guard !name.isEmpty else { throw ControlError(.invalid, "a cluster needs a name") }
            let isTaken = state.clusters.contains {
                $0.id != id && $0.project == changed.project && $0.name == name
            }
            guard !isTaken else {
                throw ControlError(.conflict, "its project has a cluster \(name) already")
            }
            changed.name = name
        }
        if let new = try connection(of: id, change) {
            // An engine keeps the connections that it began with.
            let isUsed = state.migrations.contains {
                runs[$0.id] != nil && ($0.setup.source == id || $0.setup.destination == id)
            }
            guard !isUsed else {
                throw ControlError(
                    .conflict, "a migration runs over this connection",
                    remedy: "change it once the migration has ended, then retry that")
            }
            try keep(Secret(new.secretText), of: id)
            changed.connectionString = "\(new)"
            // What was seen may have been another cluster.
            changed.facts = nil
            changed.lastSeenAt = nil
        }
        try await store.save(changed)
        publish(.cluster(changed))
        return try await test(cluster: id)
    }

    /// The new string, secrets and all; nil where it is the one that is stored.
    private func connection(
        of id: Identifier, _ change: ClusterChange
    ) throws -> ConnectionString? {
        guard change.connectionString != nil || change.password != nil else { return nil }
        do {
            let stored = try (try? secret(of: id)).map { try ConnectionString($0.revealed) }
            let shown = try cluster(id).connectionString
            var new = try ConnectionString(change.connectionString?.revealed ?? shown)
            if let password = change.password {
                new = try new.setting(password: password.revealed)
            }
            new = try new.takingSecrets(of: stored)
            return new == stored ? nil : new
        } catch { throw ControlError(any: error) }
    }
}
