import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The bell of the frame, on whatever page.
@Suite struct NeedBellTests {
    private static let copying = Sample.measured(.copying)

    /// On a page that is about no migration.
    private func elsewhere(_ migrations: LiveMigration...) -> WizardPilot {
        var snapshot = Sample.snapshot
        snapshot.migrations = migrations
        let page = Page.beginning(of: .fromAtlas)
        return WizardPilot(
            ScriptedAgent(snapshot), saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
    }

    private func bells(_ pilot: WizardPilot) -> Int { pilot.requests.count { $0 == .bell } }

    /// What happens to a migration that is copying, and whether somebody has to decide then.
    enum Turn: CaseIterable {
        case refused, failed, notCancelled, expired, ready, asked
        case pausedByHand, cancelled, complete, catchingUp, notReady, driven

        var isNeed: Bool {
            switch self {
            case .refused, .failed, .notCancelled, .expired, .ready, .asked: true
            case .pausedByHand, .cancelled, .complete, .catchingUp, .notReady, .driven: false
            }
        }

        func happen(to live: inout LiveMigration) {
            switch self {
            case .refused, .pausedByHand:
                (live.phase, live.pausedFrom) = (.paused, .copying)
                if self == .refused { live.error = ControlError(.migrationFailed, "refused") }
            case .failed: Drive.end(&live, .failed, Sample.time)
            case .notCancelled:
                Drive.end(&live, .failed, Sample.time)
                live.cancellation = Cancellation(error: ControlError(.cluster, "not reached"))
            case .expired: Drive.end(&live, .expired, Sample.time)
            case .cancelled: Drive.end(&live, .cancelled, Sample.time)
            case .complete: Drive.end(&live, .complete, Sample.time)
            case .ready: live = Sample.measured(.inSync)
            case .notReady:
                live = Sample.measured(.inSync)
                live.cutover.isReady = false
            case .driven:
                live = Sample.measured(.inSync)
                live.driver = Driver(
                    wizard: Sample.other.wizard, name: Sample.other.name,
                    heardAt: Sample.time + 5_000)
            case .catchingUp: live = Sample.measured(.catchingUp)
            case .asked:
                live.driver?.wantedBy = Sample.other.name
                live.driver?.wantedAt = Sample.time
            }
        }
    }

    @Test(arguments: Turn.allCases) func itRingsOnceWhereSomebodyHasToDecide(turn: Turn) {
        var pilot = elsewhere(Self.copying)
        pilot.advance(by: 3)
        #expect(bells(pilot) == 0)
        pilot.change(Self.copying.id) { turn.happen(to: &$0) }
        #expect(bells(pilot) == (turn.isNeed ? 1 : 0))
        pilot.advance(by: 8)
        #expect(bells(pilot) == (turn.isNeed ? 1 : 0))
        pilot.press(.tab)
        // The driver of another wizard that falls silent leaves the decision here.
        guard turn != .driven else { return }
        pilot.advance(by: 3_700, hearingEvery: 20)
        #expect(bells(pilot) == (turn.isNeed ? 1 : 0))
    }

    @Test(arguments: Turn.allCases) func whoOpensTheWizardIsNotRungFor(turn: Turn) {
        var live = Self.copying
        turn.happen(to: &live)
        var pilot = elsewhere(live)
        pilot.advance(by: 3)
        guard turn != .driven else { return }
        pilot.advance(by: 3_700, hearingEvery: 20)
        #expect(bells(pilot) == 0)
    }

    @Test func itRingsAtEachMarkOfTheCountdownAndAgainAfterAnExtension() {
        var live = Sample.measured(.inSync)
        let marks: [Int64] = [24 * 3_600, 12 * 3_600, 6 * 3_600, 3 * 3_600, 3_600, 600]
        live.cutover.deadlineAt = Sample.time + marks[0] * 1_000 + 5_000
        var pilot = elsewhere(live)
        pilot.press(.tab)
        for count in 1...marks.count {
            pilot.advance(by: 4)
            #expect(bells(pilot) == count - 1)
            pilot.advance(by: 3)
            #expect(bells(pilot) == count)
            pilot.press(.tab)
            guard count < marks.count else { break }
            pilot.change(live.id) { [now = pilot.agent.time] in
                $0.cutover.deadlineAt = now + marks[count] * 1_000 + 5_000
            }
        }
        pilot.change(live.id) { $0.cutover.deadlineAt = Sample.time + 2 * 86_400_000 }
        pilot.advance(by: 3)
        #expect(bells(pilot) == marks.count)
        pilot.change(live.id) { $0.cutover.deadlineAt = Sample.time + 3 * 3_600_000 }
        #expect(bells(pilot) == marks.count + 1)
    }

    @Test func whereAnHourIsASecondItRingsAgainEverySecond() {
        var live = Sample.measured(.catchingUp)
        live.cutover.clockSpeed = 3_600
        var pilot = elsewhere(live)
        pilot.change(live.id) {
            $0.phase = .inSync
            $0.cutover.isReady = true
        }
        pilot.advance(by: 5)
        #expect(bells(pilot) >= 5)
        pilot.press(.tab)
        let before = bells(pilot)
        pilot.advance(by: 5)
        #expect(bells(pilot) == before)
    }

    @Test func itRingsForACutoverThatDoesNotEnd() {
        var live = Sample.migration(.finalizing)
        live.cutover.begunAt = Sample.time - 12 * 3_600_000 + 5_000
        var pilot = elsewhere(live)
        pilot.advance(by: 4)
        #expect(bells(pilot) == 0)
        pilot.advance(by: 3)
        #expect(bells(pilot) == 1)
        pilot.press(.tab)
        pilot.advance(by: 3_700, hearingEvery: 20)
        #expect(bells(pilot) == 1)
    }

    @Test func itRingsForLittleHeadroomUntilThatIsLargeAgain() {
        var pilot = elsewhere(Self.copying)
        func measure(_ hours: Int, isFull: Bool = true) {
            pilot.change(Self.copying.id) {
                $0.figures.oplogHeadroomSeconds = hours * 3_600
                $0.figures.isOplogFull = isFull
            }
            pilot.press(.tab)
        }
        // Young: nothing is dropped yet.
        measure(5, isFull: false)
        #expect(bells(pilot) == 0)
        for (hours, count) in [(5, 1), (7, 1), (5, 1), (0, 2), (13, 2), (5, 3)] {
            measure(hours)
            #expect(bells(pilot) == count, "\(hours) h")
        }
    }

    @Test func aCutoverThatIsReadyRingsEveryHourUntilAKeyIsPressed() {
        var pilot = elsewhere(Self.copying)
        pilot.change(Self.copying.id) { $0 = Sample.measured(.inSync) }
        #expect(bells(pilot) == 1)
        // Nothing new: it only was not ready for a moment.
        pilot.change(Self.copying.id) { $0.cutover.isReady = false }
        pilot.change(Self.copying.id) { $0.cutover.isReady = true }
        pilot.advance(by: 3_500, hearingEvery: 20)
        #expect(bells(pilot) == 1)
        pilot.advance(by: 3_760, hearingEvery: 20)
        #expect(bells(pilot) == 3)
        // Keys of the frame answer nothing.
        pilot.type("?")
        pilot.press(.escape)
        pilot.advance(by: 3_600, hearingEvery: 20)
        #expect(bells(pilot) == 4)
        pilot.press(.tab)
        pilot.advance(by: 7_300, hearingEvery: 20)
        #expect(bells(pilot) == 4)
    }

    @Test func whatIsNewRingsThoughSomethingElseWasAnswered() {
        let second = Sample.migration(.copying, number: 0x200)
        var pilot = elsewhere(Self.copying, second)
        pilot.change(Self.copying.id) { Turn.refused.happen(to: &$0) }
        pilot.press(.tab)
        pilot.change(second.id) { Turn.failed.happen(to: &$0) }
        #expect(bells(pilot) == 2)
        pilot.press(.tab)
        // Resumed and refused again is another decision.
        pilot.change(Self.copying.id) { ($0.phase, $0.error) = (.copying, nil) }
        pilot.change(Self.copying.id) { Turn.refused.happen(to: &$0) }
        #expect(bells(pilot) == 3)
    }

    @Test func pastMigrationsThatComeLaterAreNothingNew() {
        var snapshot = Sample.snapshot
        snapshot.migrations = (0..<3).map { Sample.migration(.failed, number: 0x300 + $0) }
        let agent = ScriptedAgent(snapshot.with(past: 1))
        var pilot = WizardPilot(agent)
        pilot.advance(by: 2)
        var all = snapshot
        all.sequence = agent.snapshot.sequence + 5
        pilot.send(.heard(Event(sequence: all.sequence, time: all.time, change: .snapshot(all))))
        pilot.advance(by: 2)
        #expect(bells(pilot) == 0)
    }

    @Test func theTitleSaysWhatTheBellRangForUntilAKeyIsPressed() {
        var pilot = elsewhere(Self.copying)
        func title() -> TerminalRequest? {
            pilot.requests.last { if case .title = $0 { true } else { false } }
        }
        #expect(title() == .title("lagzero shop-rs0 -> shop-atlas: copying  68 %"))
        pilot.change(Self.copying.id) { $0.phase = .failed }
        #expect(title() == .title("! lagzero shop-rs0 -> shop-atlas: failed"))
        pilot.advance(by: 60)
        #expect(title() == .title("! lagzero shop-rs0 -> shop-atlas: failed"))
        pilot.press(.down)
        pilot.advance(by: 60)
        #expect(title() == .title("lagzero"))
    }

    @Test func aDecisionThatTheDriverLeavesByFallingSilentIsThisWizards() {
        var pilot = elsewhere(Self.copying)
        pilot.change(Self.copying.id) { Turn.driven.happen(to: &$0) }
        pilot.advance(by: 3)
        #expect(bells(pilot) == 0)
        pilot.change(Self.copying.id) { $0.driver?.hasFallenSilent = true }
        #expect(bells(pilot) == 1)
    }
}
