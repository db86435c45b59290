import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What came of what was asked is also said to those who have left its page before the agent answered.
@Suite struct ClosedPagesTests {
    struct Asked: Sendable, CustomTestStringConvertible {
        /// What is said.
        var words: String
        /// The key that asks, then the one that leaves.
        var keys: [Key]
        var wizard: @Sendable (Scene) -> WizardPilot

        init(
            _ words: String, _ keys: Key..., wizard: @escaping @Sendable (Scene) -> WizardPilot
        ) {
            (self.words, self.keys, self.wizard) = (words, keys, wizard)
        }

        var testDescription: String { words }
    }

    private static func live(
        _ phase: MigrationPhase, _ change: (inout LiveMigration) -> Void = { _ in }
    ) -> LiveMigration {
        var live = Sample.measured(phase)
        change(&live)
        return live
    }

    private static let asked = [
        Asked("The validation is under way.", .enter, .escape) {
            var wizard = $0.chosen()
            wizard.focus("Continue")
            return wizard
        },
        Asked("The migration has begun; it is on the Migration Hub.", .enter, .escape) {
            var wizard = $0.validating(Sample.passing, isOver: true)
            wizard.press(.enter, .enter, .tab)
            return wizard
        },
        Asked("The migration is being paused.", .character("p"), .escape) {
            $0.migrating(live(.copying))
        },
        Asked("The migration goes on.", .character("p"), .escape) {
            $0.migrating(live(.paused) { $0.pausedFrom = .copying })
        },
        Asked("Load level 1 of 4, gentle: the servers hardly notice.", .character("1"), .escape) {
            $0.migrating(live(.copying), .character("l"))
        },
        Asked("The migration is being cancelled.", .enter, .escape) {
            var wizard = $0.migrating(live(.copying), .character("c"))
            wizard.type("shop-atlas")
            wizard.press(.enter)
            return wizard
        },
        Asked("The migration is taken up again.", .enter, .escape) {
            $0.migrating(live(.failed) { $0.isRetryPossible = true }, .enter)
        },
        Asked("The mismatches are noted.", .enter, .escape) {
            $0.migrating(
                live(.inSync) { $0.mismatches = ["shop.orders _id 7"] }, .character("a"), .tab)
        },
        Asked(" is the new end.", .enter, .escape) {
            $0.wizard(Screenshot.ready, at: .inSync(InSync(Screenshot.ready.id)), .tab, .enter)
        },
        Asked(
            "The cutover was asked for: the Migration Hub shows when it begins.", .enter,
            .character("h")
        ) {
            var wizard = $0.stoppingWrites(Screenshot.ready)
            wizard.press(.space, .tab, .tab)
            return wizard
        },
        Asked("No cutover is under way any more.", .enter, .character("h")) {
            var wizard = $0.finalizing(Gallery.finalizing(4))
            wizard.press(.enter, .tab)
            return wizard
        },
    ]

    @Test(arguments: asked) func whoHasLeftThePageHearsWhatCameOfIt(_ asked: Asked) {
        var wizard = asked.wizard(Scene(size: Size(80, 24), glyphs: .unicode))
        wizard.agent.answersAfter = .seconds(2)
        let pages = wizard.pages.count
        for key in asked.keys { wizard.press(key) }
        #expect(wizard.pages.count < pages)
        #expect(!wizard.message.contains(asked.words))
        wizard.advance(by: 3)
        #expect(wizard.message.contains(asked.words), "\(wizard.screen)")
    }
}
