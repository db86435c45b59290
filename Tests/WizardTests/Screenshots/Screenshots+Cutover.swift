import ControlAPI
import Terminal

@testable import Wizard

extension Screenshot {
    /// From in sync to the connection string: S8 to S13.
    static let cuttingOver = inSync + proceed + stopWrites + finalize + done

    private static let inSync = [
        Screenshot(8, "in-sync", "in sync: cut over, or extend", sizes: main) {
            $0.wizard(ready, at: .inSync(InSync(ready.id)))
        },
        Screenshot(8, "in-sync-not-now", "in sync, but not ready at this moment") {
            $0.wizard(behind, at: .inSync(InSync(behind.id)))
        },
        Screenshot(8, "extend-sync", "Extend Sync shows the new end first") {
            $0.wizard(ready, at: .inSync(InSync(ready.id)), .tab, .enter)
        },
        Screenshot(8, "extended", "extended, with the new end") {
            $0.wizard(ready, at: .inSync(InSync(ready.id)), .tab, .enter, .enter)
        },
        Screenshot(8, "little-time", "with less than ten minutes left, extending is offered") {
            var live = ready
            live.cutover.deadlineAt = Sample.time + 540_000
            return $0.wizard(live, at: .inSync(InSync(live.id)), .enter)
        },
    ]

    private static let proceed = [
        Screenshot(9, "proceed-to-cutover", "the last page that stops nothing", sizes: main) {
            var wizard = $0.wizard(ready, at: .proceed(ProceedToCutover(ready.id)))
            wizard.type("shop-at")
            return wizard
        },
        Screenshot(9, "proceed-to-cutover-typed", "the name is typed, nothing is in the way") {
            var wizard = $0.wizard(ready, at: .proceed(ProceedToCutover(ready.id)))
            wizard.type("shop-atlas")
            wizard.press(.enter)
            return wizard
        },
        Screenshot(9, "proceed-to-cutover-obstacles", "with much in the way") {
            var live = behind
            live.cutover.openTransactions = [.init(client: "10.0.0.7:5000", seconds: 34)]
            live.cutover.canBlockSource = false
            live.cutover.uniqueViolations = ["email of shop.customers"]
            live.cutover.deadlineAt = Sample.time + 2 * 3_600_000 + 600_000
            live.cutover.refusal = "a write came after the final time"
            live.setup.verify = .off
            live.figures.verification = nil
            return $0.wizard(live, at: .proceed(ProceedToCutover(live.id)))
        },
    ]

    private static let stopWrites = [
        Screenshot(10, "stop-writes", "step 1: writes are still seen", sizes: main) {
            $0.stoppingWrites(ready)
        },
        Screenshot(10, "stop-writes-confirmed", "step 1: no writes, confirmed") {
            var wizard = $0.stoppingWrites(quiet)
            wizard.press(.space, .tab, .tab)
            return wizard
        },
        Screenshot(10, "stop-writes-refused", "step 1: refused without the confirmation") {
            var wizard = $0.stoppingWrites(quiet)
            wizard.push("Finalize migration")
            return wizard
        },
    ]

    private static let finalize = [
        Screenshot(11, "finalize", "step 2: the steps one by one", sizes: main) {
            $0.finalizing(Gallery.finalizing(4))
        },
        Screenshot(11, "back-out", "step 2: backing out asks once more") {
            var wizard = $0.finalizing(Gallery.finalizing(4))
            wizard.press(.enter)
            return wizard
        },
        Screenshot(11, "finalize-open", "step 2: the destination accepts writes") {
            $0.finalizing(Gallery.finalizing(9))
        },
        Screenshot(11, "finalize-unverified", "step 2 with verification off") {
            var live = Gallery.finalizing(2)
            live.setup.verify = .off
            live.figures.verification = nil
            return $0.finalizing(live)
        },
        Screenshot(11, "finalize-undone", "undone: the source accepts writes again") {
            let live = Gallery.finalizing(3)
            var wizard = $0.finalizing(live)
            wizard.change(live.id) {
                $0 = Gallery.finalizing(0, failed: true)
                $0.phase = .inSync
                $0.cutover.isReady = true
                $0.cutover.isBackOutPossible = false
                $0.cutover.isSourceBlocked = false
                $0.cutover.refusal = "a transaction is open on the source for 34 s"
            }
            return wizard
        },
        Screenshot(11, "finalize-broken", "failed where there is no way back") {
            let live = Gallery.finalizing(9)
            var wizard = $0.finalizing(live)
            wizard.change(live.id) {
                $0.phase = .failed
                $0.error = ControlError(
                    .migrationFailed, "No member of shop-atlas answers",
                    remedy: "Retry when it does")
            }
            return wizard
        },
    ]

    private static let done = [
        Screenshot(12, "success", "You have successfully migrated to Atlas", sizes: main) {
            $0.wizard(held, at: .success(Success(held.id)))
        },
        Screenshot(12, "success-unverified", "with verification off, and something left to do") {
            $0.wizard(unverified, at: .success(Success(held.id)))
        },
        Screenshot(12, "success-details", "what is left to do") {
            $0.wizard(unverified, at: .success(Success(held.id)), .character("i"))
        },
        Screenshot(12, "release", "releasing the source asks once more") {
            $0.wizard(held, at: .success(Success(held.id)), .character("r"))
        },
        Screenshot(13, "connect-to-atlas", "Connect to Atlas: mongosh", sizes: main) {
            $0.wizard(held, at: .success(Success(held.id)), .enter)
        },
        Screenshot(13, "connect-to-atlas-drivers", "Connect to Atlas: drivers") {
            $0.wizard(held, at: .success(Success(held.id)), .enter, .tab)
        },
    ]

    // MARK: Migrations

    /// In sync, with everything known that is looked at before a cutover.
    static var ready: LiveMigration {
        var live = Sample.measured(.inSync)
        live.cutover.openTransactions = []
        live.cutover.canBlockSource = true
        live.cutover.uniqueViolations = []
        return live
    }

    private static var quiet: LiveMigration {
        var live = ready
        live.cutover.sourceWrites = []
        live.figures.lagSeconds = 0
        return live
    }

    private static var behind: LiveMigration {
        var live = ready
        live.cutover.isReady = false
        live.cutover.missing = ["the destination is behind the source"]
        Sample.set(lag: 41, of: &live)
        return live
    }

    private static var held: LiveMigration {
        var live = Gallery.complete
        live.isSourceHeld = true
        return live
    }

    private static var unverified: LiveMigration {
        var live = Gallery.complete
        live.setup.verify = .off
        live.report?.verification = VerificationFigures(mode: .off)
        live.problems = [Sample.writtenAfterwards]
        live.report?.applicationDowntimeSeconds = nil
        live.cutover.downtimeSeconds = nil
        return live
    }
}
