import ControlAPI
import Testing

@testable import Wizard

@Suite struct WordsTests {
    @Test(arguments: [
        (["no answer"], "No answer."), (["a", "b"], "A; b."), (["Done."], "Done."),
        (["shop.orders is gone"], "shop.orders is gone."),
        (["lagzero stopped"], "lagzero stopped."),
        (["source's oplog"], "Source's oplog."), (["shop-atlas answers"], "shop-atlas answers."),
    ])
    func sentencesBeginLargeUnlessWithAName(parts: [String], text: String) {
        #expect(Words.sentence(parts) == text)
    }

    @Test func anErrorSaysWhatHappenedAndWhatToDo() {
        let error = ControlError(.cluster, "no primary", remedy: "start one")
        #expect(Words.error(error) == "No primary. Start one.")
        #expect(Words.error(ControlError(.cluster, "No primary.")) == "No primary.")
    }

    @Test(arguments: [
        (MigrationPhase.inSync, "Not in sync at this moment."),
        (.finalizing, "The cutover is under way."), (.complete, "The migration is complete."),
    ])
    func notReadySaysWhy(phase: MigrationPhase, words: String) {
        var live = Sample.migration(phase)
        live.cutover.isReady = false
        #expect(Words.notReady(live) == words)
    }

    @Test func notReadyAlwaysHasAReason() {
        for phase in MigrationPhase.allCases {
            var live = Sample.migration(phase)
            live.cutover.isReady = false
            #expect(Words.notReady(live)?.isEmpty == false)
        }
        #expect(Words.notReady(Sample.migration(.inSync)) == nil)
    }
}
