import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct CutoverTests {
    private let live = Sample.measured(.inSync)

    /// At step 1, by the way that users come.
    private func pilot(_ live: LiveMigration, host: Host? = nil) -> ScreenPilot {
        var pilot = ScreenPilot(
            .migrating(MigratingData(live.id)), agent: Sample.agent(live), host: host)
        pilot.press(.enter, .enter)
        pilot.type(live.destinationName)
        pilot.press(.enter, .enter)
        return pilot
    }

    /// At step 2.
    private func finalizing() -> ScreenPilot {
        var pilot = pilot(live)
        pilot.press(.space)
        pilot.push("Finalize migration")
        return pilot
    }

    @Test func s10StepOneShowsTheWritesThatAreStillSeen() {
        var pilot = pilot(live)
        #expect(pilot.lines[3] == " Cutover   ▶ 1 Stop writes   ○ 2 Finalize   ○ 3 Connect")
        #expect(pilot.shows("37/s  shop.orders 29/s, shop.carts 8/s"))
        #expect(pilot.style(of: "37/s")?.role == .warning)
        #expect(pilot.shows("Optime gap                            00:00:00"))
        pilot.change(live.id) { $0.cutover.sourceWrites = [] }
        #expect(pilot.shows("last 10 s  none"))
        pilot.change(live.id) {
            $0.cutover.sourceWrites = nil
            $0.figures.lagSeconds = nil
        }
        #expect(pilot.shows("last 10 s  -"))
        #expect(pilot.shows("Optime gap                            -"))
    }

    @Test func s10FinalizingNeedsTheConfirmation() {
        var pilot = pilot(live)
        #expect(pilot.shows("[ ] I confirm that I've stopped writes to my source cluster"))
        pilot.press(.enter)
        #expect(pilot.message == "Space sets the check mark.")
        pilot.push("Finalize migration")
        #expect(pilot.message.contains("First stop the writes"))
        // What was refused then is not said of what is done next.
        pilot.press(.tab)
        #expect(!pilot.screen.contains("First stop the writes"))
        #expect(pilot.commands.isEmpty)
        pilot.press(.space)
        #expect(pilot.shows("[x] I confirm"))
        #expect(pilot.style(of: "( Finalize migration )")?.role == .buttonReady)
        pilot.push("Finalize migration")
        #expect(pilot.commands == [.beginCutover(live.id, confirmedName: "shop-atlas")])
        #expect(pilot.agent.snapshot.migrations.last?.phase == .finalizing)
        #expect(pilot.shows("✔ 1 Stop writes   ▶ 2 Finalize   ○ 3 Connect"))
    }

    /// What the program around the wizard knows is no doubt.
    @Test func s10WhereTheDemosApplicationWritesNothingIsFinalized() {
        var host = Host(band: "DEMO", label: "Stop", leave: "End", leaving: "Again ends it.")
        host.obstacleToCutOver = "The application still writes: s stops it."
        var pilot = pilot(live, host: host)
        pilot.press(.space)
        #expect(pilot.shows("The application still writes: s stops it."))
        pilot.push("Finalize migration")
        #expect(pilot.message == "The application still writes: s stops it.")
        #expect(pilot.commands.isEmpty)
    }

    @Test func s10AConfirmationThatTheStreamContradictsIsDoubted() {
        var pilot = pilot(live)
        #expect(!pilot.shows("still sees writes"))
        pilot.press(.space)
        #expect(pilot.shows("lagzero still sees writes: have all applications stopped?"))
        pilot.change(live.id) { $0.cutover.sourceWrites = [] }
        #expect(!pilot.shows("still sees writes"))
    }

    @Test func s10BackKeepsTheName() {
        var pilot = pilot(live)
        pilot.push("Back")
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.shows("cluster:  shop-atlas"))
        pilot.push("Proceed to cutover")
        #expect(pilot.isAt("Cutover"))
        #expect(pilot.shows("[ ] I confirm"))
        #expect(pilot.pages.count == 3)
    }

    @Test(arguments: [true, false])
    func aLoneEscDoesNothing(isFinalizing: Bool) {
        var pilot = isFinalizing ? finalizing() : pilot(live)
        pilot.press(.escape, .escape)
        #expect(pilot.isAt("Cutover"))
        #expect(pilot.message.hasPrefix("Esc does nothing"))
        pilot.type("h")
        #expect(pilot.pages.isEmpty)
    }

    @Test func s10WhenReadinessIsLostItCannotBeFinalized() {
        var pilot = pilot(live)
        pilot.press(.space)
        pilot.change(live.id) {
            $0.cutover.isReady = false
            $0.cutover.missing = ["the destination is behind the source"]
        }
        #expect(pilot.shows("The destination is behind the source."))
        pilot.push("Finalize migration")
        #expect(pilot.message == "The destination is behind the source.")
        pilot.change(live.id) { $0.phase = .paused }
        pilot.press(.enter)
        #expect(pilot.message == "The migration is paused.")
        #expect(pilot.commands.isEmpty)
        pilot.push("Back")
        #expect(pilot.isAt("Migrating Data"))
    }

    /// Nobody stops an application for what is over.
    @Test(arguments: [
        (MigrationPhase.expired, "The time to cut over has run out."),
        (.failed, "The migration has failed."), (.cancelled, "The migration was cancelled."),
    ])
    func s10WhatHasEndedMeanwhileIsLeft(phase: MigrationPhase, words: String) {
        var pilot = pilot(live)
        #expect(pilot.isAt("Cutover"))
        pilot.change(live.id) { $0.phase = phase }
        #expect(pilot.isAt("Migrating Data"))
        #expect(pilot.message == words)
    }

    @Test func s11ARefusalOfTheAgentIsSaidAndHasToBeConfirmedAgain() {
        var pilot = pilot(live)
        pilot.press(.space)
        pilot.agent.refuseNext(
            ControlError(.wrongPhase, "the cutover cannot begin: 1 write was seen"))
        pilot.push("Finalize migration")
        #expect(pilot.message == "The cutover cannot begin: 1 write was seen.")
        #expect(pilot.shows("[ ] I confirm"))
        #expect(pilot.isAt("Cutover"))
    }

    @Test func s11TheStepsOfTheEngineAreShownOneByOne() {
        var pilot = finalizing()
        for done in 0..<CutoverState.StepName.allCases.count {
            pilot.change(live.id) { $0.cutover = Gallery.finalizing(done).cutover }
            let names = CutoverState.StepName.allCases
            for (index, name) in names.enumerated() {
                let mark = index < done ? "✔" : index == done ? "▶" : "○"
                #expect(pilot.shows("\(mark) \(Words.step(name))"))
            }
        }
    }

    @Test func s11TheDowntimeIsShownOnceItIsKnown() {
        var pilot = finalizing()
        #expect(pilot.shows("Application downtime  -"))
        pilot.change(live.id) { $0.cutover.downtimeSeconds = 2.14 }
        #expect(pilot.shows("Application downtime  2.1 s"))
    }

    @Test func s11BackingOutAsksAndLeadsBackToWhereTheNameIsTyped() {
        var pilot = finalizing()
        pilot.press(.enter)
        #expect(pilot.shows("accepts writes again. Nothing is lost"))
        #expect(pilot.textAtCursor.hasPrefix("Go on"))
        pilot.press(.escape)
        #expect(pilot.commands.count == 1)
        pilot.press(.enter, .tab, .enter)
        #expect(pilot.commands.last == .backOut(live.id))
        #expect(pilot.says("The cutover was undone. The operator backed out of the cutover"))
        #expect(pilot.shows("The source accepts writes again. Restart your application there."))
        pilot.push("Back")
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(!pilot.shows("cluster:  shop-atlas"))
        pilot.push("Back")
        #expect(pilot.isAt("In sync"))
    }

    @Test func s11AfterThePointOfNoReturnThereIsNoWayBack() {
        var pilot = finalizing()
        pilot.press(.enter)
        pilot.change(live.id) { $0.cutover = Gallery.finalizing(9).cutover }
        #expect(!pilot.shows("( Go on )"))
        #expect(pilot.message == "shop-atlas accepts writes: from here there is only forward.")
        #expect(pilot.shows(" shop-atlas accepts writes."))
        pilot.press(.enter)
        #expect(pilot.message == "shop-atlas accepts writes: from here there is only forward.")
        #expect(pilot.commands.count == 1)
        pilot.change(live.id) { $0.phase = .complete }
        #expect(pilot.isAt("Success"))
    }

    @Test func s11WhatCannotBeBackedOutOfAtThisMomentSaysSo() {
        var pilot = finalizing()
        pilot.change(live.id) {
            ($0.phase, $0.cutover) = (.finalizing, Gallery.finalizing(3).cutover)
            $0.cutover.isBackOutPossible = false
        }
        pilot.press(.enter)
        #expect(pilot.message == "It cannot be backed out of at this moment.")
        #expect(pilot.commands.count == 1)
    }

    @Test func s16AFailureBeforeThatPointSaysThatTheSourceAcceptsWrites() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.cutover = Gallery.finalizing(3, failed: true).cutover
            $0.cutover.refusal = "a transaction is open on the source for 34 s"
            $0.cutover.isReady = true
            $0.cutover.isBackOutPossible = false
            $0.phase = .inSync
        }
        #expect(pilot.shows("The cutover was undone. A transaction is open"))
        #expect(pilot.shows("The source accepts writes again. Restart your application there."))
        #expect(pilot.shows("✘ Did not succeed: Apply the last changes"))
        pilot.press(.enter)
        #expect(pilot.shows("The last cutover was undone: a transaction is open"))
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter, .space)
        pilot.push("Finalize migration")
        #expect(pilot.commands.count == 2)
        #expect(pilot.shows("▶ 2 Finalize"))
    }

    @Test func s11AnAttemptThatFailedAtOnceIsSeenToo() {
        var pilot = pilot(live)
        pilot.press(.space)
        pilot.push("Finalize migration")
        pilot.change(live.id) {
            $0.phase = .inSync
            $0.cutover.refusal = "a unique index would be violated"
        }
        #expect(pilot.shows("The cutover was undone. A unique index"))
    }

    /// The agent looks twice a second: a cutover can begin and fail in between.
    @Test func s11AFailureBeforeTheCutoverWasSeenIsNotTheFirstStepAgain() {
        var pilot = pilot(live)
        pilot.agent.ignoresCutovers = true
        pilot.press(.space)
        pilot.push("Finalize migration")
        pilot.change(live.id) {
            $0.phase = .failed
            $0.cutover.isSourceBlocked = true
        }
        #expect(pilot.shows("shop-rs0 still refuses writes"))
        #expect(!pilot.shows("Stop writes to your source cluster now."))
    }

    @Test func s11ASourceThatIsStillBlockedIsNotCalledFree() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.phase = .failed
            $0.cutover.isSourceBlocked = true
        }
        #expect(
            pilot.shows(
                "shop-rs0 still refuses writes: the block of this cutover is not lifted yet."))
        #expect(!pilot.shows("accepts writes again"))
        pilot.change(live.id) { $0.cutover.isSourceBlocked = nil }
        #expect(pilot.shows("Whether shop-rs0 accepts writes is not known"))
    }

    @Test func s16AFailureAfterThatPointNamesTheClusterToUse() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.cutover = Gallery.finalizing(9).cutover
            $0.phase = .failed
            $0.error = ControlError(.migrationFailed, "no member of shop-atlas answers")
        }
        #expect(pilot.shows("shop-atlas accepts writes, and is the cluster to use."))
        #expect(pilot.shows("! Not yet done: Finish the indexes"))
        pilot.push("Back")
        #expect(pilot.isAt("Migrating Data"))
    }

    /// As the agent knows it after a restart past the point of no return, until the engine has reached the clusters.
    private func restarted(_ live: inout LiveMigration, isOpen: Bool = true) {
        live.cutover = Gallery.finalizing(isOpen ? 9 : 8).cutover
        live.cutover.isBackOutPossible = false
        live.cutover.isPastPointOfNoReturn = true
        live.cutover.isSourceBlocked = nil
        live.phase = .preparing
    }

    @Test func s17AfterARestartPastThatPointNobodyIsSentBackToTheSource() {
        var pilot = finalizing()
        pilot.change(live.id) { restarted(&$0) }
        #expect(pilot.shows(" shop-atlas accepts writes."))
        #expect(!pilot.shows("not known"))
        pilot.press(.enter)
        #expect(pilot.message == "shop-atlas accepts writes: from here there is only forward.")
        // Still the rest of the indexes, for hours.
        pilot.change(live.id) { $0.phase = .finalizing }
        #expect(pilot.shows(" shop-atlas accepts writes."))
        pilot.change(live.id) {
            $0.phase = .failed
            $0.cutover.isSourceBlocked = true
        }
        #expect(pilot.shows("shop-atlas accepts writes, and is the cluster to use."))
        #expect(!pilot.shows("not lifted yet"))
    }

    @Test func s11ADestinationThatIsNotOpenYetIsTheOneToUseAllTheSame() {
        var pilot = finalizing()
        pilot.change(live.id) { restarted(&$0, isOpen: false) }
        #expect(pilot.shows("shop-atlas is the cluster to use, and will accept writes soon."))
        pilot.change(live.id) {
            $0.phase = .failed
            $0.cutover.isSourceBlocked = true
        }
        #expect(pilot.shows("shop-atlas is the cluster to use, as soon as it accepts writes."))
        #expect(!pilot.shows("not lifted yet"))
    }

    @Test func s17AfterARestartThePageOfThatMigrationIsTheCutover() {
        var live = live
        restarted(&live)
        let pilot = ScreenPilot(
            .migrating(MigratingData(live.id)), agent: Sample.agent(live))
        #expect(pilot.isAt("Cutover"))
        #expect(Page.showing(live)?.screen.title == "Cutover")
        #expect(pilot.shows(" shop-atlas accepts writes."))
    }

    @Test func s17AfterARestartBeforeThatPointNobodyIsToldToTryTheSource() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.phase = .preparing
            $0.cutover.steps = []
            $0.cutover.isSourceBlocked = nil
        }
        #expect(pilot.says("is not known yet"))
        #expect(!pilot.shows("please try that first"))
    }

    /// Asked for, and not begun yet.
    private func asked(earlier refusal: String? = nil) -> ScreenPilot {
        var known = live
        known.cutover.refusal = refusal
        known.cutover.lastAttemptAt = refusal.map { _ in Sample.time - 60_000 }
        var pilot = pilot(known)
        pilot.press(.space)
        pilot.agent.ignoresCutovers = true
        pilot.push("Finalize migration")
        return pilot
    }

    @Test func s11WhatWasAskedForAndHasNotBegunIsBackedOutOfAfterAQuestion() {
        var pilot = asked()
        #expect(pilot.pilot.requests.last == .discardTypeAhead)
        // Whoever presses Enter once more has not read what it would do now.
        pilot.press(.enter)
        #expect(pilot.textAtCursor.hasPrefix("Go on"))
        pilot.press(.enter)
        #expect(pilot.shows("▶ 2 Finalize"))
        #expect(pilot.commands.count == 1)
        pilot.press(.enter, .tab, .enter)
        #expect(pilot.commands.last == .backOut(live.id))
        #expect(pilot.shows("The cutover has not begun."))
        pilot.push("Back")
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(!pilot.shows("cluster:  shop-atlas"))
    }

    /// What lagzero has not blocked it does not open.
    @Test func s11ABlockOfSomebodyElseIsSaidToStay() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.cutover.isBackOutPossible = true
            $0.cutover.isSourceBlockedByOthers = true
        }
        pilot.push("Back out")
        #expect(!pilot.says("accepts writes again"))
        pilot.press(.tab, .enter)
        let words = " when lagzero last looked, and it has left that as it is."
        #expect(pilot.says("Somebody else blocked the writes of shop-rs0" + words))
        #expect(!pilot.says("accepts writes again"))
    }

    @Test func s11ASecondAttemptThatFailsAtOnceLikeTheFirstIsSeen() {
        var pilot = asked(earlier: "a unique index would be violated")
        #expect(pilot.shows("▶ 2 Finalize"))
        pilot.change(live.id) { $0.cutover.lastAttemptAt = Sample.time }
        #expect(pilot.shows("The cutover was undone. A unique index"))
        #expect(pilot.shows("The source accepts writes again. Restart your application there."))
    }

    @Test func s11WhatIsNeverBegunIsNotWaitedForForever() {
        var pilot = asked()
        pilot.advance(by: .seconds(10))
        #expect(pilot.shows("▶ 2 Finalize"))
        // The agent is restarted, and is in sync again later.
        pilot.change(live.id) { $0.phase = .preparing }
        pilot.change(live.id) {
            $0.phase = .inSync
            $0.cutover.isReady = false
            $0.cutover.missing = ["the first verification is under way"]
        }
        pilot.advance(by: .seconds(10))
        #expect(pilot.shows("▶ 2 Finalize"))
        pilot.advance(by: .seconds(10))
        #expect(pilot.shows("The cutover has not begun. The first verification is under way."))
        #expect(pilot.shows("The source accepts writes again. Restart your application there."))
        pilot.push("Back")
        #expect(pilot.isAt("Proceed to cutover"))
    }

    @Test func s11WithVerificationOffTheRowAsksToVerifyYourself() {
        var pilot = finalizing()
        pilot.change(live.id) { $0.setup.verify = .off }
        #expect(
            pilot.shows(
                "• Verify what changed                off: please verify your data yourself"))
    }

    @Test func s11WhatIsWaitedForIsShownInStepTwo() {
        var pilot = finalizing()
        pilot.change(live.id) { $0.waitingFor = ["2 open transactions"] }
        #expect(pilot.shows("! Waiting for 2 open transactions"))
    }

    @Test func s11APageThatWasOpenedDuringACutoverCannotBeginOne() {
        let before = Gallery.finalizing(2)
        var pilot = ScreenPilot(.cutover(Cutover(before.id)), agent: Sample.agent(before))
        pilot.change(before.id) { $0.phase = .inSync }
        #expect(!pilot.shows("I confirm"))
        pilot.push("Back")
        #expect(pilot.isAt("Migrating Data"))
    }

    @Test func s11AfterTwelveHoursItAsksToCheckOnTheCutover() {
        var live = Gallery.finalizing(4)
        live.cutover.begunAt = Sample.time - 12 * 3_600_000 + 5_000
        for size in pageSizes {
            let agent = Sample.agent(live)
            var pilot = ScreenPilot(.cutover(Cutover(live.id)), agent: agent, size: size)
            #expect(!pilot.says("please check on it"), "\(size)")
            pilot.advance(by: .seconds(10))
            #expect(
                pilot.says("The cutover has been under way for 12 h 0 m: please check on it"),
                "\(size)")
            #expect(pilot.says("It can still be backed out of."), "\(size)")
        }
        live.cutover.begunAt = Sample.time - 12 * 3_600_000
        live.cutover.isSourceBlocked = true
        var snapshot = Sample.snapshot
        snapshot.migrations = [live]
        #expect(WizardPilot(ScriptedAgent(snapshot)).shows("please check on it"))
        var past = Gallery.finalizing(9)
        past.cutover.begunAt = live.cutover.begunAt
        let pilot = ScreenPilot(.cutover(Cutover(past.id)), agent: Sample.agent(past))
        #expect(pilot.says("The destination is the cluster to use."))
    }

    @Test func s11AnotherNameThanTheDestinationsBeginsNothing() {
        let page = Cutover(live.id, confirmedName: "shop-old")
        var pilot = ScreenPilot(.cutover(page), agent: Sample.agent(live))
        pilot.press(.space)
        pilot.push("Finalize migration")
        #expect(pilot.message == "First type the name shop-atlas on the page before.")
        #expect(pilot.commands.isEmpty)
    }

    @Test func s11AStepThatTookAMomentTookMoreThanNothing() {
        var live = Gallery.finalizing(4)
        live.cutover.steps[0].seconds = 0.004
        let pilot = ScreenPilot(.cutover(Cutover(live.id)), agent: Sample.agent(live))
        #expect(pilot.shows("under 0.1 s"))
        #expect(!pilot.shows(" 0.0 s"))
    }

    @Test func s11WithoutVerificationItIsSaidHowToVerify() {
        var off = Gallery.finalizing(2)
        off.setup.verify = .off
        let hint = "Verify your data by comparing document counts and hashes."
        for live in [off, Gallery.finalizing(2)] {
            let pilot = ScreenPilot(.cutover(Cutover(live.id)), agent: Sample.agent(live))
            #expect(pilot.shows(hint) == (live == off))
        }
    }
}
