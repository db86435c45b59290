import Terminal
import Testing

@testable import Wizard

@Suite struct PreferencesTests {
    private func wizard(_ change: (inout Preferences) -> Void) -> WizardPilot {
        var preferences = Preferences()
        change(&preferences)
        return WizardPilot(preferences: preferences)
    }

    @Test func theMouseIsOnFromTheBeginningWhereThatIsPreferred() {
        #expect(wizard { $0.hasMouse = true }.requests.first == .mouse(true))
        #expect(wizard { _ in }.requests.allSatisfy { $0 != .mouse(true) })
    }

    @Test func theThemeThatIsPreferredComesBeforeTheOneChosenLast() {
        let saved = SavedState(pages: [], lastSeen: nil, theme: "monochrome")
        var preferences = Preferences()
        let me = Sample.me
        #expect(Wizard.Model(me: me, saved: saved).shownTheme.name == "monochrome")
        preferences.theme = "high-contrast"
        let model = Wizard.Model(me: me, saved: saved, preferences: preferences)
        #expect(model.shownTheme.name == "high-contrast")
        // That one is kept all the same.
        #expect(model.kept(at: 0).theme == "monochrome")
        preferences.theme = "none-such"
        #expect(
            Wizard.Model(me: me, saved: saved, preferences: preferences).shownTheme == .standard)
    }

    @Test func setUpMigrationProposesWhatIsPreferredUntilItIsChanged() {
        var wizard = wizard { ($0.verify, $0.loadLevel) = (false, 2) }
        wizard.press(.enter, .backTab)
        wizard.choose("Acme Cloud")
        wizard.push("Get Started")
        #expect(wizard.shows("[ ] Verify"))
        #expect(wizard.shows("Load level  2 of 4"))
        // Nothing was chosen yet that would have to be kept.
        guard case .setUp(let page) = wizard.page else {
            Issue.record("\(wizard.screen)")
            return
        }
        #expect(!page.hasEntries)
        wizard.focus("2 of 4")
        wizard.press(.right)
        #expect(wizard.shows("Load level  3 of 4"))
        wizard.chooseClustersFromHere()
        #expect(wizard.shows("Load level  3 of 4"))
    }
}

extension WizardPilot {
    fileprivate mutating func chooseClustersFromHere() {
        for _ in 0..<20 where !textAtCursor.hasPrefix("choose") { press(.tab) }
        chooseClusters()
    }
}
