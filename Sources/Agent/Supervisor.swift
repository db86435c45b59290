package import ControlAPI
package import Migration
internal import Mongo

/// What the agent knows and runs: the inventory, one engine per migration, and those who watch.
///
/// All state is here. What must outlive the agent is on disk before whoever asked for it is answered; who watches may see
/// it a moment earlier. What cannot be written down goes on all the same, and everybody sees that it is not.
package actor Supervisor {
    let store: Store
    private let secretFile: SecretFile
    private var secrets: [Identifier: Secret]
    let owner: Lease.Owner
    let isRunning: @Sendable (Lease.Owner) -> Bool
    /// See `MigrationOptions.lagHold`.
    let lagHold: Double?
    /// See `MigrationOptions.clockSpeed`.
    let clockSpeed: Int
    var telling: Telling

    var state: Snapshot
    var runs: [Identifier: Run] = [:]
    /// Of migrations that have failed. They stay failed until that is done: no later agent goes on with it unasked.
    var endings: [Identifier: Ending] = [:]
    var hasBegun: Set<Identifier> = []
    var identities: [Identifier: MigrationIdentity] = [:]
    var heard = HeardDrivers()
    /// Whom the log of a migration has named last as its driver, whether or not that one still drives.
    var drivers: [Identifier: String] = [:]
    private var recent: [Event] = []
    private var watchers: [Int: AsyncStream<Event>.Continuation] = [:]
    private var nextWatcher = 0
    var isStopping = false
    var lines: [Identifier: Int] = [:]
    /// What could not be written to the store, and is written again until that works: the number of its last state.
    private var unsaved: [Identifier: Int] = [:]
    /// Each state that is to be written has a higher number than those before.
    private var saves = 0

    /// Opens everything in the folder, whose lock must be held. Starts nothing. `notifications`: where they go, asked for
    /// each, so that whoever changes that need not start the agent anew.
    package init(
        _ folder: AgentFolder, version: String, owner: Lease.Owner,
        isRunning: @escaping @Sendable (Lease.Owner) -> Bool, lagHold: Double? = nil,
        clockSpeed: Int = 1,
        notifications: @escaping @Sendable () throws -> NotificationSettings = {
            NotificationSettings()
        }
    ) async throws {
        let now = Clock.now
        store = try Store(folder.store)
        secretFile = SecretFile(folder.secrets)
        secrets = try secretFile.load()
        self.owner = owner
        self.isRunning = isRunning
        self.lagHold = lagHold
        self.clockSpeed = clockSpeed
        telling = Telling(
            settings: notifications,
            directions: Directions(host: owner.host, folder: folder))
        // Above every number of an earlier run, and exact in every JSON reader.
        state = Snapshot(
            sequence: now * 1_000, time: now,
            agent: Snapshot.Agent(
                id: Identifier(at: now / 1_000), version: version, host: owner.host,
                process: owner.process, startedAt: now))
        let contents = try await store.load()
        telling.told = try await store.toldOccasions()
        telling.outbox = Outbox(try await store.outbox())
        state.organizations = contents.organizations
        state.projects = contents.projects
        state.clusters = contents.clusters
        for stored in contents.migrations {
            var live = stored.live
            live.isRunning = false
            live.driver = nil
            live.dropOldFigures()
            live.forgetUnreadCutover()
            // Agents that told of nothing took every pause for one by an error.
            if live.phase == .paused, live.error?.message == "paused by the operator" {
                live.error = nil
            }
            if live.isBeingCancelled { (live.cancellation, live.waitingFor) = (nil, []) }
            identities[live.id] = stored.identity
            if stored.hasBegun { hasBegun.insert(live.id) }
            // Older agents did not say that.
            live.clearsOnRetry = clearsOnRetry(live)
            state.migrations.append(live)
        }
    }

    /// Takes up what is not over, paused where it was paused, and keeps the figures fresh until the task is cancelled;
    /// then stops every migration cleanly and returns.
    package func run() async {
        for migration in state.migrations where !migration.phase.isFinal {
            await takeUp(migration.id, isResumed: true, isAsked: false)
        }
        var ticks = 0
        while !Task.isCancelled {
            await tick(ticks)
            ticks += 1
            try? await Task.sleep(for: Tuning.tick)
        }
        isStopping = true
        let tasks = runs.values.map(\.task) + endings.values.map(\.task)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await telling.sending?.value
        for watcher in watchers.values { watcher.finish() }
    }

    func tick(_ number: Int, at now: ContinuousClock.Instant = .now) async {
        for id in runs.keys { await refresh(id) }
        for id in endings.keys { await refreshEnding(id) }
        for id in heard.takeSilent(at: now) {
            try? await update(id, isKept: false) {
                // What is over has no driver who could be heard again.
                if $0.phase.isFinal { $0.driver = nil } else { $0.driver?.hasFallenSilent = true }
            }
        }
        for id in heard.takeLapsed(at: now) {
            try? await update(id, isKept: false) { $0.driver?.forgetRequest() }
        }
        let isDue = number % Tuning.saveTicks == 0
        if isDue { await saveAgain() }
        // Where hours pass in seconds every tick counts.
        if isDue || clockSpeed > 1 { await tellOccasions() }
    }

    // MARK: Events

    /// What changes after that event, beginning with a snapshot where it is not at hand any more. Ends when the client is
    /// too slow or the agent stops.
    package func watch(after sequence: Int64?) -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(Tuning.eventQueue))
        let number = nextWatcher
        nextWatcher += 1
        let oldest = recent.first?.sequence ?? state.sequence + 1
        if let sequence, sequence >= oldest - 1, sequence <= state.sequence {
            for event in recent where event.sequence > sequence { continuation.yield(event) }
        } else {
            continuation.yield(
                Event(sequence: state.sequence, time: Clock.now, change: .snapshot(current)))
        }
        if isStopping { continuation.finish() }
        watchers[number] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.forget(number) }
        }
        return stream
    }

    var current: Snapshot {
        var snapshot = state
        snapshot.time = Clock.now
        return snapshot
    }

    private func forget(_ number: Int) { watchers[number] = nil }

    package func alive() -> Event {
        Event(sequence: state.sequence, time: Clock.now, change: .alive)
    }

    /// Makes a change known, and takes it into the state.
    func publish(_ change: Event.Change) {
        let event = Event(sequence: state.sequence + 1, time: Clock.now, change: change)
        state.apply(event)
        recent.append(event)
        if recent.count > Tuning.recentEvents { recent.removeFirst(Tuning.recentEvents / 4) }
        tell(event)
    }

    private func tell(_ event: Event) {
        for (number, watcher) in watchers {
            if case .dropped = watcher.yield(event) {
                watcher.finish()
                watchers[number] = nil
            }
        }
    }

    // MARK: What others need

    func migration(_ id: Identifier) throws -> LiveMigration {
        guard let found = state.migrations.first(where: { $0.id == id }) else {
            throw ControlError(.notFound, "there is no migration \(id)")
        }
        return found
    }

    func cluster(_ id: Identifier) throws -> ControlAPI.Cluster {
        guard let found = state.clusters.first(where: { $0.id == id }) else {
            throw ControlError(.notFound, "there is no cluster \(id)")
        }
        return found
    }

    func secret(of id: Identifier) throws -> Secret {
        guard let secret = secrets[id] else {
            throw ControlError(
                .store, "the connection string of cluster \(id) is not in the secret file",
                remedy:
                    "give it again, with its password: lagzero clusters edit \(id) --uri-file FILE")
        }
        return secret
    }

    /// Nil removes it.
    func keep(_ secret: Secret?, of id: Identifier) throws {
        var changed = secrets
        changed[id] = secret
        try secretFile.save(changed)
        secrets = changed
    }

    /// Changes a migration and tells everybody where it is another one now; then writes it down where `isKept`. Returns
    /// when that is done, and throws where it cannot be done now: it is true all the same, as its engine goes on, and is
    /// written later.
    func update(
        _ id: Identifier, isKept: Bool = true, _ body: (inout LiveMigration) -> Void
    ) async throws {
        var live = try migration(id)
        let before = live
        body(&live)
        guard live != before else { return }
        publish(.migration(live))
        guard isKept else { return }
        try await save(live)
    }

    // MARK: The store

    /// Writes a migration down; what cannot be written now is tried again, and everybody knows why.
    func save(_ live: LiveMigration) async throws {
        try await reportingTrouble {
            saves += 1
            let number = saves
            unsaved[live.id] = number
            try await store.save(
                StoredMigration(
                    live: live, hasBegun: hasBegun.contains(live.id), identity: identities[live.id]),
                number: number)
            if unsaved[live.id] == number { unsaved[live.id] = nil }
        }
    }

    /// Writes lines of a log down, as far as that is possible.
    func save(_ lines: [LogLine], of id: Identifier) async {
        try? await reportingTrouble { try await store.append(lines, to: id) }
    }

    private func saveAgain() async {
        for live in state.migrations where unsaved[live.id] != nil { try? await save(live) }
    }

    /// Does something with the store, and tells everybody where that does not work, and where it does again.
    func reportingTrouble<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body()
            if unsaved.isEmpty { publish(trouble: nil) }
            return result
        } catch {
            let error = ControlError(any: error)
            publish(
                trouble: ControlError(
                    error.code,
                    "The agent cannot write down where its migrations are, \(error.message)",
                    remedy: "they go on meanwhile; \(error.remedy ?? "see its folder")"))
            throw error
        }
    }

    private func publish(trouble: ControlError?) {
        guard state.agent.trouble != trouble else { return }
        var agent = state.agent
        agent.trouble = trouble
        publish(.agent(agent))
    }
}
