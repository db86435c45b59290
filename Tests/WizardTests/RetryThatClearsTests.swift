import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// A migration that clears its destination and failed before it had begun.
@Suite struct RetryThatClearsTests {
    private let live: LiveMigration = {
        var live = Sample.measured(.failed)
        (live.setup.clear, live.isRetryPossible, live.clearsOnRetry) = (true, true, true)
        return live
    }()

    /// At the question of a retry.
    private func retrying(_ live: LiveMigration) -> ScreenPilot {
        var pilot = ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live))
        pilot.press(.enter)
        return pilot
    }

    @Test func s16ARetryThatClearsAgainNeedsTheNameTyped() {
        var pilot = retrying(live)
        #expect(pilot.pilot.requests.contains(.discardTypeAhead))
        #expect(pilot.shows("Clear the destination, and retry"))
        for words in [
            "It failed before it had begun, so lagzero begins anew: it first",
            "deletes all that is on shop-atlas, also what was written there since",
            "you set up this migration.", "( Clear and retry )",
        ] {
            #expect(pilot.shows(words), "\(words)")
        }
        let destination = pilot.world.cluster(live.setup.destination)
        let contents = Clearing.consequence(for: destination)
        #expect(contents.contains("database") && pilot.shows(String(contents.prefix(40))))
        pilot.confirmKeyByKey("shop-atlas")
        #expect(pilot.commands == [.retry(live.id)])
    }

    @Test func s16OneThatHasBegunGoesOnWithout() {
        var begun = live
        begun.clearsOnRetry = false
        var pilot = retrying(begun)
        #expect(pilot.shows("lagzero goes on from where it stopped"))
        pilot.press(.enter)
        #expect(pilot.commands == [.retry(live.id)])
    }

    @Test func s16ItClosesWhereThereIsNothingToRetry() {
        var pilot = retrying(live)
        pilot.change(live.id) { ($0.phase, $0.isRetryPossible) = (.preparing, false) }
        #expect(!pilot.shows("Clear the destination"))
    }
}
