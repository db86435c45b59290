import ControlAPI
import Synchronization

/// An agent whose world is a snapshot in memory: it answers at once, has no clock but `time`, and goes on only where a
/// test says so. What it changes it also tells those who follow its events.
final class ScriptedAgent: Sendable {
    private struct State {
        var snapshot: Snapshot
        var logs: [Identifier: [LogLine]] = [:]
        var requests: [ControlRequest] = []
        var refusals: [ControlError] = []
        var events: [Event] = []
        var followers: [Int: AsyncThrowingStream<Event, any Error>.Continuation] = [:]
        var followed = 0
        var isLost = false
        var ignoresCutovers = false
        var answersAfter = Duration.zero
        var tellsLate = false
        var beforeClaim: (@Sendable () async -> Void)?
        var made: UInt64 = 0x1000
    }

    private let state: Mutex<State>

    init(_ snapshot: Snapshot = Sample.snapshot) { state = Mutex(State(snapshot: snapshot)) }

    // MARK: For tests

    var snapshot: Snapshot { state.withLock { $0.snapshot } }
    /// Everything that was asked, reading included, oldest first.
    var requests: [ControlRequest] { state.withLock { $0.requests } }
    /// Milliseconds since 1970. As it passes drivers fall silent.
    var time: Int64 {
        get { state.withLock { $0.snapshot.time } }
        set {
            state.withLock { state in
                state.snapshot.time = newValue
                guard !state.isLost else { return }
                for var live in state.snapshot.migrations {
                    guard let driver = live.driver, !driver.isSilent,
                        newValue - driver.heardAt >= Driver.patience
                    else { continue }
                    live.driver?.hasFallenSilent = true
                    _ = Self.put(.migration(live), in: &state)
                }
            }
        }
    }

    /// Whether it has gone: it answers nothing.
    var isLost: Bool {
        get { state.withLock { $0.isLost } }
        set { state.withLock { $0.isLost = newValue } }
    }

    /// Whether a cutover that is asked for is accepted and never begun.
    var ignoresCutovers: Bool {
        get { state.withLock { $0.ignoresCutovers } }
        set { state.withLock { $0.ignoresCutovers = newValue } }
    }

    /// How long its answers to the whole wizard are on their way; what has changed is heard at once.
    var answersAfter: Duration {
        get { state.withLock { $0.answersAfter } }
        set { state.withLock { $0.answersAfter = newValue } }
    }

    /// Whether its answers to the whole wizard come before the news of what they have changed.
    var tellsLate: Bool {
        get { state.withLock { $0.tellsLate } }
        set { state.withLock { $0.tellsLate = newValue } }
    }

    /// What a claim waits for.
    var beforeClaim: (@Sendable () async -> Void)? {
        get { state.withLock { $0.beforeClaim } }
        set { state.withLock { $0.beforeClaim = newValue } }
    }

    /// The next thing that is asked is refused.
    func refuseNext(_ error: ControlError) { state.withLock { $0.refusals.append(error) } }

    /// Changes the world, and tells the followers.
    @discardableResult
    func put(_ change: Event.Change) -> Event { state.withLock { Self.put(change, in: &$0) } }

    /// Changes a migration that there is.
    @discardableResult
    func change(_ id: Identifier, _ body: (inout LiveMigration) -> Void) -> Event? {
        state.withLock { state in
            guard var migration = state.snapshot.migrations.last(where: { $0.id == id }) else {
                return nil
            }
            body(&migration)
            return Self.put(.migration(migration), in: &state)
        }
    }

    /// Changes the newest validation.
    @discardableResult
    func changeValidation(_ body: (inout ValidationRun) -> Void) -> Event? {
        state.withLock { state in
            guard var run = state.snapshot.validations.last else { return nil }
            body(&run)
            return Self.put(.validation(run), in: &state)
        }
    }

    @discardableResult
    func log(_ text: String, of id: Identifier) -> Event {
        state.withLock { state in
            let number = (state.logs[id]?.last?.sequence ?? 0) + 1
            let line = LogLine(sequence: number, time: state.snapshot.time, text: text)
            state.logs[id, default: []].append(line)
            return Self.put(.log(migration: id, line), in: &state)
        }
    }

    /// These lines are not in the log that can be read, as they could not be written down.
    func lose(_ numbers: ClosedRange<Int>, of id: Identifier) {
        state.withLock { $0.logs[id]?.removeAll { numbers.contains($0.sequence) } }
    }

    /// Events since the last call, for tests that hand them over themselves.
    func takeEvents() -> [Event] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// How many follow the events now.
    var followers: Int { state.withLock { $0.followers.count } }

    /// Ends the streams of all who follow.
    func endStreams(_ error: (any Error)? = nil) {
        let followers = state.withLock { state in
            defer { state.followers = [:] }
            return state.followers.values.map(\.self)
        }
        for follower in followers { follower.finish(throwing: error) }
    }

