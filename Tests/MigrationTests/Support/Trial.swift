import BSON
import Foundation
import Migration
import Mongo
import Sandbox
import Synchronization
import Testing

/// A migration with an application that writes, which can be held in each of its phases while something goes wrong.
///
/// The destination is started with a fail point that refuses, for `shop.items` alone and with an error that passes, the
/// commands that end the phases: `create` (preparing, where that is asked for), `insert` (copying), `createIndexes`
/// (indexing), `collMod` (finalizing).
final class Trial: Sendable {
    static let items = Namespace("shop", "items")
    static let orders = Namespace("shop", "orders")
    static let application = Credentials(username: "app", password: "app")
    /// Held one after another.
    static let phases: [Phase] = [.copying, .indexing, .catchingUp, .inSync, .finalizing]
    private static let holds: [(phase: Phase, command: String)] = [
        (.preparing, "create"), (.copying, "insert"), (.indexing, "createIndexes"),
        (.finalizing, "collMod"),
    ]

    let pair: Pair
    let workload: Workload
    private let state = Mutex(State())

    private struct State {
        var engine: MigrationEngine?
        var task: Task<MigrationReport, any Error>?
        var process = 1
        var log: [String] = []
    }

    /// Two sets, sample data with a unique index, and the application.
    static func with(
        source: (inout ReplicaSetOptions) -> Void = { _ in },
        destination: (inout ReplicaSetOptions) -> Void = { _ in }, documents: Int = 3_000,
        writesPerSecond: Double = 150, definitionsPerSecond: Double = 1,
        heldFrom first: Phase = .copying,
        _ body: (Trial) async throws -> Void
    ) async throws {
        try await Pair.with { options in
            options.parameters["enableTestCommands"] = "1"
            source(&options)
        } destination: { options in
            options.parameters["enableTestCommands"] = "1"
            options.parameters["failpoint.failCommand"] = failPoint(from: first).json
            destination(&options)
        } _: { pair in
            let lane = pair.source.lane
            try await SampleData(.small, count: documents).insert(into: items, through: [lane])
            _ = try await lane.run(
                [
                    "createIndexes": "items",
                    "indexes": [
                        ["key": ["n": 1], "name": "n"],
                        ["key": ["_id": 1, "n": 1], "name": "unique", "unique": true],
                    ],
                ], on: "shop")
            try await pair.source.createUser(
                application, roles: ["readWriteAnyDatabase", "dbAdminAnyDatabase"])
            var options = WorkloadOptions([items, orders], writesPerSecond: writesPerSecond)
            options.definitionsPerSecond = definitionsPerSecond
            let workload = Workload(on: try pair.source.cluster(as: application), options)
            let trial = Trial(pair, workload)
            do {
                try await body(trial)
            } catch {
                trace("\(trial.engine?.progress().message ?? "") \(error)")
                // An engine that undoes a cutover ends when that is done.
                try? await trial.setFailPoint(from: nil)
                await trial.end()
                throw error
            }
            await trial.end()
        }
    }

    private init(_ pair: Pair, _ workload: Workload) {
        self.pair = pair
        self.workload = workload
    }

    var engine: MigrationEngine? { state.withLock { $0.engine } }

    var phase: Phase? { engine?.progress().phase }

    /// Every line of the event logs of all engines.
    var log: [String] { state.withLock { $0.log } }

    // MARK: The migration

    /// Starts an engine as another process of this host; earlier ones count as ended.
    @discardableResult
    func start(
        options change: (inout MigrationOptions) -> Void = { _ in }, source: String? = nil,
        destination: String? = nil, host: String = "test"
    ) throws -> MigrationEngine {
        let process = state.withLock { state in
            state.process += 1
            return state.process
        }
        let engine = MigrationEngine(
            source: try ConnectionString(source ?? pair.source.uri),
            destination: try ConnectionString(destination ?? pair.destination.uri),
            options: options(change), owner: Lease.Owner(host: host, boot: "1", process: process),
            isRunning: { _ in false },
            listener: { [weak self] entry in
                trace("\(process): \(entry.text)")
                self?.state.withLock { $0.log.append(entry.text) }
            })
        let task = Task { try await engine.run() }
        state.withLock { state in
            state.engine = engine
            state.task = task
        }
        return engine
    }

