package import ControlAPI
internal import Migration
internal import Mongo

/// The inventory, and what comes before a migration.
extension Supervisor {
    package func test(_ text: Secret) async throws -> ClusterFacts {
        try await ClusterProbe.facts(text)
    }

    package func add(_ new: NewCluster) async throws -> ControlAPI.Cluster {
        guard !new.name.isEmpty, !new.organization.isEmpty, !new.project.isEmpty else {
            throw ControlError(.invalid, "a cluster, its organization and its project need names")
        }
        let shown: String
        do {
            shown = "\(try ConnectionString(new.connectionString.revealed))"
        } catch {
            throw ControlError(any: error)
        }
        let now = Clock.now / 1_000
        let id = Identifier(at: now)
        try keep(new.connectionString, of: id)
        let added: Store.Added
        do { added = try await store.add(new, shownAs: shown, id: id, at: now) } catch {
            try? keep(nil, of: id)
            throw error
        }
        if !state.organizations.contains(added.organization) {
            publish(.organization(added.organization))
        }
        if !state.projects.contains(added.project) { publish(.project(added.project)) }
        publish(.cluster(added.cluster))
        return try await test(cluster: id)
    }

    /// Takes something new back, where it could not be written down.
    private func kept(_ id: Identifier, _ save: () async throws -> Void) async throws {
        do { try await save() } catch {
            publish(.removed(id))
            throw error
        }
    }

    package func test(cluster id: Identifier) async throws -> ControlAPI.Cluster {
        let text = try secret(of: id)
        let result: Result<ClusterFacts, ControlError>
        do { result = .success(try await ClusterProbe.facts(text)) } catch {
            result = .failure(ControlError(any: error))
        }
        return try await take(result, of: id, with: text)
    }

    /// Takes in what a probe with that connection string has seen; nothing where the cluster has another one by now.
    func take(
        _ result: Result<ClusterFacts, ControlError>, of id: Identifier, with text: Secret
    ) async throws -> ControlAPI.Cluster {
        try await change(id) { cluster in
            guard try secret(of: id) == text else { return }
            switch result {
            case .success(let facts):
                cluster.facts = facts
                cluster.lastSeenAt = Clock.now
                cluster.trouble = nil
            case .failure(let trouble): cluster.trouble = trouble
            }
        }
    }

    package func remove(cluster id: Identifier) async throws {
        let cluster = try cluster(id)
        func requireNoNeed() throws {
            guard let need = need(of: id) else { return }
            throw ControlError(.conflict, need.reason, remedy: need.remedy)
        }
        try requireNoNeed()
        try await store.remove(cluster: id)
        do {
            // A migration may have begun with it meanwhile.
            try requireNoNeed()
            try keep(nil, of: id)
        } catch {
            try? await store.save(cluster)
            throw error
        }
        publish(.removed(id))
    }

    /// Throws where another migration has one of the clusters. `id`: of the migration itself, where there is one.
    func checkConflicts(_ setup: MigrationSetup, of id: Identifier? = nil) throws {
        let (source, destination) = (try cluster(setup.source), try cluster(setup.destination))
        for (cluster, conflict) in [
            (destination, state.conflict(into: destination, of: id)),
            (source, state.conflict(from: source, of: id)),
        ] {
            guard var conflict else { continue }
            conflict.message = "\(cluster.name) cannot be used: \(conflict.message)"
            throw conflict
        }
    }

    /// The newest validation of a setup; throws where a migration may not begin with it.
    private func passedValidation(of setup: MigrationSetup) throws -> ValidationRun {
        guard let run = state.validations.last(where: { $0.setup == setup }), run.isPassed == true
        else {
            throw ControlError(
                .validationFailed, "this setup has not passed its validation",
                remedy: "validate it, and mend what the rows say")
        }
        guard run.isFresh(at: Clock.now) else {
            throw ControlError(
                .validationFailed,
                "this setup was validated more than \(ValidationRun.lifetime / 60_000) minutes ago",
                remedy: "validate it again: the clusters may have changed")
        }
        return run
    }

    package func start(_ setup: MigrationSetup, by asker: Asker) async throws -> Identifier {
        let options = try options(setup)
        let (source, destination) = (try cluster(setup.source), try cluster(setup.destination))
        if options.drop {
            let names = [destination.name, destination.facts?.replicaSet].compactMap(\.self)
            guard let typed = setup.clearConfirmedName, names.contains(typed) else {
                throw ControlError(
                    .nameMismatch, "clearing the destination was not confirmed with its name")
            }
        }
        let validation = try passedValidation(of: setup)
        try checkConflicts(setup)
        let now = Clock.now
        let begun = setup.resumes ? validation.earlier?.startedAt : nil
        var live = LiveMigration(
            id: Identifier(at: Clock.now / 1_000), setup: setup, sourceName: source.name,
            destinationName: destination.name,
            destinationConnectionString: destination.connectionString, phase: .preparing,
            startedAt: min(begun ?? now, now))
        if setup.clear, setup.clearConfirmedCluster == nil {
            live.setup.clearConfirmedCluster = ClearedCluster(destination)
            live.setup.clearConfirmedCluster?.replicaSet = setup.clearConfirmedName
        }
        live.driver = Driver(wizard: asker.wizard, name: asker.name, heardAt: now)
        heard.hear(live.id, at: .now)
        if setup.resumes { hasBegun.insert(live.id) }
        if setup.clear {
            var identity = MigrationIdentity()
            identity.clearing = ClearingConfirmation(
                startedAt: validation.earlier?.startedAt,
                isPastPointOfNoReturn: validation.earlier?.isPastPointOfNoReturn ?? false)
            identities[live.id] = identity
        }
        // First, so that nobody else can begin one there.
        publish(.migration(live))
        try await kept(live.id) {
            try await store.save(
                StoredMigration(
                    live: live, hasBegun: setup.resumes, identity: identities[live.id]))
        }
        // One that has looked at nothing counts for this start alone.
        if setup.resumes, validation.earlier?.isInCutover == true {
            publish(.removed(validation.id))
        }
        drivers[live.id] = asker.name
        await takeUp(live.id, isResumed: setup.resumes)
        let deed = setup.resumes ? "went on with the migration" : "started the migration"
        await note(asker, deed + (setup.clear ? ", clearing the destination" : ""), live.id)
        return live.id
    }
}
