package import ControlAPI
internal import Mongo

/// Changes of a cluster in the inventory.
extension Supervisor {
    package func edit(
        cluster id: Identifier, _ change: ClusterChange
    ) async throws -> ControlAPI.Cluster {
        if let name = change.name, name.isEmpty {
            throw ControlError(.invalid, "a cluster needs a name")
        }
        let new = try connection(of: id, change)
        _ = try await self.change(id) { changed in
            if let name = change.name {
                let isTaken = state.clusters.contains {
                    $0.id != id && $0.project == changed.project && $0.name == name
                }
                guard !isTaken else { throw ControlError(takenName: name) }
                changed.name = name
            }
            guard let new else { return }
            try mayConnect(id, with: new)
            changed.connectionString = "\(new)"
            // What was seen may have been another cluster.
            changed.facts = nil
            changed.lastSeenAt = nil
        } onceSaved: {
            guard let new else { return }
            try mayConnect(id, with: new)
            try keep(Secret(new.secretText), of: id)
            for run in state.validations where run.setup.source == id || run.setup.destination == id
            {
                publish(.removed(run.id))
            }
        }
        return try await test(cluster: id)
    }

    /// Changes a cluster on disk and then for everybody. The body runs anew where somebody else has changed it meanwhile;
    /// where `onceSaved` throws, everything stays as it was.
    func change(
        _ id: Identifier, _ body: (inout ControlAPI.Cluster) throws -> Void,
        onceSaved: () throws -> Void = {}
    ) async throws -> ControlAPI.Cluster {
        var isSaved = false
        do {
            while true {
                let before = try cluster(id)
                var changed = before
                try body(&changed)
                guard changed != before else {
                    try onceSaved()
                    return before
                }
                try await store.save(changed)
                isSaved = true
                guard try cluster(id) == before else { continue }
                try onceSaved()
                publish(.cluster(changed))
                return changed
            }
        } catch {
            if isSaved, let known = try? cluster(id) { try? await store.save(known) }
            throw error
        }
    }

    /// Throws where a migration would lose its cluster.
    private func mayConnect(_ id: Identifier, with new: ConnectionString) throws {
        // An engine keeps the connections that it began with, and so does an ending.
        let isUsed = state.migrations.contains {
            (runs[$0.id] != nil || endings[$0.id] != nil)
                && ($0.setup.source == id || $0.setup.destination == id)
        }
        guard !isUsed else {
            throw ControlError(
                .conflict, "a migration runs over this connection",
                remedy: "change it once the migration has ended, then retry that")
        }
        guard let need = need(of: id),
            !hasSameServers("\(new)", try cluster(id).connectionString)
        else { return }
        throw ControlError(
            .conflict, "it names other servers, and \(need.reason)",
            remedy:
                "\(need.remedy); or keep its servers and add the others as a cluster of their own"
        )
    }

    /// Why a migration needs this very cluster; nil where none does.
    func need(of id: Identifier) -> (reason: String, remedy: String)? {
        for live in state.migrations where live.setup.source == id || live.setup.destination == id {
            let title = live.clusterNames
            if !live.phase.isFinal {
                return (
                    "a migration uses this cluster: \(title)",
                    "wait until it has ended, or cancel it"
                )
            }
            if endings[live.id] != nil {
                return (
                    "a migration with this cluster is being cancelled: \(title)",
                    "wait until it is"
                )
            }
            // The release writes to the destination, too.
            if live.isSourceHeld {
                return (
                    "a migration still holds its source: \(title)", "release the source first"
                )
            }
            guard !state.isSuperseded(live) else { continue }
            let isBlocked =
                live.cutover.isDestinationBlocked == true || live.cutover.isSourceBlocked == true
            if live.isRetryPossible {
                return ("a migration can be retried with this cluster: \(title)", wayOut(of: live))
            }
            if live.phase == .failed, isBlocked {
                return ("a migration that has failed blocks writes: \(title)", wayOut(of: live))
            }
            if live.phase == .failed, live.isCutoverInDoubt {
                return (
                    "a migration that has failed in a cutover may block writes: \(title)",
                    wayOut(of: live)
                )
            }
        }
        return nil
    }

    /// How a migration that is over lets its clusters go.
    private func wayOut(of live: LiveMigration) -> String {
        if live.isBeingCancelled { return "wait until it is cancelled" }
        if live.isPastPointOfNoReturn { return "retry it, so that its cutover is finished" }
        // One that has expired has nothing that could be cancelled until it runs again.
        return live.phase == .failed ? "cancel it first" : "retry it and cancel it first"
    }

    /// Whether two connection strings differ in nothing that may lead to another cluster.
    func hasSameServers(_ one: String, _ other: String) -> Bool {
        guard let one = try? ConnectionString(one), let other = try? ConnectionString(other) else {
            return one == other
        }
        return one.isSRV == other.isSRV && Set(one.hosts) == Set(other.hosts)
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
