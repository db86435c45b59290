import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The wheel of a wizard whose terminal is there, and perhaps nobody before it.
@Suite struct UnattendedWheelTests {
    private let live = Sample.measured(.copying)

    private func driver() -> WizardPilot {
        let page = Page.migrating(MigratingData(live.id))
        var pilot = WizardPilot(
            Sample.agent(live), saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
        pilot.advance(by: 5)
        return pilot
    }

    /// The other wizard presses t; returns whether it has the wheel now.
    @discardableResult
    private func ask(_ pilot: inout WizardPilot) -> Bool {
        _ = pilot.agent.perform(.claim(live.id), by: Sample.other)
        pilot.hear()
        return pilot.agent.snapshot.migrations.last?.driver?.wizard == Sample.other.wizard
    }

    private func claims(_ pilot: WizardPilot) -> Int {
        pilot.commands.count { $0 == .claim(live.id) }
    }

    private func bells(_ pilot: WizardPilot) -> Int { pilot.requests.count { $0 == .bell } }

    @Test func aWheelThatNobodyHoldsIsHadByTheSecondRequest() {
        var pilot = driver()
        #expect(!ask(&pilot))
        #expect(bells(pilot) == 1)
        pilot.advance(by: 9)
        let before = claims(pilot)
        #expect(before >= 4)
        pilot.advance(by: 12)
        #expect(claims(pilot) <= before + 1)
        #expect(ask(&pilot))
        pilot.advance(by: 3)
        #expect(pilot.shows("ben@bastion pts/4 drives, you watch: t asks for the wheel."))
    }

    @Test func whoAsksAgainAndAgainDoesNotWaitLongerForThat() {
        var pilot = driver()
        var seconds = 0
        while !ask(&pilot), seconds < 60 {
            pilot.advance(by: 2)
            seconds += 2
        }
        #expect((10...22).contains(seconds))
        #expect(bells(pilot) == 1)
    }

    @Test(arguments: [Key.character("?"), .down, .character("i"), .function(1)])
    func whoPressesAKeyKeepsTheWheel(key: Key) {
        var pilot = driver()
        ask(&pilot)
        pilot.advance(by: 5)
        pilot.press(key)
        pilot.advance(by: 60)
        #expect(!ask(&pilot))
        // What is asked for anew has to be noticed anew.
        #expect(bells(pilot) == 2)
        pilot.advance(by: 22)
        #expect(ask(&pilot))
    }

    @Test func whoComesBackBeforeTheWheelIsTakenHasIt() {
        var pilot = driver()
        ask(&pilot)
        pilot.advance(by: 30)
        pilot.press(.down)
        pilot.advance(by: 2)
        #expect(!ask(&pilot))
    }

    @Test func aRequestThatIsRefusedIsSeenOnNoPageUntilTheNextOne() {
        var pilot = driver()
        pilot.change(live.id) { $0 = Sample.measured(.inSync) }
        ask(&pilot)
        #expect(pilot.shows("ben@bastion pts/4 asks for the wheel: g gives it away, k keeps it."))
        pilot.press(.enter)
        #expect(pilot.shows("asks for the wheel"))
        pilot.type("k")
        #expect(!pilot.shows("asks for the wheel"))
        pilot.press(.escape)
        pilot.advance(by: 5)
        #expect(!pilot.shows("asks for the wheel"))
        pilot.type("g")
        #expect(!pilot.commands.contains(.yield(live.id)))
        ask(&pilot)
        #expect(pilot.shows("asks for the wheel"))
    }

    @Test func aRequestThatTheAgentForgetsIsGone() {
        var pilot = driver()
        ask(&pilot)
        pilot.change(live.id) { $0.driver?.forgetRequest() }
        #expect(!pilot.shows("asks for the wheel"))
        #expect(!pilot.footer.contains("Give the wheel away"))
    }

    @Test func aWheelThatNobodyAsksForIsKeptWithoutAKey() {
        var pilot = driver()
        let before = claims(pilot)
        pilot.advance(by: 300)
        #expect(claims(pilot) > before + 90)
        #expect(bells(pilot) == 0)
    }
}
