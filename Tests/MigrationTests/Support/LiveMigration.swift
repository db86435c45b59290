import BSON
import Migration
import Mongo
import Sandbox
import Synchronization
import Testing

/// A migration that goes on in the background while a test acts on its clusters.
final class LiveMigration: Sendable {
    static let phases: [Phase] = [.copying, .indexing, .catchingUp, .inSync]

    let engine: MigrationEngine
    private let task: Task<MigrationReport, any Error>
    private let result = Mutex<Result<MigrationReport, any Error>?>(nil)

    /// Starts it. `process`: the owner's number; every other one of the host counts as ended.
    convenience init(
        _ pair: Pair, host: String = "test", process: Int = 1,
        _ change: (inout MigrationOptions) -> Void = { _ in }
    ) throws {
        try self.init(
            pair, owner: Lease.Owner(host: host, boot: "1", process: process), change)
    }

    init(
        _ pair: Pair, owner: Lease.Owner, _ change: (inout MigrationOptions) -> Void
    ) throws {
        let test = Test.current?.name.prefix(12) ?? ""
        var options = MigrationOptions()
        options.lagHold = 1
        // Whatever is larger is copied in parts, as large collections are.
        options.partitionBytes = 16 << 10
        change(&options)
        let engine = MigrationEngine(
            source: try ConnectionString(pair.source.uri),
            destination: try ConnectionString(pair.destination.uri), options: options,
            owner: owner,
            isRunning: { _ in false }, listener: { trace("\(test) \($0.text)") })
        self.engine = engine
        task = Task { try await engine.run() }
        Task {
            let end = await task.result
            result.withLock { $0 = end }
        }
    }

    deinit { task.cancel() }

    var phase: Phase { engine.progress().phase }

    /// Waits until the migration has come as far as this phase; throws what ended it before.
    func reached(_ wanted: Phase) async throws {
        try await isTrue("the migration is \(wanted.rawValue)") { phase.hasReached(wanted) }
    }

    /// Waits for a condition as long as the migration goes on.
    func isTrue(_ what: String, _ condition: () async throws -> Bool) async throws {
        try await eventually("\(what), now \(engine.progress())", within: .seconds(240)) {
            if case .failure(let error) = result.withLock({ $0 }) { throw error }
            return try await condition()
        }
    }

    /// Asks for the cutover, again after each refusal, and waits for the end.
    func cutOver() async throws -> MigrationReport {
        try await isTrue("the migration is complete") {
            if phase == .inSync { await engine.requestCutover() }
            return result.withLock { $0 } != nil
        }
        return try await task.value
    }

    /// Stops it where it stands, and waits until it has.
    func kill() async {
        task.cancel()
        _ = await task.result
    }
}

extension Phase {
    /// Whether a migration in this phase has come as far as another one.
    func hasReached(_ other: Phase) -> Bool {
        let order = Phase.allCases
        guard let now = order.firstIndex(of: self), let then = order.firstIndex(of: other) else {
            return false
        }
        return now >= then && now <= order.firstIndex(of: .complete) ?? 0
    }
}

/// Keeps a migration in a phase: its destination refuses, as if for a moment, what would end it.
///
/// Needs `enableTestCommands` on the destination.
struct Hold: Sendable {
    static let namespace = Namespace("ballast", "held")

    let destination: Lane

    /// Puts something to copy and to index on the source, and holds the copy of it.
    init(_ pair: Pair) async throws {
        destination = pair.destination.lane
        try await pair.source.lane.perform(
            ["insert": "held", "documents": [["_id": 1]]], on: Hold.namespace.database)
        try await pair.source.lane.perform(
            ["createIndexes": "held", "indexes": [["key": ["n": 1], "name": "n"]]],
            on: Hold.namespace.database)
        try await refuse(["insert", "createIndexes"])
    }

    /// Lets the migration go on from this phase.
    func release(_ phase: Phase) async throws {
        switch phase {
        case .copying: try await refuse(["createIndexes", "update"])
        case .indexing: try await refuse(["update"])
        case .catchingUp: try await refuse([])
        default: break
        }
    }

    /// Writes what is not applied before `catchingUp` is released.
    func fallBehind(_ pair: Pair) async throws {
        let change: Value = ["q": ["_id": 1], "u": ["$set": ["late": true]]]
        try await pair.source.lane.perform(
            ["update": "held", "updates": [change]], on: Hold.namespace.database)
    }

