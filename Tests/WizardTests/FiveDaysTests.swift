import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// A migration may wait five days for its cutover, with the wizard open.
@Suite struct FiveDaysTests {
    @Test func whatIsKeptOfTheNewsDoesNotGrowFromTheFirstDayToTheFifth() throws {
        let live = Sample.measured(.inSync)
        let page = Page.migrating(MigratingData(live.id))
        var wizard = WizardPilot(
            Sample.agent(live), saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
        var sizes: [Int] = []
        for _ in 1...5 {
            for step in 1...144 {
                wizard.passTenMinutes(of: live.id, eventsRead: step * 1_000)
            }
            sizes.append(try JSONEncoder().encode(wizard.pilot.model).count)
        }
        let (first, last) = (try #require(sizes.first), try #require(sizes.last))
        // Numbers have more digits.
        #expect(last < first + first / 20)
        #expect(wizard.pilot.model.world.log(of: live.id).lines.last?.sequence == 20 + 3_600)
    }
}

extension WizardPilot {
    fileprivate mutating func passTenMinutes(of id: Identifier, eventsRead: Int) {
        let moment = Moment(
            uptime: pilot.model.world.moment.uptime + .seconds(600), wall: agent.time + 600_000)
        agent.time = moment.wall
        send(.terminal(.tick, moment))
        change(id) { $0.figures.eventsRead = eventsRead }
        for _ in 0..<5 {
            agent.log("not ready: the destination is behind the source", of: id)
            hear()
        }
    }
}
