import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What is said below the page covers none of it.
@Suite struct MessageRowsTests {
    private let small = Size(60, 18)
    private let long =
        "shop-rs0 did not answer within ten seconds. Look whether this host reaches every member of it."

    private func buttons(_ wizard: WizardPilot) -> Set<String> {
        Set(wizard.screen.matches(of: /\( (.+?) \)/).map { String($0.1) })
    }

    @Test func onTheSmallestScreenALongMessageTakesARowOfThePageAndNoButton() {
        var pages = 0
        for picture in Screenshot.all where picture.isMain {
            var wizard = picture.wizard(small)
            let before = buttons(wizard)
            guard !wizard.page.screen.holdsKeys, wizard.pilot.model.overlay == nil else { continue }
            pages += 1
            wizard.send(.said(long))
            #expect(wizard.message.hasSuffix("member of it."))
            #expect(wizard.lines[15].contains("did not answer"))
            #expect(
                buttons(wizard) == before, "\(picture.number) \(picture.name)\n\(wizard.screen)")
            #expect(wizard.pilot.model.world.body.rows == Frame(wizard.pilot.model).body.rows)
        }
        #expect(pages > 10)
    }

    @Test func thatTheAgentIsSilentTakesOneRow() {
        var wizard = WizardPilot(
            Sample.agent(Sample.measured(.copying)),
            saved: SavedState(
                pages: [.migrating(MigratingData(Sample.measured(.copying).id))], lastSeen: nil,
                theme: nil),
            size: small)
        let rows = wizard.pilot.model.world.body.rows
        wizard.advance(by: 1)
        wizard.agent.isLost = true
        for seconds in [12, 90_000] {
            wizard.advanceAlone(by: .seconds(seconds))
            #expect(wizard.message.contains("s: the page is as old."), "\(wizard.screen)")
            #expect(wizard.pilot.model.world.body.rows == rows)
            #expect(wizard.shows("( Cutover to your destination cluster )"))
        }
    }
}