    private func refuse(_ commands: [Value]) async throws {
        let isOff = commands.isEmpty
        // WriteConflict: it passes by itself.
        let data: Value = [
            "failCommands": .array(Document(array: isOff ? ["insert"] : commands)),
            "errorCode": 112, "namespace": .string("\(Hold.namespace)"),
        ]
        try await destination.perform(
            [
                "configureFailPoint": "failCommand", "mode": isOff ? "off" : "alwaysOn",
                "data": data,
            ], on: "admin")
    }
}

/// Something that an application does again and again in the background, until writes are blocked
/// or it is stopped.
final class Application: Sendable {
    private struct State {
        var rounds = 0
        var isStopped = false
        var failure: (any Error)?
    }

    /// Between two rounds: up to 200 a second.
    private static let pause: Duration = .milliseconds(5)

    private let state: Mutex<State>
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    /// Begins at once. The body gets a number that rises with every attempt; what passes by itself
    /// is attempted again.
    init(_ body: @escaping @Sendable (Int) async throws -> Void) {
        state = Mutex(State())
        task.withLock { [self] task in
            task = Task { await run(body) }
        }
    }

    private func run(_ body: @Sendable (Int) async throws -> Void) async {
        var attempt = 0
        while !state.withLock({ $0.isStopped }) {
            defer { attempt += 1 }
            do {
                try await body(attempt)
                state.withLock { $0.rounds += 1 }
                // The servers are not its own, unless at length.
                if !isSoak { try await Task.sleep(for: Application.pause) }
            } catch let error as MongoError where error.isUserWritesBlocked {
                return
            } catch let error as MongoError where error.isTransient {
            } catch {
                state.withLock { $0.failure = error }
                return
            }
        }
    }

    /// How many rounds are done.
    var rounds: Int { state.withLock { $0.rounds } }

    /// Waits until so many rounds more are done.
    func does(_ more: Int) async throws {
        let wanted = rounds + more
        try await eventually("the application does \(more) rounds more", within: .seconds(240)) {
            if let failure = state.withLock({ $0.failure }) { throw failure }
            return rounds >= wanted
        }
    }

    /// Ends it after its present round, and throws what went wrong in any of them.
    func stop() async throws {
        state.withLock { $0.isStopped = true }
        await task.withLock { $0 }?.value
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

extension Pair {
    /// Two sets whose migration can be held in its phases.
    static func withHolds(
        source: (inout ReplicaSetOptions) -> Void = { _ in },
        _ body: (Pair) async throws -> Void
    ) async throws {
        try await with(
            source: { options in
                options.parameters["enableTestCommands"] = "true"
                source(&options)
            }, destination: { $0.parameters["enableTestCommands"] = "true" }, body)
    }

    /// Lanes of an application: a user whose writes can be blocked.
    func application(lanes: Int = 1) async throws -> [Lane] {
        let user = Credentials(username: "app", password: "app")
        try await source.createUser(user, roles: ["readWriteAnyDatabase", "dbAdminAnyDatabase"])
        let cluster = try source.cluster(as: user)
        return (0..<lanes).map { _ in cluster.lane() }
    }

    /// Runs a whole migration and acts in each of its phases; the phase does not end before the
    /// action does, but for `catchingUp`, which lasts a second unless it is held.
    func migrate(
        isHeldCatchingUp: Bool = false, options: (inout MigrationOptions) -> Void = { _ in },
        inEachPhase act: (Phase) async throws -> Void,
        beforeCutover: () async throws -> Void = {}
    ) async throws -> MigrationReport {
        let hold = try await Hold(self)
        let live = try LiveMigration(self, options)
        for phase in LiveMigration.phases {
            try await live.reached(phase)
            if isHeldCatchingUp, phase == .catchingUp {
                #expect((live.engine.progress().lagSeconds ?? 0) > Tuning.lagThreshold)
            }
            try await act(phase)
            if phase != .catchingUp || isHeldCatchingUp { #expect(live.phase == phase) }
            if isHeldCatchingUp, phase == .copying { try await hold.fallBehind(self) }
            if isHeldCatchingUp, phase == .indexing {
                try await live.isTrue("it is too far behind to be in sync") {
                    (live.engine.progress().lagSeconds ?? 0) > Tuning.lagThreshold
                }
            }
            try await hold.release(phase)
        }
        try await beforeCutover()
        return try await live.cutOver()
    }
}

extension Lane {
    /// Runs a command; one statement that is refused counts as a command that is.
    @discardableResult
    func perform(_ command: Document, on database: String) throws(MongoError) -> Document {
        let reply = try run(command, on: database)
        guard let refused = reply["writeErrors"]?.elements.first?.document else { return reply }
        throw MongoError(
            kind: .server, code: Int32(refused["code"]?.integer ?? 0),
            message: refused["errmsg"]?.string ?? "", reply: reply)
    }
}
