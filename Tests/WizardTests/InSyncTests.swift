import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct InSyncTests {
    private let day = Duration.seconds(86_400)
    private let live = Sample.measured(.inSync)

    private func pilot(
        _ live: LiveMigration, tickInterval: Duration = .seconds(1)
    ) -> ScreenPilot {
        ScreenPilot(
            .migrating(MigratingData(live.id)), .inSync(InSync(live.id)),
            agent: Sample.agent(live), tickInterval: tickInterval)
    }

    @Test func s8ItSaysThatTheClustersAreInSyncAndCountsDown() {
        var pilot = pilot(live)
        #expect(
            pilot.lines[3]
                == " ✔ Your source and destination clusters are in sync.  Lag behind source 00:00:00"
        )
        #expect(pilot.shows("4 d 23:58:11  left to cut over"))
        #expect(pilot.shows("until Wed 25 Nov 02:12 UTC"))
        #expect(pilot.shows("( I'm ready to cutover )     ( Extend Sync )"))
        pilot.advance(by: .seconds(11))
        #expect(pilot.shows("4 d 23:58:00  left to cut over"))
    }

    @Test func s8ExtendingShowsTheNewEndBeforeItIsAgreed() {
        var pilot = pilot(live)
        pilot.advance(by: .seconds(3_600))
        pilot.press(.tab, .enter)
        #expect(pilot.shows("Ends now   Wed 25 Nov 02:12 UTC"))
        #expect(pilot.shows("New end    Thu 26 Nov 02:12 UTC"))
        #expect(pilot.commands.isEmpty)
        pilot.press(.escape)
        #expect(pilot.commands.isEmpty)
        pilot.press(.enter, .enter)
        #expect(pilot.commands == [.extendSync(live.id)])
        #expect(pilot.message == "Extended: Thu 26 Nov 02:12 UTC is the new end.")
        #expect(pilot.shows("until Thu 26 Nov 02:12 UTC"))
    }

    @Test func s15TheCountdownRunsOverFiveDaysWithTwoExtensionsAndExpires() throws {
        var pilot = pilot(live, tickInterval: .seconds(60))
        pilot.advance(by: day * 2)
        #expect(pilot.shows("2 d 23:58:11  left to cut over"))
        try extend(&pilot)
        #expect(pilot.shows("3 d 23:58:11  left to cut over"))
        pilot.advance(by: day * 3)
        #expect(pilot.shows("23:58:11  left to cut over"))
        try extend(&pilot)
        pilot.advance(by: day * 2 - .seconds(5 * 3_600 + 120))
        #expect(pilot.shows("05:00:11  left to cut over"))
        #expect(pilot.style(of: "05:00:11")?.role == .warning)
        pilot.advance(by: .seconds(5 * 3_600 - 30 * 60))
        #expect(pilot.style(of: "00:30:11")?.role == .error)
        pilot.advance(by: .seconds(40 * 60))
        #expect(pilot.shows("00:00:00  left to cut over"))
        let end = pilot.agent.time
        pilot.change(live.id) {
            Drive.end(&$0, .expired, end)
            $0.isRetryPossible = true
        }
        #expect(pilot.message == "The time to cut over has run out.")
        #expect(pilot.shows("✘ Expired."))
        pilot.press(.enter, .enter)
        #expect(pilot.commands.last == .retry(live.id))
        #expect(pilot.agent.snapshot.migrations.last?.phase == .preparing)
    }

    @Test func s8WhereAnHourIsASecondThePageSaysSoAndCountsThem() throws {
        var fast = live
        fast.cutover.clockSpeed = 3_600
        fast.cutover.deadlineAt = Sample.time + 100_000
        var pilot = pilot(fast)
        #expect(pilot.shows("4 d 04:00:00  left to cut over  (1 s = 1 h)"))
        let end = Times.deadline(Sample.time + 100_000, of: fast)
        #expect(end.hasSuffix("\(Times.time(Sample.time + 100_000)) UTC"))
        #expect(pilot.shows("until \(end)"))
        pilot.advance(by: .seconds(5))
        #expect(pilot.shows("3 d 23:00:00  left to cut over"))
        let isPushed = pilot.push("Extend Sync")
        try #require(isPushed)
        let new = Times.deadline(Sample.time + 124_000, of: fast)
        #expect(pilot.lines.contains { $0.contains("New end    \(new)") })
    }

    private func extend(_ pilot: inout ScreenPilot) throws {
        let isPushed = pilot.push("Extend Sync")
        try #require(isPushed)
        let line = try #require(pilot.lines.first { $0.contains("New end") })
        pilot.press(.enter)
        let end = try #require(pilot.agent.snapshot.migrations.last?.cutover.deadlineAt)
        #expect(line.contains(Times.date(end)))
    }

    @Test func s8TheTimeRunsWhileThePageIsPaused() {
        var pilot = pilot(live)
        pilot.change(live.id) {
            $0.pausedFrom = .inSync
            $0.phase = .paused
        }
        pilot.advance(by: .seconds(10))
        #expect(pilot.shows("! The migration is paused."))
        #expect(pilot.shows("4 d 23:58:01"))
        pilot.press(.enter)
        #expect(pilot.message == "The migration is paused.")
        // More time can be had all the same.
        pilot.press(.tab, .enter, .enter)
        #expect(pilot.commands == [.extendSync(live.id)])
    }

    @Test func s8TheWayToTheCutoverIsClosedWhileNotReadyAndExtendingIsNot() {
        var other = live
        other.cutover.isReady = false
        other.cutover.missing = ["3 mismatches are not noted"]
        var pilot = pilot(other)
        #expect(pilot.style(of: "( I'm ready")?.role == .buttonGrey)
        pilot.press(.enter)
        #expect(pilot.message == "3 mismatches are not noted.")
        #expect(pilot.pages.count == 2)
        pilot.press(.tab, .enter, .enter)
        #expect(pilot.commands == [.extendSync(live.id)])
    }

    @Test func s8WithLittleTimeLeftExtendingIsOfferedFirst() {
        var little = live
        little.cutover.deadlineAt = Sample.time + 540_000
        var pilot = pilot(little)
        pilot.press(.enter)
        #expect(pilot.shows("Only 00:09:00 is left to cut over."))
        #expect(pilot.textAtCursor.hasPrefix("Extend Sync"))
        pilot.press(.escape)
        #expect(pilot.pages.count == 2)
        pilot.press(.enter, .tab, .enter)
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.commands.isEmpty)
    }

    @Test func s9TheNextPageIsOpenedWithoutWhatWasTypedAhead() {
        var pilot = pilot(live)
        pilot.press(.enter)
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.pilot.requests.last == .discardTypeAhead)
    }

    @Test func s8AWatcherCanNeitherExtendNorGoOn() {
        var watched = live
        watched.driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        var pilot = pilot(watched)
        pilot.press(.enter)
        #expect(pilot.message.contains("you watch"))
        pilot.press(.tab, .enter)
        #expect(pilot.message.contains("you watch"))
        #expect(pilot.pages.count == 2)
        #expect(pilot.commands.isEmpty)
    }

    @Test func s8EscLeadsBack() {
        var pilot = pilot(live)
        pilot.press(.escape)
        #expect(pilot.isAt("Migrating Data"))
    }

    /// Nothing that the engine knows before a cutover tells how long its part will take.
    @Test func s8NoSecondsArePromisedForTheCutover() throws {
        for live in [Sample.measured(.inSync), Sample.bare(.inSync)] {
            let pilot = pilot(live)
            let begin = try #require(pilot.lines.firstIndex { $0.contains("Cutover is a three") })
            let end = try #require(pilot.lines.firstIndex { $0.contains("stops nothing yet") })
            let text = pilot.lines[begin...end].joined()
            #expect(text.contains("its seconds are counted"))
            let digits = text.filter(\.isNumber)
            #expect(digits.isEmpty, "\(text)")
        }
    }

    /// Also where the next page lies over this one.
    @Test(arguments: [MigrationPhase.failed, .expired, .cancelled], [true, false])
    func s16WhatHasEndedIsLeftForThePageThatSaysWhy(phase: MigrationPhase, isNext: Bool) {
        let pages: [Page] = [.migrating(MigratingData(live.id)), .inSync(InSync(live.id))]
        let next: [Page] = isNext ? [.proceed(ProceedToCutover(live.id))] : []
        var wizard = WizardPilot(
            Sample.agent(live), saved: SavedState(pages: pages + next, lastSeen: nil, theme: nil))
        #expect(wizard.pages.count == (isNext ? 4 : 3))
        let end = wizard.agent.time
        wizard.change(live.id) {
            Drive.end(&$0, phase, end)
            $0.error = phase == .failed ? ControlError(.cluster, "The disk is full") : nil
        }
        #expect(wizard.pages.count == 2)
        #expect(wizard.lines[0].contains("Migrating Data"))
        var ended = live
        ended.phase = phase
        #expect(wizard.message.contains(Words.phase(ended)))
        #expect(wizard.shows("The disk is full.") == (phase == .failed))
        #expect(!wizard.shows("left to cut over"))
    }

    @Test func s16NoTimeRunsForWhatHasEnded() {
        for (phase, isRunning) in [(MigrationPhase.inSync, true), (.failed, false)] {
            var ended = live
            ended.phase = phase
            let world = pilot(ended).pilot.model.world
            var canvas = Canvas(Size(80, 18))
            InSync(live.id).draw(in: canvas.bounds, on: &canvas, world)
            #expect(canvas.lines.contains { $0.contains("4 d 23:58:11") } == isRunning)
            #expect(canvas.lines.contains { $0.contains("until Wed") } == isRunning)
            let checks = CutoverCheck.all(ended, world)
            #expect(checks.contains { $0.text.contains("left to cut over") } == isRunning)
        }
    }
}
