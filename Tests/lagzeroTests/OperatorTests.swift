import Migration
import Synchronization
import Testing

@testable import lagzero

@Suite struct OperatorTests {
    /// A migration that only notes what is asked of it.
    private final class Scripted: RunnableMigration {
        let asked = Mutex<[String]>([])
        let phase: Phase

        init(_ phase: Phase) { self.phase = phase }

        func run() async throws -> MigrationReport { throw CancellationError() }
        func requestCutover() async throws { asked.withLock { $0.append("cutover") } }
        func resume() async { asked.withLock { $0.append("resume") } }
        func progress() -> MigrationProgress { MigrationProgress(phase: phase) }
    }

    private func ask(in phase: Phase) async -> [String] {
        let migration = Scripted(phase)
        await Operator(migration: migration) { line in
            migration.asked.withLock { $0.append(line) }
        }.request()
        return migration.asked.withLock { $0 }
    }

    @Test func inSyncItMeansTheCutover() async {
        #expect(await ask(in: .inSync) == ["cutover"])
    }

    @Test func aPausedMigrationGoesOn() async {
        #expect(await ask(in: .paused) == ["resume"])
    }

    @Test(arguments: [Phase.preparing, .copying, .indexing, .catchingUp])
    func beforeItIsInSyncItMeansNothing(phase: Phase) async {
        #expect(
            await ask(in: phase) == [
                "The cutover cannot begin while the migration is \(phase.words). Ask again once it is in sync."
            ])
    }

    @Test(arguments: [Phase.finalizing, .complete, .failed, .cancelled, .expired])
    func afterwardsThereIsNothingToAsk(phase: Phase) async {
        #expect(await ask(in: phase) == [])
    }
}
