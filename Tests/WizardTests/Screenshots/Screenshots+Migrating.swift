import ControlAPI
import Terminal

@testable import Wizard

extension Screenshot {
    /// While the clusters are brought in step, and what can happen then: S7, S14 to S16.
    static let migrating = phases + acts + ends

    private static let phases = [
        Screenshot(7, "migrating-data", "Migrating Data: copying", sizes: main) {
            $0.migrating(Sample.measured(.copying))
        },
        Screenshot(7, "migrating-data-preparing", "just started: nothing is known yet") {
            $0.migrating(Sample.bare(.preparing))
        },
        Screenshot(7, "migrating-data-indexing", "copied, the indexes are being built") {
            var live = Sample.measured(.indexing)
            live.figures.indexesBuilt = 12
            return $0.migrating(live)
        },
        Screenshot(7, "migrating-data-catching-up", "catching up; verification is off") {
            var live = Sample.measured(.catchingUp)
            live.setup.verify = .off
            live.figures.verification = nil
            Sample.set(lag: 94, of: &live)
            live.figures.backlog = 120_412
            return $0.migrating(live)
        },
        Screenshot(7, "migrating-data-in-sync", "in sync: the button is there", sizes: main) {
            $0.migrating(Sample.measured(.inSync))
        },
        Screenshot(7, "migrating-data-waiting", "in sync, with something to be waited for") {
            $0.migrating(waiting)
        },
    ]

    private static let acts = [
        Screenshot(14, "paused", "paused, with the reason", sizes: main) { $0.migrating(paused) },
        Screenshot(14, "load-level", "the load level") {
            $0.migrating(Sample.measured(.copying), .character("l"))
        },
        Screenshot(14, "cancel", "cancelling: the destination's name has to be typed", sizes: main)
        {
            var wizard = $0.migrating(Sample.measured(.copying), .character("c"))
            wizard.type("shop-at")
            return wizard
        },
        Screenshot(14, "cancelled", "cancelled, with something left to be done") {
            var live = Sample.measured(.copying)
            live.phase = .cancelled
            live.endedAt = Sample.time - 1_000
            live.problems = [Sample.whatStays]
            return $0.migrating(live)
        },
        Screenshot(14, "read-only", "opened with --watch") {
            let live = Sample.measured(.inSync)
            let page = Page.migrating(MigratingData(live.id))
            let saved = SavedState(pages: [page], lastSeen: nil, theme: nil)
            return $0.wizard(Scene.agent(live), saved: saved, isReadOnly: true)
        },
        Screenshot(14, "watching", "another wizard drives") {
            var live = Sample.measured(.inSync)
            live.driver = Driver(
                wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
            return $0.migrating(live)
        },
        Screenshot(14, "wanted", "another wizard asks for the wheel") {
            var live = Sample.measured(.copying)
            live.driver?.wantedBy = Sample.other.name
            return $0.migrating(live)
        },
        Screenshot(14, "mismatches", "taking note of differences that were found") {
            $0.migrating(waiting, .character("a"))
        },
    ]

    private static let ends = [
        Screenshot(15, "expired", "the time to cut over has run out", sizes: main) {
            $0.migrating(expired)
        },
        Screenshot(15, "retry", "taking it up again") { $0.migrating(expired, .character("r")) },
        Screenshot(16, "failed", "failed, with the remedy", sizes: main) { $0.migrating(failed) },
        Screenshot(16, "failed-details", "everything that is known of it") {
            $0.migrating(failed, .character("i"))
        },
    ]

    // MARK: Migrations

    private static var waiting: LiveMigration {
        var live = Sample.measured(.inSync)
        live.cutover.isReady = false
        live.cutover.missing = ["the destination is behind the source"]
        live.waitingFor = ["a member of shop-atlas that answers"]
        live.mismatches = ["shop.orders _id 7", "shop.items _id 9", "shop.carts _id 1"]
        Sample.set(lag: 41, of: &live)
        live.figures.verification?.mismatches = 3
        return live
    }

    private static var paused: LiveMigration {
        var live = Sample.measured(.copying)
        live.phase = .paused
        live.pausedFrom = .copying
        live.error = ControlError(
            .migrationFailed, "The destination refused a document of shop.orders: _id 7",
            remedy: "Make room, then resume.")
        return live
    }

    private static var failed: LiveMigration {
        var live = Sample.measured(.copying)
        live.phase = .failed
        live.isRetryPossible = true
        live.isRunning = false
        live.endedAt = Sample.time - 1_000
        live.error = ControlError(
            .migrationFailed, "The source's user may no longer read shop.orders.",
            remedy: "Grant readAnyDatabase, then retry.")
        live.cutover.isDestinationBlocked = true
        return live
    }

    private static var expired: LiveMigration {
        var live = Sample.measured(.expired)
        live.isRetryPossible = true
        live.cutover.deadlineAt = Sample.time - 1_000
        return live
    }
}
