import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// A fact stands once on "Migrating Data".
@Suite struct SaidOnceTests {
    private func notices(_ change: (inout LiveMigration) -> Void) -> [String] {
        var live = Sample.measured(.inSync)
        change(&live)
        let pilot = ScreenPilot(
            .migrating(MigratingData(live.id)), agent: Sample.agent(live))
        return MigratingData(live.id).notices(live, pilot.world).map(\.text)
    }

    @Test func s7WhatIsWaitedForIsSaidOnce() {
        let said = notices {
            $0.waitingFor = ["shop-rs0 to answer"]
            $0.message = "waiting: shop-rs0 to answer"
        }
        #expect(
            said.filter { $0.contains("shop-rs0 to answer") } == ["Waiting for shop-rs0 to answer"])
    }

    @Test func s7WhyACutoverWasUndoneIsSaidOnceAlsoWhileSomethingIsWaitedFor() {
        let reason = "a write was seen"
        for waiting in [[], ["shop-rs0 to answer"]] {
            let said = notices {
                $0.cutover.refusal = reason
                $0.waitingFor = waiting
                $0.message = waiting.isEmpty ? reason : "waiting: shop-rs0 to answer"
            }
            #expect(
                said.filter { $0.contains(reason) } == ["The last cutover was undone: \(reason)"])
        }
    }

    @Test func s7WhatNothingElseSaysIsSaid() {
        #expect(
            notices { $0.message = "an index is being built" }.contains("an index is being built"))
    }
}
