/// Everything the agent knows, at one moment.
package struct Snapshot: Codable, Sendable, Hashable {
    package struct Agent: Codable, Sendable, Hashable {
        package var id: Identifier
        package var version: String
        package var host: String
        package var process: Int
        /// Milliseconds since 1970.
        package var startedAt: Int64
        /// Why its store cannot be written; nil while it can. Migrations go on meanwhile.
        package var trouble: ControlError?

        package init(id: Identifier, version: String, host: String, process: Int, startedAt: Int64)
        {
            self.id = id
            self.version = version
            self.host = host
            self.process = process
            self.startedAt = startedAt
        }
    }

    /// Of the newest event that is in it. Numbers rise over restarts of the agent, too.
    package var sequence: Int64
    /// When it was taken, milliseconds since 1970 by the agent's clock.
    package var time: Int64
    package var agent: Agent
    package var organizations: [Organization] = []
    package var projects: [Project] = []
    package var clusters: [Cluster] = []
    /// Of this run of the agent, the newest last.
    package var validations: [ValidationRun] = []
    /// Running and past, the newest last.
    package var migrations: [LiveMigration] = []
    /// How many older ones, all past, were left out.
    package var earlierMigrations = 0

    package init(sequence: Int64, time: Int64, agent: Agent) {
        self.sequence = sequence
        self.time = time
        self.agent = agent
    }
}

extension Snapshot {
    /// The same with the newest past migrations only, at most so many.
    package func with(past limit: Int) -> Snapshot {
        var snapshot = self
        let past = migrations.indices.filter { migrations[$0].phase.isFinal }
        let old = Set(past.dropLast(limit))
        snapshot.migrations = migrations.indices.filter { !old.contains($0) }.map { migrations[$0] }
        snapshot.earlierMigrations += old.count
        return snapshot
    }
}

/// Something changed. Whoever applies every event to a snapshot has what the agent has.
package struct Event: Codable, Sendable, Hashable {
    package enum Change: Codable, Sendable, Hashable {
        /// Where the events asked for are no longer at hand: everything anew.
        case snapshot(Snapshot)
        case organization(Organization)
        case project(Project)
        case cluster(Cluster)
        case agent(Snapshot.Agent)
        /// An organization, a project or a cluster, a validation of what is another cluster now, or a migration that
        /// could not begin after all.
        case removed(Identifier)
        case validation(ValidationRun)
        case migration(LiveMigration)
        case log(migration: Identifier, LogLine)
        /// Nothing but that the agent is there: said to those who ask.
        case alive
    }

    package var sequence: Int64
    /// Milliseconds since 1970, by the agent's clock.
    package var time: Int64
    package var change: Change

    package init(sequence: Int64, time: Int64, change: Change) {
        self.sequence = sequence
        self.time = time
        self.change = change
    }
}

extension Snapshot {
    /// Takes an event in, and the time that it was at, which is an earlier one where the agent's clock was set back. One
    /// that is in it already changes nothing; log lines are not kept.
    package mutating func apply(_ event: Event) {
        if case .snapshot(let snapshot) = event.change {
            self = snapshot
            return
        }
        let isAlive = if case .alive = event.change { true } else { false }
        guard isAlive || event.sequence > sequence else { return }
        time = event.time
        if isAlive { return }
        sequence = event.sequence
        switch event.change {
        case .organization(let organization): Snapshot.put(organization, into: &organizations)
        case .project(let project): Snapshot.put(project, into: &projects)
        case .cluster(let cluster): Snapshot.put(cluster, into: &clusters)
        case .agent(let agent): self.agent = agent
        case .validation(let run): Snapshot.put(run, into: &validations)
        case .migration(let migration): Snapshot.put(migration, into: &migrations)
        case .removed(let id):
            organizations.removeAll { $0.id == id }
            projects.removeAll { $0.id == id }
            clusters.removeAll { $0.id == id }
            migrations.removeAll { $0.id == id }
            validations.removeAll { $0.id == id }
        case .log, .alive, .snapshot: break
        }
    }

    private static func put<Element: Identifiable>(_ element: Element, into list: inout [Element]) {
        // What changes most is the newest.
        if let index = list.lastIndex(where: { $0.id == element.id }) {
            list[index] = element
        } else {
            list.append(element)
        }
    }
}