    private static func put(_ change: Event.Change, in state: inout State) -> Event {
        let event = Event(
            sequence: state.snapshot.sequence + 1, time: state.snapshot.time, change: change)
        state.snapshot.apply(event)
        state.events.append(event)
        for follower in state.followers.values { follower.yield(event) }
        return event
    }

    // MARK: What it answers

    /// Does at once what is asked.
    func reply(_ request: ControlRequest) throws(ControlError) -> ControlAnswer {
        let result = state.withLock { state -> Result<ControlAnswer, ControlError> in
            state.requests.append(request)
            if state.isLost {
                return .failure(ControlError(.agentUnreachable, "The agent does not answer."))
            }
            if !state.refusals.isEmpty { return .failure(state.refusals.removeFirst()) }
            if case .beginCutover = request, state.ignoresCutovers { return .success(.done) }
            do throws(ControlError) {
                return .success(try Self.reply(request, &state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func identifier(_ state: inout State) -> Identifier {
        state.made += 1
        return Sample.identifier(state.made)
    }

    private static func reply(
        _ request: ControlRequest, _ state: inout State
    ) throws(ControlError) -> ControlAnswer {
        switch request {
        case .snapshot(let past):
            return .snapshot(past.map { state.snapshot.with(past: $0) } ?? state.snapshot)
        case .log(let id, let after, let limit):
            let lines = state.logs[id] ?? []
            guard let after else { return .log(lines.suffix(limit)) }
            return .log(Array(lines.filter { $0.sequence > after }.prefix(limit)))
        case .testConnection: return .facts(Sample.facts(bytes: 1_000_000))
        case .testCluster(let id): return .cluster(try cluster(id, state))
        case .add(let new):
            var cluster = Cluster(
                id: identifier(&state), project: Sample.shop.id, name: new.name,
                connectionString: "mongodb://***@added.example.net/")
            cluster.facts = Sample.facts(bytes: 1_000_000)
            _ = put(.cluster(cluster), in: &state)
            return .cluster(cluster)
        case .editCluster(let id, let change):
            var cluster = try cluster(id, state)
            cluster.name = change.name ?? cluster.name
            if change.connectionString != nil || change.password != nil {
                cluster.connectionString = "mongodb://anna:***@edited.example.net/"
                cluster.trouble = nil
            }
            _ = put(.cluster(cluster), in: &state)
            return .cluster(cluster)
        case .removeCluster(let id): _ = put(.removed(try cluster(id, state).id), in: &state)
        case .validate(let setup):
            let run = ValidationRun(
                id: identifier(&state), setup: setup, startedAt: state.snapshot.time)
            _ = put(.validation(run), in: &state)
            return .identifier(run.id)
        case .start(let setup, let asker): return .identifier(try start(setup, asker, &state))
        default: try drive(request, &state)
        }
        if case .extendSync(let id, _) = request {
            return .time(try migration(id, state).cutover.deadlineAt ?? 0)
        }
        return .done
    }

    private static func start(
        _ setup: MigrationSetup, _ asker: Asker, _ state: inout State
    ) throws(ControlError) -> Identifier {
        let source = try cluster(setup.source, state)
        let destination = try cluster(setup.destination, state)
        guard state.snapshot.validations.last(where: { $0.setup == setup })?.isPassed == true else {
            throw ControlError(.validationFailed, "The validation has not passed.")
        }
        if setup.clear, setup.clearConfirmedName != destination.name {
            throw ControlError(.nameMismatch, "The name is not the destination's.")
        }
        var new = LiveMigration(
            id: identifier(&state), setup: setup, sourceName: source.name,
            destinationName: destination.name,
            destinationConnectionString: destination.connectionString, phase: .preparing,
            startedAt: state.snapshot.time)
        new.isRunning = true
        new.driver = Driver(wizard: asker.wizard, name: asker.name, heardAt: state.snapshot.time)
        _ = put(.migration(new), in: &state)
        return new.id
    }

    private static func cluster(
        _ id: Identifier, _ state: State
    ) throws(ControlError) -> Cluster {
        guard let cluster = state.snapshot.clusters.first(where: { $0.id == id }) else {
            throw ControlError(.notFound, "There is no such cluster.")
        }
        return cluster
    }

    private static func migration(
        _ id: Identifier, _ state: State
    ) throws(ControlError) -> LiveMigration {
        guard let migration = state.snapshot.migrations.last(where: { $0.id == id }) else {
            throw ControlError(.notFound, "There is no such migration.")
        }
        return migration
    }

    /// What only the driver may ask.
    private static func drive(
        _ request: ControlRequest, _ state: inout State
    ) throws(ControlError) {
        guard let (id, asker) = Drive.of(request) else {
            throw ControlError(.unexpected, "The script does not answer that.")
        }
        var changed = try migration(id, state)
        let now = state.snapshot.time
        do throws(ControlError) {
            try Drive.claim(&changed, asker, now)
        } catch {
            _ = put(.migration(changed), in: &state)
            throw error
        }
        try Drive.perform(request, on: &changed, now)
        _ = put(.migration(changed), in: &state)
    }
}

extension ScriptedAgent: MigrationControl {
    func snapshot(past: Int?) async throws -> Snapshot {
        try reply(.snapshot(past: past)).snapshot
    }

    func events(after sequence: Int64?) -> AsyncThrowingStream<Event, any Error> {
        AsyncThrowingStream { continuation in
            let number = state.withLock { state in
                state.followed += 1
                let first = Event(
                    sequence: state.snapshot.sequence, time: state.snapshot.time,
                    change: .snapshot(state.snapshot))
                continuation.yield(first)
                state.followers[state.followed] = continuation
                return state.followed
            }
            continuation.onTermination = { _ in
                self.state.withLock { _ = $0.followers.removeValue(forKey: number) }
            }
        }
    }

    func log(of id: Identifier, after: Int?, limit: Int) async throws -> [LogLine] {
        guard case .log(let lines) = try reply(.log(migration: id, after: after, limit: limit))
        else { return [] }
        return lines
    }

    func test(_ connectionString: Secret) async throws -> ClusterFacts {
        guard case .facts(let facts) = try reply(.testConnection(connectionString)) else {
            return ClusterFacts()
        }
        return facts
    }

    func add(_ cluster: NewCluster) async throws -> Cluster { try reply(.add(cluster)).cluster }
    func test(cluster id: Identifier) async throws -> Cluster {
        try reply(.testCluster(id)).cluster
    }
    func edit(cluster id: Identifier, _ change: ClusterChange) async throws -> Cluster {
        try reply(.editCluster(id, change)).cluster
    }
    func remove(cluster id: Identifier) async throws { _ = try reply(.removeCluster(id)) }
    func validate(_ setup: MigrationSetup) async throws -> Identifier {
        try reply(.validate(setup)).identifier
    }
    func start(_ setup: MigrationSetup, by asker: Asker) async throws -> Identifier {
        try reply(.start(setup, by: asker)).identifier
    }
    func claim(_ id: Identifier, by asker: Asker) async throws {
        await beforeClaim?()
        _ = try reply(.claim(id, by: asker))
    }
    func yield(_ id: Identifier, by asker: Asker) async throws {
        _ = try reply(.yield(id, by: asker))
    }
    func pause(_ id: Identifier, by asker: Asker) async throws {
        _ = try reply(.pause(id, by: asker))
    }
    func resume(_ id: Identifier, by asker: Asker) async throws {
        _ = try reply(.resume(id, by: asker))
    }
    func setLoadLevel(_ id: Identifier, to level: Int, by asker: Asker) async throws {
        _ = try reply(.setLoadLevel(id, level: level, by: asker))
    }
    func beginCutover(
        _ id: Identifier, confirmedName: String, writesStopped: Bool, by asker: Asker
    ) async throws {
        _ = try reply(
            .beginCutover(
                id, confirmedName: confirmedName, writesStopped: writesStopped, by: asker))
    }
    func backOut(_ id: Identifier, by asker: Asker) async throws {
        _ = try reply(.backOut(id, by: asker))
    }
    func cancel(_ id: Identifier, confirmedName: String, by asker: Asker) async throws {
        _ = try reply(.cancel(id, confirmedName: confirmedName, by: asker))
    }
    func extendSync(_ id: Identifier, by asker: Asker) async throws -> Int64 {
        guard case .time(let time) = try reply(.extendSync(id, by: asker)) else { return 0 }
        return time
    }
    func retry(_ id: Identifier, by asker: Asker) async throws {
        _ = try reply(.retry(id, by: asker))
    }
    func releaseSource(_ id: Identifier, by asker: Asker) async throws {
        _ = try reply(.releaseSource(id, by: asker))
    }
    func acknowledgeMismatches(
        _ id: Identifier, _ names: [String], by asker: Asker
    ) async throws {
        _ = try reply(.acknowledgeMismatches(id, names, by: asker))
    }
}

extension ControlAnswer {
    fileprivate static let otherKind = ControlError(.unexpected, "an answer of another kind")

    fileprivate var snapshot: Snapshot {
        get throws {
            guard case .snapshot(let snapshot) = self else { throw Self.otherKind }
            return snapshot
        }
    }

    fileprivate var cluster: Cluster {
        get throws {
            guard case .cluster(let cluster) = self else { throw Self.otherKind }
            return cluster
        }
    }

    fileprivate var identifier: Identifier {
        get throws {
            guard case .identifier(let id) = self else { throw Self.otherKind }
            return id
        }
    }
}
