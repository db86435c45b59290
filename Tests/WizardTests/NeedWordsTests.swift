import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct NeedWordsTests {
    @Test func everyNeedHasItsWords() {
        let words: [(Need.Kind, String)] = [
            (.cutover, "Ready for Cutover"), (.paused, "paused by an error"), (.failed, "failed"),
            (.notCancelled, "failed, and could not be cancelled"),
            (.expired, "the time to cut over has run out"),
            (.longCutover, "the cutover takes too long"),
            (.headroom(2), "less than 2 h of oplog headroom left"),
            (.little(.seconds(3_600)), "less than 01:00:00 left to cut over"),
            (.wheel, "another wizard asks for the wheel"),
            (.lostAgent, "no news from the agent"),
        ]
        for (kind, text) in words { #expect(kind.words(.fromAtlas) == text) }
    }

    @Test func theMostPressingOfTheNewestComesFirst() {
        var world = World(me: Sample.me)
        var snapshot = Sample.snapshot
        snapshot.migrations = (1...3).map { Sample.migration(.copying, number: $0) }
        world.snapshot = snapshot
        let ids = snapshot.migrations.map(\.id)
        let needs = [
            Need(migration: ids[0], kind: .wheel), Need(migration: ids[1], kind: .failed),
            Need(migration: ids[0], kind: .failed), Need(migration: ids[2], kind: .expired),
        ]
        let order = [needs[1], needs[2], needs[3], needs[0]]
        #expect(world.inOrder(needs) == order)
        #expect(world.inOrder(needs.reversed()) == order)
    }

    @Test func anAlertCountsTheOthersThatItIsFor() {
        var plain = PlainPilot(WizardPilot(Sample.agent(Sample.measured(.copying))))
        plain.advance(by: 2)
        plain.outside {
            $0.change(Sample.measured(.copying).id) {
                Drive.end(&$0, .failed, Sample.time)
                $0.cancellation = Cancellation(error: ControlError(.cluster, "not reached"))
            }
        }
        #expect(
            plain.heard.contains("ALERT: shop-rs0 to shop-atlas: failed; and 1 more"), "\(plain)")
    }
}
