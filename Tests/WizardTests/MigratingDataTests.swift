import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct MigratingDataTests {
    private func pilot(_ live: LiveMigration, size: Size = Size(80, 24)) -> ScreenPilot {
        ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live), size: size)
    }

    @Test func s7ItShowsTheFourRowsAndTheFiguresOfTheCopy() {
        let pilot = pilot(Sample.measured(.copying))
        let body = Array(pilot.lines[3...11])
        #expect(body[0].hasPrefix(" shop-rs0  ──────▶  shop-atlas"))
        #expect(body[0].hasSuffix("started 3 h 0 m ago"))
        #expect(
            Array(body[1...]) == [
                " ▶ Applying new writes       1,204/s seen, 18,204 documents wait for the copy",
                " ▶ Copying data              ████████████████████░░░░░░░░░░ 68 %  281 / 412 GB",
                "                             118 MB/s now · 99.0 MB/s overall · 18-23 min left",
                " ○ Finalizing the migration",
                " ▶ Running the verification  4 of 18 collections, 0 differences seen",
                "",
                " Lag behind source   -                   shown when the copy is done",
                " Change stream       00:00:01 behind     13.9 M events read",
            ])
        #expect(
            pilot.lines[12].hasSuffix("30 h 50 m           Indexes after the copy, 31 to build"))
    }

    @Test(arguments: [MigrationPhase.failed, .cancelled, .expired])
    func whatWasMeasuredLastIsNotShownAsNowWhereItIsOver(phase: MigrationPhase) {
        var live = Sample.measured(.copying)
        live.phase = phase
        let pilot = pilot(live)
        #expect(pilot.shows("Applying new writes       18,204 documents not applied"))
        #expect(pilot.shows("99.0 MB/s overall"))
        #expect(pilot.shows("Change stream       -    "))
        #expect(pilot.shows("Oplog headroom      -"))
        #expect(!pilot.shows("/s now"))
        #expect(!pilot.shows("min left"))
        #expect(!pilot.shows("/s seen"))
    }

    @Test func s14WhilePausedNoSpeedAndNoTimeLeftAreShown() {
        var live = Sample.measured(.copying)
        live.phase = .paused
        live.pausedFrom = .copying
        let pilot = pilot(live)
        #expect(pilot.shows("                             99.0 MB/s overall"))
        #expect(!pilot.shows("min left"))
        #expect(pilot.shows("Change stream       00:00:01 behind"))
    }

    @Test func s14WhoHasPausedItIsToldHowItGoesOn() {
        var live = Sample.measured(.paused)
        live.pausedFrom = .copying
        var pilot = pilot(live)
        #expect(pilot.shows("! Paused. p resumes it."))
        // Not where another drives.
        pilot.change(live.id) {
            $0.driver = Driver(wizard: Sample.other.wizard, name: "ben", heardAt: Sample.time)
        }
        #expect(pilot.shows("! Paused.") && !pilot.shows("resumes it"))
    }

    @Test func s7WhatHasJustBegunSaysSo() {
        var live = Sample.measured(.preparing)
        live.startedAt = Sample.time - 59_000
        #expect(pilot(live).shows("started just now"))
    }

    @Test func s7ACopyThatIsNearlyDoneHasNoMinutesLeft() {
        var live = Sample.measured(.copying)
        live.figures.bytesCopied = 411_900_000_000
        #expect(pilot(live).shows("under 1 min left"))
    }

    @Test(arguments: MigrationPhase.allCases.filter { Page.showsFigures($0) })
    func whatIsNotKnownIsNotShownAsZero(phase: MigrationPhase) {
        let body = pilot(Sample.bare(phase)).lines[4..<12].joined(separator: "\n")
        #expect(!body.contains(" 0"))
        #expect(!body.contains("00:00:00"))
        if phase == .copying { #expect(body.contains("estimating")) }
    }

    @Test func s7TheLagIsShownFromCatchingUpOnWithItsLastHour() {
        #expect(pilot(Sample.measured(.indexing)).shows("Lag behind source   - "))
        let pilot = pilot(Sample.measured(.catchingUp))
        let line = pilot.lines.first { $0.contains("Lag behind source") } ?? ""
        #expect(line.contains("00:00:00"))
        #expect(line.contains("▃▂▂▁▆"))
        #expect(line.hasSuffix("hour's max 00:00:07"))
        // Tenths of a second are no mountains.
        var calm = Sample.measured(.catchingUp)
        calm.figures.lagByMinute = [0.1, 0.4, 0.3]
        #expect(self.pilot(calm).shows("▁▁▁"))
    }

    @Test(arguments: [
        (MigrationPhase.preparing, "being prepared"), (.copying, "The copy is not done yet."),
        (.indexing, "The indexes are not built yet."),
        (.catchingUp, "The destination is catching up."), (.paused, "The migration is paused."),
    ])
    func theButtonIsGreyAndSaysWhyUntilTheClustersAreInSync(
        phase: MigrationPhase, reason: String
    ) throws {
        var pilot = pilot(Sample.measured(phase))
        let line = try #require(pilot.lines.first { $0.contains("Cutover to your") })
        #expect(line.contains(reason))
        #expect(pilot.style(of: "( Cutover to your")?.role == .buttonGrey)
        pilot.press(.enter)
        #expect(pilot.pages.count == 1)
        #expect(pilot.message.contains(reason))
    }

    @Test func s8TheButtonIsReadyOnceTheClustersAreInSyncAndLeadsOn() {
        var pilot = pilot(Sample.measured(.catchingUp))
        pilot.change(Sample.migration(.inSync).id) { $0 = Sample.measured(.inSync) }
        #expect(pilot.style(of: "( Cutover to your")?.role == .buttonReady)
        #expect(pilot.shows("Your source and destination clusters are in sync."))
        #expect(pilot.shows("4 d 23:58:11 left to cut over"))
        pilot.press(.enter)
        #expect(
            pilot.page == .inSync(InSync(Sample.migration(.inSync).id)) || pilot.isAt("In sync"))
        pilot.press(.escape)
        #expect(pilot.pages.count == 1)
        pilot.press(.escape)
        #expect(pilot.pages.isEmpty)
    }

    @Test func s8ReadinessCanBeLostAndComeBack() {
        let live = Sample.measured(.inSync)
        var pilot = pilot(live)
        pilot.change(live.id) {
            $0.cutover.isReady = false
            $0.cutover.missing = ["the destination is behind the source"]
        }
        #expect(pilot.shows("The destination is behind the source."))
        #expect(pilot.shows("left to cut over"))
        pilot.press(.enter)
        #expect(pilot.pages.count == 1)
        pilot.change(live.id) { $0.cutover.isReady = true }
        pilot.press(.enter)
        #expect(pilot.pages.count == 2)
    }

    /// The time runs while the first verification does, after a step back and while it is paused.
    @Test(arguments: [MigrationPhase.inSync, .catchingUp, .paused])
    func s8TheTimeIsExtendedWhereTheCutoverIsNotPossible(phase: MigrationPhase) {
        var live = Sample.measured(.inSync)
        (live.phase, live.cutover.isReady) = (phase, false)
        if phase == .paused { live.pausedFrom = .inSync }
        live.cutover.deadlineAt = Sample.time + 5 * 3_600_000
        var pilot = pilot(live)
        #expect(pilot.shows("e Extend Sync"))
        pilot.type("e")
        #expect(pilot.shows("─ Extend Sync ─"))
        #expect(pilot.shows("New end"))
        pilot.press(.escape)
        #expect(pilot.commands.isEmpty)
        pilot.type("e")
        pilot.press(.enter)
        #expect(pilot.commands == [.extendSync(live.id)])
        #expect(pilot.message.hasPrefix("Extended:"), "\(pilot.message)")
    }

    @Test func s8WhatHasNoEndIsNotExtended() {
        var pilot = pilot(Sample.measured(.copying))
        #expect(!pilot.shows("Extend Sync"))
        pilot.type("e")
        #expect(pilot.message == "It was not in sync yet.")
        #expect(pilot.commands.isEmpty)
    }

    @Test func s14PausingAndResumingGoesThroughTheAgent() {
        let live = Sample.measured(.copying)
        var pilot = pilot(live)
        pilot.type("p")
        #expect(pilot.agent.snapshot.migrations.last?.phase == .paused)
        #expect(pilot.shows("Paused."))
        pilot.type("p")
        #expect(pilot.agent.snapshot.migrations.last?.phase == .copying)
        #expect(pilot.commands == [.pause(live.id), .resume(live.id)])
    }

    @Test func s14TheLoadLevelIsChosenInADialogThatStandsAtThePresentOne() {
        let live = Sample.measured(.copying)
        var pilot = pilot(live)
        pilot.type("l")
        #expect(pilot.shows("3  the usual  (now)"))
        #expect(pilot.textAtCursor.hasPrefix("3 )"))
        pilot.press(.escape)
        #expect(pilot.commands.isEmpty)
        pilot.type("l79")
        #expect(pilot.shows("3  the usual  (now)"))
        pilot.type("1")
        #expect(pilot.commands == [.setLoadLevel(live.id, 1)])
        pilot.type("l")
        pilot.press(.right, .enter)
        #expect(pilot.commands.last == .setLoadLevel(live.id, 2))
    }

    @Test func s14CancellingNeedsTheNameOfTheDestinationTyped() {
        let live = Sample.measured(.copying)
        var pilot = pilot(live)
        pilot.type("c")
        #expect(pilot.pilot.requests.contains(.discardTypeAhead))
        #expect(pilot.shows("The 281 GB copied so far stay on shop-atlas"))
        pilot.confirmKeyByKey("shop-atlas")
        #expect(pilot.commands == [.cancel(live.id, confirmedName: "shop-atlas")])
        #expect(pilot.shows("Cancelled. What was copied stays on shop-atlas."))
    }

    @Test func s14TheCancelDialogClosesWhenTheMigrationEndsMeanwhile() {
        let live = Sample.measured(.copying)
        var pilot = pilot(live)
        pilot.type("cshop")
        pilot.change(live.id) { $0.phase = .expired }
        #expect(!pilot.shows("Type shop-atlas to confirm"))
        #expect(pilot.message == "The time to cut over has run out.")
    }

    @Test func s16AMigrationThatHasFailedSaysWhatItStillBlocksAndIsCancelled() {
        var live = Sample.measured(.failed)
        live.isRetryPossible = true
        var pilot = pilot(live)
        #expect(!pilot.shows("still refuses"))
        pilot.change(live.id) { $0.cutover.isDestinationBlocked = true }
        #expect(
            pilot.shows("shop-atlas still refuses the writes of applications. Cancel ends that."))
        pilot.change(live.id) { $0.cutover.isSourceBlocked = true }
        #expect(pilot.shows("still refuses writes, in the middle of a cutover: Retry or"))
        pilot.type("i")
        #expect(pilot.shows("on shop-rs0: db.adminCommand("))
        pilot.press(.escape)
        pilot.type("c")
        #expect(pilot.shows("it cannot be retried any more"))
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.commands == [.cancel(live.id, confirmedName: "shop-atlas")])
    }

    @Test func s16TheEndingOfAFailedMigrationIsSeenAndItsFailureCanBeMended() {
        var live = Sample.measured(.failed)
        live.isRetryPossible = true
        live.cutover.isDestinationBlocked = true
        live.cancellation = Cancellation()
        live.waitingFor = ["the destination to answer"]
        var pilot = pilot(live)
        #expect(pilot.shows("It is being cancelled"))
        #expect(pilot.shows("Waiting for the destination to answer"))
        for key in ["c", "r"] {
            pilot.type(key)
            #expect(pilot.message == "The migration is being cancelled.")
        }
        #expect(pilot.commands.isEmpty)
        pilot.change(live.id) {
            $0.waitingFor = []
            $0.cancellation = Cancellation(error: ControlError(.cluster, "no primary answers"))
        }
        #expect(pilot.shows("It could not be cancelled. No primary answers."))
        #expect(pilot.shows("shop-atlas still refuses the writes of applications"))
        pilot.type("c")
        #expect(pilot.shows("Type shop-atlas to confirm"))
        pilot.press(.escape, .enter)
        #expect(pilot.shows("lagzero goes on from where it stopped"))
    }

    @Test func s16AFailureBehindThePointOfNoReturnCanOnlyBeRetried() {
        var live = Sample.measured(.failed)
        live.isRetryPossible = true
        live.cutover.isPastPointOfNoReturn = true
        (live.cutover.isSourceBlocked, live.cutover.isDestinationBlocked) = (true, true)
        var pilot = pilot(live)
        #expect(pilot.shows("Retry lets them in."))
        #expect(!pilot.shows("shop-rs0 still refuses writes"))
        pilot.type("c")
        #expect(pilot.message.contains("the cutover can only be finished"))
        #expect(pilot.commands.isEmpty)
    }

    @Test(arguments: [MigrationPhase.expired, .failed])
    func whatCanBeTakenUpAgainIsRetriedAfterItSaysWhatThatMeans(phase: MigrationPhase) {
        var live = Sample.measured(phase)
        live.isRetryPossible = true
        live.error = ControlError(.migrationFailed, "No primary", remedy: "start one, then retry")
        var pilot = pilot(live)
        #expect(pilot.shows("No primary. Start one, then retry.") == (phase == .failed))
        pilot.press(.enter)
        #expect(pilot.shows("The time to cut over begins anew.") == (phase == .expired))
        #expect(pilot.commands.isEmpty)
        pilot.press(.escape, .enter, .enter)
        #expect(pilot.commands == [.retry(live.id)])
        #expect(pilot.agent.snapshot.migrations.last?.phase == .preparing)
    }

    /// A deadline that stands goes on standing.
    @Test(arguments: [
        (1, "The time to cut over is not longer for it: it ends on "),
        (-1, "the migration expires"),
    ])
    func aRetryDoesNotMoveTheDeadlineOfAMigrationThatHasFailed(hours: Int64, words: String) throws {
        var live = Sample.measured(.failed)
        live.isRetryPossible = true
        live.cutover.deadlineAt = Sample.time + hours * 3_600_000
        var pilot = pilot(live)
        pilot.press(.enter)
        #expect(pilot.shows(words))
    }

    @Test func pastThePointOfNoReturnItSaysWhichClusterToUseAndWhatARetryDoes() {
        var live = Sample.measured(.failed)
        live.isRetryPossible = true
        live.cutover.isPastPointOfNoReturn = true
        var pilot = pilot(live)
        #expect(pilot.says("accepts writes and is the cluster to use. Retry finishes"))
        pilot.press(.enter)
        #expect(pilot.shows("lagzero finishes what is left to be done on shop-atlas."))
        #expect(pilot.shows("is not needed for that."))
        #expect(!pilot.shows("oplog"))
    }

    /// Somebody else has taken it up meanwhile, or it went on by itself.
    @Test(arguments: [
        (MigrationPhase.preparing, "The migration is being prepared."),
        (.copying, "The copy is not done yet."), (.indexing, "The indexes are not built yet."),
        (.catchingUp, "The destination is catching up."), (.inSync, "The clusters are in sync."),
        (.paused, "The migration is paused."), (.cancelled, "The migration was cancelled."),
    ])
    func theRetryClosesWhereThereIsNothingToRetry(phase: MigrationPhase, words: String) {
        var live = Sample.measured(.failed)
        live.isRetryPossible = true
        var pilot = pilot(live)
        pilot.press(.enter)
        #expect(pilot.shows("─ Retry ─"))
        pilot.change(live.id) { ($0.phase, $0.isRetryPossible) = (phase, false) }
        #expect(!pilot.shows("─ Retry ─"))
        #expect(pilot.message == "There is nothing to retry. \(words)")
    }

    @Test func s15AMigrationWhoseOplogIsGoneCannotBeRetried() {
        var pilot = pilot(Sample.measured(.failed))
        pilot.press(.enter)
        #expect(pilot.message.contains("please start a new migration"))
        #expect(pilot.commands.isEmpty)
    }

    @Test func s7MismatchesAreShownByNameBeforeTheyAreNoted() {
        var live = Sample.measured(.inSync)
        live.mismatches = ["shop.orders _id 7"]
        var pilot = pilot(live)
        #expect(pilot.shows("1 mismatch: shop.orders _id 7"))
        pilot.type("a")
        pilot.press(.enter)
        #expect(pilot.commands.isEmpty)
        pilot.type("a")
        pilot.press(.tab, .enter)
        #expect(pilot.commands == [.acknowledgeMismatches(live.id, live.mismatches)])
        #expect(pilot.shows("1 mismatch, noted."))
        // They may still differ, and be repaired by hand meanwhile.
        pilot.type("a")
        #expect(pilot.shows("compared again"))
        #expect(pilot.shows("as long as they differ"))
        pilot.press(.tab, .enter)
        #expect(pilot.commands.count == 2)
    }

    @Test func s7TheMismatchesCloseWhereNoneAreLeft() {
        var live = Sample.measured(.inSync)
        live.mismatches = ["shop.orders _id 7"]
        var pilot = ScreenPilot(
            .migrating(MigratingData(live.id)), agent: Sample.agent(live))
        pilot.press(.character("a"))
        #expect(pilot.shows("I have taken note"))
        pilot.change(live.id) { $0.mismatches = [] }
        #expect(!pilot.shows("I have taken note"))
        #expect(pilot.message == "There are no mismatches.")
    }

    @Test func s7WhatIsWaitedForAndWhatIsLeftToDoIsShown() {
        var live = Sample.measured(.copying)
        live.waitingFor = ["a primary of shop-atlas"]
        live.problems = ["Index a_1 was not built: drop the duplicates."]
        var pilot = pilot(live)
        #expect(pilot.shows("! Waiting for a primary of shop-atlas"))
        #expect(pilot.shows("! Index a_1 was not built: drop the duplicates."))
        pilot.type("i")
        #expect(pilot.shows("cluster time 1795140848.12"))
        pilot.press(.enter)
        #expect(!pilot.shows("cluster time"))
    }

    @Test func s7TheLogIsScrolledAndFollowedAgain() {
        let live = Sample.measured(.copying)
        var pilot = pilot(live)
        #expect(pilot.shows("shop.items20"))
        pilot.press(.pageUp)
        #expect(!pilot.shows("shop.items20"))
        #expect(pilot.shows("4 more ↓ End"))
        let seen = pilot.lines[14...17]
        pilot.agent.log("copied shop.late", of: live.id)
        pilot.hear()
        #expect(Array(pilot.lines[14...17]) == Array(seen))
        pilot.press(.home, .home, .up)
        #expect(pilot.shows("shop.items1 "))
        pilot.press(.down)
        #expect(!pilot.shows("shop.items1 "))
        pilot.press(.end)
        #expect(pilot.shows("shop.late"))
    }

    @Test func s11TheCutoverOfSomebodyElseIsShownAtOnce() {
        let live = Sample.measured(.inSync)
        var pilot = pilot(live)
        pilot.change(live.id) { $0.phase = .finalizing }
        #expect(pilot.isAt("Cutover"))
        pilot.change(live.id) { $0.phase = .complete }
        #expect(pilot.isAt("Success"))
        #expect(pilot.pages.count == 1)
    }

    @Test func s7AMigrationThatTheAgentDoesNotKnowCanBeLeft() {
        var pilot = ScreenPilot(
            .migrating(MigratingData(Sample.identifier(0x99))), agent: Sample.agent())
        #expect(pilot.shows("not known to the agent"))
        pilot.type("pcl")
        pilot.press(.enter)
        #expect(pilot.commands.isEmpty)
        pilot.press(.escape)
        #expect(pilot.pages.isEmpty)
    }

    @Test func s17AMigrationThatTheAgentDoesNotRunIsSaidToBeSo() {
        var live = Sample.measured(.copying)
        live.isRunning = false
        #expect(pilot(live).shows("The agent does not run this migration at the moment."))
    }

    @Test func s7LittleTimeIsSaid() {
        var live = Sample.measured(.inSync)
        live.cutover.deadlineAt = Sample.time + 5 * 3_600_000
        #expect(pilot(live).shows("! Expires in 5 h 0 m: cut over, or extend."))
    }

    @Test func s14ARefusalOfTheAgentIsSaid() {
        var pilot = pilot(Sample.measured(.copying))
        pilot.agent.refuseNext(ControlError(.cluster, "no answer", remedy: "try again"))
        pilot.type("p")
        #expect(pilot.message == "No answer. Try again.")
    }

    @Test(arguments: [MigrationPhase.cancelled, .failed, .expired])
    func s14WhatAnEndedMigrationRefusesItSays(phase: MigrationPhase) {
        let live = Sample.measured(phase)
        for key in ["p", "l"] {
            var pilot = pilot(live)
            pilot.type(key)
            #expect(pilot.commands.isEmpty)
            #expect(pilot.message == Words.phase(live), "\(phase) \(key)")
            #expect(!pilot.shows("the usual  (now)"))
        }
        // One that has failed can be cancelled.
        guard phase != .failed else { return }
        var pilot = pilot(live)
        pilot.type("c")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.message == Words.phase(live), "\(phase)")
        #expect(!pilot.shows("to confirm"))
    }

    @Test func s14APausedMigrationRefusesAnotherLoadLevel() {
        var live = Sample.measured(.paused)
        live.pausedFrom = .copying
        var pilot = pilot(live)
        pilot.type("l")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.message == Words.phase(live))
        #expect(!pilot.shows("the usual  (now)"))
    }

    @Test func s7WhenTheLagIsShownIsSaid() {
        #expect(pilot(Sample.measured(.copying)).shows("shown when the copy is done"))
    }
}

extension Page {
    fileprivate static func showsFigures(_ phase: MigrationPhase) -> Bool {
        phase != .finalizing && phase != .complete
    }
}
