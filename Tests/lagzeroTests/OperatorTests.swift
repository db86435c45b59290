import Migration
import Synchronization
import Testing

@testable import lagzero

@Suite struct OperatorTests {
    /// A migration that only notes what is asked of it.
    private final class Scripted: RunnableMigration {
        let asked = Mutex<[String]>([])
        let moment: MigrationProgress

        init(_ moment: MigrationProgress) { self.moment = moment }

        func run() async throws -> MigrationReport { throw CancellationError() }
        func requestCutover() async throws { asked.withLock { $0.append("cutover") } }
        func resume() async { asked.withLock { $0.append("resume") } }
        func progress() -> MigrationProgress { moment }
    }

    private func ask(
        in phase: Phase, _ change: (inout MigrationProgress) -> Void = { _ in }
    ) async -> [String] {
        var moment = MigrationProgress(phase: phase)
        change(&moment)
        let migration = Scripted(moment)
        await Operator(migration: migration) { line in
            migration.asked.withLock { $0.append(line) }
        }.request()
        return migration.asked.withLock { $0 }
    }

    @Test func whenReadyItMeansTheCutover() async {
        #expect(await ask(in: .inSync) { $0.isReady = true } == ["cutover"])
    }

    @Test func inSyncButNotReadyItIsNotKept() async {
        #expect(
            await ask(in: .inSync) { $0.missing = "the first verification is under way" } == [
                "The cutover cannot begin yet: the first verification is under way. Ask again once it is ready."
            ])
    }

    @Test func whereOnlyDifferencesStandBeforeItTheyAreReported() async {
        #expect(await ask(in: .inSync) { $0.differences = 2 } == ["cutover"])
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