    func options(_ change: (inout MigrationOptions) -> Void) -> MigrationOptions {
        var options = MigrationOptions()
        options.cutover = .manual
        // At length for what goes wrong in `catchingUp`, which is held by nothing else.
        options.lagHold = isSoak ? 10 : 1.5
        options.resume = true
        change(&options)
        return options
    }

    /// Cancels the engine's task, as a signal does, and waits until it has ended.
    func interrupt() async {
        let task = state.withLock { $0.task }
        task?.cancel()
        _ = await task?.result
    }

    /// What the engine's `run` ended with.
    func result() async throws -> MigrationReport {
        try await #require(state.withLock { $0.task }).value
    }

    /// Waits until the migration is in the phase; asks for the cutover where that is needed.
    func reach(_ phase: Phase, within limit: Duration = .seconds(240)) async throws {
        let engine = try #require(engine)
        try await eventually("the migration is \(phase): \(engine.progress())", within: limit) {
            let progress = engine.progress()
            if progress.phase == phase { return true }
            if progress.phase.isFinal { _ = try await result() }
            if phase == .finalizing, progress.phase == .inSync, progress.isReady {
                await engine.requestCutover()
            }
            return false
        }
    }

    /// The same by way of the phases before it, in which the migration is held no longer; starts it where nobody has.
    func advance(to phase: Phase) async throws {
        if engine == nil { try start() }
        for earlier in Trial.phases.prefix(while: { $0 != phase }) {
            try await reach(earlier)
            try await release(earlier)
        }
        try await reach(phase)
    }

    /// Lets the migration leave a phase that it is held in, and not be held in an earlier one again.
    func release(_ phase: Phase) async throws {
        let following = Phase.allCases.drop { $0 != phase }.dropFirst().first
        try await setFailPoint(from: following)
    }

    /// Cuts over, again after each refusal, and returns the report.
    func finish(within limit: Duration = .seconds(240)) async throws -> MigrationReport {
        try await setFailPoint(from: nil)
        let engine = try #require(engine)
        try await eventually("the migration is complete", within: limit) {
            let progress = engine.progress()
            if progress.phase == .inSync, progress.isReady { await engine.requestCutover() }
            return progress.phase.isFinal
        }
        return try await result()
    }

    /// Goes through all phases, has `act` do its worst in each, and expects that nothing was lost.
    func survive(
        _ phases: [Phase] = Trial.phases, _ act: (Phase) async throws -> Void
    ) async throws {
        if engine == nil { try start() }
        for phase in Trial.phases {
            if phases.contains(phase) {
                try await reach(phase)
                trace("--- \(phase)")
                try await act(phase)
            }
            try await release(phase)
        }
        try await expectCompletion()
    }

    /// Finishes the migration and compares by other means than its own.
    func expectCompletion() async throws {
        let report = try await finish()
        #expect(report.phase == .complete)
        #expect(report.problems == [])
        #expect(report.verification.mismatches == [])
        let counts = await workload.stop()
        trace("\(counts)")
        let differences = try await pair.differences()
        for difference in differences { trace(difference) }
        #expect(differences == [])
    }

    private func end() async {
        await workload.stop()
        await interrupt()
    }

    // MARK: Fail points

    /// Fails the commands that end this phase and later ones; nil: none.
    static func failPoint(from phase: Phase?) -> Document {
        let commands = phase.map { phase in
            holds.filter { $0.phase.hasReached(phase) }.map(\.command)
        }
        guard let commands, !commands.isEmpty else { return ["mode": "off"] }
        return [
            "mode": "alwaysOn",
            "data": [
                "failCommands": .array(Document(array: commands.map(Value.string))),
                "namespace": .string("\(items)"),
                // HostUnreachable
                "errorCode": 6,
            ],
        ]
    }

    /// Unique indexes of `items` are prepared, and cannot be made unique.
    static let unfinished: Document = [
        "mode": ["skip": 1],
        "data": [
            "failCommands": ["collMod"], "errorCode": 6, "namespace": .string("\(items)"),
        ],
    ]

    /// From `finalizing` to where the destination accepts writes and cannot be finished for now.
    func openUnfinished() async throws {
        try await pair.destination.members[0].setFailPoint("failCommand", Trial.unfinished)
        try await eventually("the destination is open") {
            try await !pair.destination.isBlocked()
        }
    }

