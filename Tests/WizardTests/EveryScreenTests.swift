import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// What holds for every screen of the list, S1 to S21, in the whole wizard.
@Suite struct EveryScreenTests {
    @Test func everyScreenIsTheSameAfterOtherSizes() {
        for picture in Screenshot.all {
            var wizard = picture.wizard(Size(80, 24))
            let before = wizard.screen
            for (columns, rows) in [(60, 18), (40, 10), (1, 1), (200, 60), (80, 24)] {
                wizard.resize(columns, rows)
                #expect(wizard.lines.count == rows)
            }
            #expect(wizard.screen == before, "\(picture.number) \(picture.name)")
        }
    }

    /// The terminal goes, and the wizard is opened again from what was kept. What happened meanwhile is told again until
    /// its page is left.
    @Test func everyScreenIsOpenedAgainWhereItWas() throws {
        for picture in Screenshot.all {
            var wizard = picture.wizard(Size(80, 24))
            wizard.happen(.hangUp)
            let data = try JSONEncoder().encode(#require(wizard.saved.last))
            #expect(!String(decoding: data, as: UTF8.self).contains(Sample.secret))
            let saved = try JSONDecoder().decode(SavedState.self, from: data)
            let again = WizardPilot(wizard.agent, saved: saved)
            #expect(again.pages.count == wizard.pages.count, "\(picture.number) \(picture.name)")
            let title = wizard.page.reopened.screen.title
            let isOnItsWay = again.page.screen.title == "Cutover"
            #expect(
                again.page.screen.title == title || isOnItsWay && title == "Migrating Data",
                "\(picture.number) \(picture.name): \(again.page.screen.title)")
        }
    }
}
