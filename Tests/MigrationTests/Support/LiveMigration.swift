import BSON
import Migration
import Mongo
import Sandbox
import Synchronization
import Testing

/// A migration that is under way while the test acts on its clusters. It cuts over when the test says so.
final class LiveMigration: Sendable {
    let engine: MigrationEngine
    private let outcome = Mutex<Result<MigrationReport, any Error>?>(nil)
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ engine: MigrationEngine) {
        self.engine = engine
        let task = Task {
            do {
                let report = try await engine.run()
                outcome.withLock { $0 = .success(report) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        self.task.withLock { $0 = task }
    }

    var phase: Phase { engine.progress().phase }

    /// Waits until the condition holds; throws what ended the migration, if it ends before that.
    func waitFor(
        _ what: String, within limit: Duration = .seconds(120),
        _ condition: (MigrationProgress) async throws -> Bool
    ) async throws {
        try await eventually(what, within: limit) {
            if try await condition(engine.progress()) { return true }
            if let ended = outcome.withLock({ $0 }) {
                _ = try ended.get()
                throw SandboxError(.ended, "the migration ended before: \(what)")
            }
            return false
        }
    }

    /// Waits until the migration is in this phase or a later one of the usual way.
    func reach(_ phase: Phase) async throws {
        let way: [Phase] = [.preparing, .copying, .indexing, .catchingUp, .inSync]
        let later = way.drop { $0 != phase }
        try await waitFor("phase \(phase)") { later.contains($0.phase) }
    }

    /// Asks for the cutover and waits for the end. Throws what ended the migration, and `.server` with the reason when
    /// the cutover was refused.
    func cutOver() async throws -> MigrationReport {
        try await waitFor("ready for the cutover") { $0.isReady }
        await engine.requestCutover()
        var hasBegun = false
        try await eventually("the end of the cutover", within: .seconds(120)) {
            if outcome.withLock({ $0 }) != nil { return true }
            let progress = engine.progress()
            hasBegun = hasBegun || progress.phase == .finalizing
            if hasBegun, progress.phase == .inSync, !progress.message.isEmpty {
                throw SandboxError(.server, progress.message)
            }
            return false
        }
        return try #require(outcome.withLock { $0 }).get()
    }

    /// Stops the engine and waits until it has.
    func stop() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }
}

extension Pair {
    /// Begins a migration with a manual cutover, hands it to the body, and stops it if the body throws.
    func migrating(
        _ change: (inout MigrationOptions) -> Void = { _ in },
        _ body: (LiveMigration) async throws -> MigrationReport
    ) async throws -> MigrationReport {
        let migration = LiveMigration(
            try engine { options in
                options.cutover = .manual
                change(&options)
            })
        do {
            return try await body(migration)
        } catch {
            await migration.stop()
            throw error
        }
    }

    /// A whole migration during which the body is called, in sync, before the cutover.
    func migrate(whileInSync body: () async throws -> Void) async throws -> MigrationReport {
        try await migrating { migration in
            try await migration.reach(.inSync)
            try await body()
            return try await migration.cutOver()
        }
    }

    /// What every migration must end with: nothing differs, and nobody says that something does.
    func expectEqual(
        _ report: MigrationReport, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(report.phase == .complete, sourceLocation: sourceLocation)
        #expect(report.verification.mismatches == [], sourceLocation: sourceLocation)
        #expect(report.problems == [], sourceLocation: sourceLocation)
        #expect(try await differences() == [], sourceLocation: sourceLocation)
    }
}

/// Repeats a step, with the numbers from 0 on, until it is stopped.
struct Repeating {
    private let task: Task<Int, any Error>

    init(_ step: @escaping @Sendable (Int) async throws -> Void) {
        task = Task {
            var count = 0
            while !Task.isCancelled {
                try await step(count)
                count += 1
            }
            return count
        }
    }

    /// Ends after the step that is under way. Returns how many there were, and throws what stopped it.
    @discardableResult
    func stop() async throws -> Int {
        task.cancel()
        return try await task.value
    }
}