    func setFailPoint(from phase: Phase?) async throws {
        let command = Trial.failPoint(from: phase)
        for member in pair.destination.members {
            try await member.setFailPoint("failCommand", command)
        }
    }
}

extension Member {
    /// Repeated until the server, which may just be starting, has it. Returns how often it was met before.
    @discardableResult
    func setFailPoint(_ name: String, _ fields: Document) async throws -> Int {
        var command = DocumentBuilder()
        command.append("configureFailPoint", .string(name))
        command.append(contentsOf: fields)
        let document = command.finish()
        var answer: Document?
        try await eventually("\(name) is set on \(address)") {
            answer = try? await lane.run(document)
            return answer != nil
        }
        return answer?["count"]?.integer ?? 0
    }

    /// Fails commands by this `failCommand`, and waits until one is failed. `act`: what leads to one.
    func failOne(by fields: Document, _ act: () async throws -> Void = {}) async throws {
        let count = try await setFailPoint("failCommand", fields)
        try await act()
        try await waitForFailPoint("failCommand", count + 1)
    }

    /// Takes no writes from other members any more when this returns, until `stopReplProducer` is off: what it had asked
    /// for before may still come with the answer.
    func stopReplication() async throws {
        let count = try await setFailPoint("stopReplProducer", ["mode": "alwaysOn"])
        try await waitForFailPoint("stopReplProducer", count + 1)
    }

    private func waitForFailPoint(_ name: String, _ times: Int) async throws {
        try await eventually("\(name) is met on \(address)") {
            let answer = try? await lane.run([
                "waitForFailPoint": .string(name), "timesEntered": .integer(times),
                "maxTimeMS": 1_000,
            ])
            return answer != nil
        }
    }

    /// Freezes the server, which must be behind a proxy, until it is asked something.
    func freezeUntilAsked() async throws {
        let proxy = try #require(proxy)
        process.freeze()
        let sent = proxy.bytesToServer
        try await eventually("it is asked something while it is frozen") {
            proxy.bytesToServer > sent
        }
        process.thaw()
    }
}

extension ReplicaSet {
    /// What a migration to this set has stored of itself; nil where none has begun.
    func migrationState() async throws -> Document? {
        try await lane.open(
            ["find": "state", "filter": ["_id": "migration"]], on: "lagzero_internal"
        ).documents.first { _ in true }?.copied()
    }

    /// `serverStatus.repl.userWriteBlockMode`: 2 where user writes are blocked.
    func isBlocked() async throws -> Bool {
        let status = try await lane.run(["serverStatus": 1])
        return status["repl"]?.document?["userWriteBlockMode"]?.integer == 2
    }

    /// Cursors of the engine that the primary keeps.
    func engineCursors() async throws -> [String] {
        try await lane.open(
            [
                "aggregate": 1,
                "pipeline": [
                    ["$currentOp": ["allUsers": true, "idleCursors": true]],
                    ["$match": ["type": "idleCursor"]],
                ], "cursor": [:],
            ], on: "admin"
        ).documents.map(\.json)
    }
}

extension Trial {
    /// Words of servers that refuse a user, in small letters.
    static let lockedOut = ["unauthorized", "not authorized", "authentication"]

    /// Returns when the engine says that it waits for room on the destination's disk.
    func waitsForSpace() async throws {
        try await eventually("the engine says that it waits for space") {
            engine?.progress().message.contains("OutOfDiskSpace") ?? false
        }
    }

    /// Expects that another owner may not have the migration. `isHolderRunning`: what it finds of the one that has it,
    /// if it could see that.
    func expectRefusal(
        of owner: Lease.Owner, isHolderRunning: Bool = true,
        options change: (inout MigrationOptions) -> Void
    ) async throws {
        let second = MigrationEngine(
            source: try ConnectionString(pair.source.uri),
            destination: try ConnectionString(pair.destination.uri), options: options(change),
            owner: owner, isRunning: { _ in isHolderRunning })
        await #expect { _ = try await second.run() } throws: {
            ($0 as? MigrationError)?.code == .destinationHeld
        }
    }

    /// Whether the engine says that it waits for something.
    var isWaiting: Bool { engine?.progress().message.hasPrefix("waiting") ?? false }

    /// The same for something that the words of it contain, in small letters.
    func isWaiting(for words: [String]) -> Bool {
        let message = engine?.progress().message.lowercased() ?? ""
        return isWaiting && words.contains { message.contains($0) }
    }
}
