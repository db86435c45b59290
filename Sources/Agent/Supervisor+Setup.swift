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
        let project = try await project(new.project, in: try await organization(new.organization))
        guard !state.clusters.contains(where: { $0.project == project.id && $0.name == new.name })
        else {
            throw ControlError(
                .conflict, "project \(project.name) has a cluster \(new.name) already")
        }
        let cluster = ControlAPI.Cluster(
            id: Identifier(at: Clock.now / 1_000), project: project.id, name: new.name,
            connectionString: shown)
        try keep(new.connectionString, of: cluster.id)
        try await store.save(cluster)
        publish(.cluster(cluster))
        return try await test(cluster: cluster.id)
    }

    private func organization(_ name: String) async throws -> Organization {
        if let found = state.organizations.first(where: { $0.name == name }) { return found }
        let new = Organization(id: Identifier(at: Clock.now / 1_000), name: name)
        publish(.organization(new))
        try await store.save(new)
        return new
    }

    private func project(_ name: String, in organization: Organization) async throws -> Project {
        let known = state.projects.first { $0.organization == organization.id && $0.name == name }
        if let known { return known }
        let new = Project(
            id: Identifier(at: Clock.now / 1_000), organization: organization.id, name: name)
        publish(.project(new))
        try await store.save(new)
        return new
    }

    package func test(cluster id: Identifier) async throws -> ControlAPI.Cluster {
        let text = try secret(of: id)
        let result: Result<ClusterFacts, ControlError>
        do { result = .success(try await ClusterProbe.facts(text)) } catch {
            result = .failure(ControlError(any: error))
        }
        var cluster = try cluster(id)
        switch result {
        case .success(let facts):
            cluster.facts = facts
            cluster.lastSeenAt = Clock.now
            cluster.trouble = nil
        case .failure(let trouble): cluster.trouble = trouble
        }
        try await store.save(cluster)
        publish(.cluster(cluster))
        return cluster
    }

    package func remove(cluster id: Identifier) async throws {
        _ = try cluster(id)
        let isUsed = state.migrations.contains {
            !$0.phase.isFinal && ($0.setup.source == id || $0.setup.destination == id)
        }
        guard !isUsed else { throw ControlError(.conflict, "a migration uses this cluster") }
        try await store.remove(cluster: id)
        try keep(nil, of: id)
        publish(.removed(id))
    }

    package func validate(_ setup: MigrationSetup) async throws -> Identifier {
        let options = try options(setup)
        let text = (try secret(of: setup.source), try secret(of: setup.destination))
        let uris: (ConnectionString, ConnectionString)
        do {
            uris = (try ConnectionString(text.0.revealed), try ConnectionString(text.1.revealed))
        } catch { throw ControlError(any: error) }
        var run = ValidationRun(
            id: Identifier(at: Clock.now / 1_000), setup: setup, startedAt: Clock.now)
        run.rows = Validation.expected(options).map { check in
            ValidationRow(
                check: check.name, side: ValidationRow.Side(rawValue: check.side.rawValue) ?? .both,
                title: check.title, state: .checking)
        }
        if state.validations.count >= Tuning.validations { state.validations.removeFirst() }
        publish(.validation(run))
        let id = run.id
        Task {
            let validation = Validation(
                source: uris.0, destination: uris.1, options: options,
                observe: { checks in Task { await self.take(checks, into: id) } })
            take(await validation.run(), into: id)
        }
        return id
    }

    private func take(_ checks: [ValidationCheck], into id: Identifier) {
        guard var run = state.validations.first(where: { $0.id == id }), run.endedAt == nil else {
            return
        }
        for row in checks.map(ValidationRow.init) {
            let place = run.rows.firstIndex {
                $0.check == row.check && $0.side == row.side && $0.state == .checking
            }
            if let place { run.rows[place] = row }
        }
        publish(.validation(run))
    }

    private func take(_ report: ValidationReport, into id: Identifier) {
        guard var run = state.validations.first(where: { $0.id == id }) else { return }
        run.rows = report.checks.map(ValidationRow.init)
        run.endedAt = Clock.now
        run.isPassed = !report.isBlocking
        publish(.validation(run))
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
        guard state.validations.last(where: { $0.setup == setup })?.isPassed == true else {
            throw ControlError(
                .validationFailed, "this setup has not passed its validation",
                remedy: "validate it, and mend what the rows say")
        }
        let isUsed = state.migrations.contains {
            !$0.phase.isFinal && $0.setup.destination == setup.destination
        }
        guard !isUsed else {
            throw ControlError(.conflict, "another migration has this destination")
        }
        var live = LiveMigration(
            id: Identifier(at: Clock.now / 1_000), setup: setup, sourceName: source.name,
            destinationName: destination.name,
            destinationConnectionString: destination.connectionString, phase: .preparing,
            startedAt: Clock.now)
        live.driver = Driver(wizard: asker.wizard, name: asker.name, heardAt: Clock.now)
        publish(.migration(live))
        try await store.save(StoredMigration(live: live))
        await takeUp(live.id, isResumed: false)
        return live.id
    }
}

extension ValidationRow {
    init(_ check: ValidationCheck) {
        let state: State =
            switch check.outcome {
            case .pass: .pass
            case .warning: .warning
            case .failure: .failure
            case .unknown: check.isBlocking ? .failure : .warning
            }
        let known = check.message == check.title ? check.seen : "\(check.message): \(check.seen)"
        self.init(
            check: check.name, side: Side(rawValue: check.side.rawValue) ?? .both,
            title: check.title, state: state,
            seen: check.outcome == .unknown ? "not known: \(check.seen)" : known,
            remedy: check.remedy)
        isBlocking = check.isBlocking
    }
}
