import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// A wizard that was opened with `--watch`.
@Suite struct ReadOnlyTests {
    private static let keys: [Key] =
        [.enter, .tab, .space, .enter, .backTab, .enter, .escape]
        + "acegklmprtyA?".map { Key.character($0) } + [.enter, .tab, .enter]

    private func wizard(on picture: Gallery.Picture) -> WizardPilot {
        WizardPilot(
            Scene.agent(picture.live),
            saved: SavedState(pages: [picture.page], lastSeen: nil, theme: nil), isReadOnly: true)
    }

    @Test func whateverIsPressedNothingIsAskedButWhatTheAgentKnows() {
        for picture in Gallery.pictures {
            var wizard = wizard(on: picture)
            wizard.advance(by: 4)
            for key in picture.keys + Self.keys { wizard.press(key) }
            wizard.advance(by: 4)
            let asked = wizard.commands.filter { !$0.isQuestion }
            #expect(asked.isEmpty, "\(picture.name)")
        }
    }

    @Test func noPageOffersWhatCannotBeDone() {
        let acts: Set = [
            "Pause", "Resume", "Cancel", "Load level", "Retry", "Mismatches", "Take over",
            "Give the wheel away", "Release source", "Back out", "Add a cluster", "Edit", "Test",
            "Remove", "Start the agent",
        ]
        for picture in Gallery.pictures {
            let wizard = wizard(on: picture)
            let offered = wizard.pilot.model.shownKeys.bindings.filter { $0.reason == nil }
            #expect(acts.isDisjoint(with: offered.map(\.label)), "\(picture.name)")
            #expect(wizard.shows("WATCHING"), "\(picture.name)")
        }
    }

    @Test func theHubShowsWhatThereIsAndBeginsNothing() {
        var wizard = WizardPilot(Sample.agent(Sample.measured(.copying)), isReadOnly: true)
        #expect(wizard.shows("shop-atlas") && !wizard.shows("Begin"))
        #expect(!wizard.shows("Add a cluster"))
        wizard.press(.end, .enter)
        #expect(wizard.page.screen.holdsKeys)
        wizard.press(.escape, .home, .enter)
        #expect(wizard.shows("Copying data"))
    }

    @Test func whereThereIsNothingToWatchTheHubIsEmpty() {
        var snapshot = Sample.snapshot
        (snapshot.organizations, snapshot.projects, snapshot.clusters) = ([], [], [])
        var wizard = WizardPilot(ScriptedAgent(snapshot), isReadOnly: true)
        for key in Self.keys { wizard.press(key) }
        #expect(wizard.isAtHub && wizard.shows("None yet."))
    }

    /// What the agent does not do is not begun from here either.
    @Test func anAgentThatIsGoneIsNotStarted() {
        let agent = Sample.agent(Sample.measured(.copying))
        var wizard = WizardPilot(agent, isReadOnly: true)
        agent.isLost = true
        wizard.advanceAlone(by: .seconds(9))
        #expect(wizard.shows("No news from the agent") && !wizard.shows("Start the agent"))
        wizard.press(.character("A"))
        #expect(!wizard.pilot.effects.contains(.startAgent))
    }
}
