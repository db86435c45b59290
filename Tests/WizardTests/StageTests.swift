import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct StageTests {
    /// Copied, with so many of nine indexes.
    private func failed(_ built: Int?) -> LiveMigration {
        var live = Sample.measured(.failed)
        live.cutover.deadlineAt = nil
        live.figures.bytesCopied = live.figures.bytesTotal
        (live.figures.indexesBuilt, live.figures.indexesTotal) = (built, built.map { _ in 9 })
        return live
    }

    @Test func aFailureWhileIndexesWereBuiltIsOneOfTheCopy() {
        #expect(Stage(failed(4)) == .indexing)
        #expect(Stage(failed(9)) == .catchingUp)
        #expect(Stage(failed(nil)) == .catchingUp)
        var copying = failed(0)
        copying.figures.bytesCopied = 1
        #expect(Stage(copying) == .copying)
    }

    @Test func s16ItsPageShowsHowManyWereBuilt() {
        let live = failed(4)
        let pilot = ScreenPilot(
            .migrating(MigratingData(live.id)), agent: Sample.agent(live))
        #expect(pilot.shows("✘ Copying data"))
        #expect(pilot.shows("4 of 9 indexes built"))
    }
}
