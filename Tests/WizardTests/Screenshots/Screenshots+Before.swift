import ControlAPI
import Terminal

@testable import Wizard

extension Screenshot {
    /// From the hub to the start: S1 to S6.
    static let beforeAMigration = hub + start + setUp + validate + review

    private static let hub = [
        Screenshot(
            1, "migration-hub", "Migration Hub: migrations, the card of the flow, clusters",
            sizes: main
        ) {
            var past = Gallery.complete
            past.id = Sample.identifier(0x30)
            past.endedAt = Sample.time - 26 * 3_600_000
            var other = Sample.measured(.copying)
            other.id = Sample.identifier(0x32)
            (other.sourceName, other.destinationName) = ("ledger", "shop-old")
            var snapshot = Sample.snapshot
            snapshot.migrations = [past, other, Sample.measured(.inSync)]
            return $0.wizard(ScriptedAgent(snapshot))
        },
        Screenshot(1, "migration-hub-failed", "a migration that needs somebody") {
            var live = Sample.measured(.paused)
            live.pausedFrom = .copying
            live.error = ControlError(
                .migrationFailed, "The destination refused a document of shop.orders: _id 7",
                remedy: "Make room, then resume.")
            var failed = Sample.measured(.failed)
            failed.id = Sample.identifier(0x32)
            var snapshot = Sample.snapshot
            snapshot.migrations = [failed, live]
            return $0.wizard(ScriptedAgent(snapshot))
        },
        Screenshot(1, "migration-hub-empty", "Migration Hub before the first cluster is added") {
            var snapshot = Sample.snapshot
            (snapshot.organizations, snapshot.projects, snapshot.clusters) = ([], [], [])
            return $0.wizard(ScriptedAgent(snapshot))
        },
    ]

    private static let start = [
        Screenshot(
            2, "get-started", "Get Started: what happens, and what has to be so before",
            sizes: main
        ) {
            var wizard = $0.wizard()
            wizard.press(.enter)
            return wizard
        },
        Screenshot(2, "get-started-organization", "the organization that one starts from") {
            var wizard = $0.wizard()
            wizard.press(.enter, .backTab, .enter)
            return wizard
        },
        Screenshot(2, "get-started-refused", "refused: no organization was chosen") {
            var wizard = $0.wizard()
            wizard.press(.enter, .space, .down, .space)
            wizard.push("Get Started")
            return wizard
        },
    ]

    private static let setUp = [
        Screenshot(3, "set-up", "Set up Migration: both clusters are chosen", sizes: main) {
            $0.chosen()
        },
        Screenshot(3, "set-up-empty", "Set up Migration as it opens") { $0.settingUp() },
        Screenshot(3, "set-up-list", "a drop-down list, with what was typed to find in it") {
            var wizard = $0.chosen()
            wizard.press(.enter)
            wizard.type("shop")
            return wizard
        },
        Screenshot(3, "set-up-not-reached", "a source that does not answer") {
            $0.chosen(from: "archive")
        },
        Screenshot(3, "set-up-clear", "clearing the destination: its name has to be typed") {
            var wizard = $0.chosen(to: "shop-old")
            wizard.focus(" ] Clear")
            wizard.press(.space)
            wizard.type("shop-o")
            return wizard
        },
    ]

    private static let validate = [
        Screenshot(4, "validating", "Validating...: checks appear as they end", sizes: main) {
            $0.validating(checks(ended: 6), isOver: false)
        },
        Screenshot(4, "validate-failed", "results with a failure", sizes: main) {
            $0.validating(failed, isOver: true)
        },
        Screenshot(4, "validate-why", "details of a check: why, and what to do") {
            var wizard = $0.validating(failed, isOver: true)
            wizard.press(.character("w"))
            return wizard
        },
        Screenshot(4, "validate-passed", "passed: Continue is there again") {
            $0.validating(passed, isOver: true)
        },
        Screenshot(4, "validate-refused", "refused: a check has failed") {
            var wizard = $0.validating(failed, isOver: true)
            wizard.press(.enter)
            return wizard
        },
        Screenshot(4, "validate-go-on", "the destination holds a migration that can go on") {
            $0.validating([Sample.held], isOver: true, earlier: earlier)
        },
        Screenshot(4, "set-up-validating", "back on Set up Migration while the checks run") {
            var wizard = $0.validating(checks(ended: 3), isOver: false)
            wizard.press(.escape)
            return wizard
        },
        Screenshot(4, "set-up-stale", "results that are for other choices") {
            var wizard = $0.validating(passed, isOver: true)
            wizard.press(.escape)
            wizard.focus("x] Verify")
            wizard.press(.space)
            return wizard
        },
    ]

    private static let review = [
        Screenshot(5, "review-and-confirm", "Review & Confirm", sizes: main) {
            var wizard = $0.validating(passed, isOver: true)
            wizard.press(.enter)
            return wizard
        },
        Screenshot(5, "review-and-confirm-clear", "with a destination that is cleared") {
            $0.reviewingClearing(passed)
        },
        Screenshot(6, "start-migration", "Start Migration asks once more", sizes: main) {
            var wizard = $0.validating(passed, isOver: true)
            wizard.press(.enter, .enter)
            return wizard
        },
        Screenshot(6, "start-migration-clear", "and says what is deleted") {
            var wizard = $0.reviewingClearing(passed)
            wizard.press(.enter)
            return wizard
        },
    ]

    // MARK: Checks

    /// With a conflict indexes are not searched any more.
    private static var failed: [ValidationRow] {
        checks().map { $0.check == "uniqueViolations" ? Sample.notLookedAt($0) : $0 }
    }

    private static var passed: [ValidationRow] { checks().filter { !$0.isBlocking } }

    /// Some checks that the agent makes; all but the first so many are still under way.
    private static func checks(ended: Int = .max) -> [ValidationRow] {
        Sample.checked.prefix(ended) + Sample.checked.dropFirst(ended).map(Sample.checking)
    }

    private static var earlier: EarlierMigration {
        var earlier = EarlierMigration(startedAt: Sample.time - 9 * 3_600_000)
        earlier.holder = "process 4711 on bastion-1"
        return earlier
    }
}

extension Scene {
    /// On *Review & Confirm*, with a destination that is to be cleared.
    fileprivate func reviewingClearing(_ rows: [ValidationRow]) -> WizardPilot {
        var wizard = chosen(to: "shop-old")
        wizard.focus(" ] Clear")
        wizard.press(.space)
        wizard.type("shop-old")
        wizard.press(.enter, .enter)
        wizard.push("Continue")
        wizard.validate(rows, isOver: true)
        wizard.press(.enter)
        return wizard
    }
}
