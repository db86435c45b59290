import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What the cutover's page says when the agent was restarted or has not answered yet, or somebody else drives.
@Suite struct CutoverRestartTests {
    private let live = Sample.measured(.inSync)

    private func stopWrites() -> ScreenPilot {
        ScreenPilot(
            .cutover(Cutover(live.id, confirmedName: live.destinationName)),
            agent: Sample.agent(live))
    }

    private func finalizing() -> ScreenPilot {
        var pilot = stopWrites()
        pilot.press(.space)
        pilot.push("Finalize migration")
        return pilot
    }

    @Test func s10ARestartOnStepOneUndoesNothingAndTakesTheConfirmationBack() {
        var pilot = stopWrites()
        pilot.press(.space)
        #expect(pilot.shows("[x] I confirm"))
        for phase in [MigrationPhase.preparing, .copying, .indexing, .catchingUp] {
            pilot.change(live.id) { $0.phase = phase }
            #expect(pilot.lines[3] == " Cutover   ▶ 1 Stop writes   ○ 2 Finalize   ○ 3 Connect")
            #expect(pilot.shows("[ ] I confirm"), "\(phase)")
            #expect(!pilot.shows("accepts writes again"))
        }
        pilot.change(live.id) { $0.phase = .inSync }
        #expect(pilot.shows("[ ] I confirm"))
        pilot.push("Finalize migration")
        #expect(pilot.commands.isEmpty)
        pilot.press(.tab, .space)
        pilot.push("Finalize migration")
        #expect(pilot.commands.count == 1)
    }

    @Test func s10WhoLosesTheWheelConfirmsAgain() {
        var pilot = stopWrites()
        pilot.press(.space)
        pilot.change(live.id) {
            $0.driver = Driver(
                wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        }
        pilot.change(live.id) { $0.driver = nil }
        #expect(pilot.shows("[ ] I confirm"))
    }

    @Test func s11WhatNobodyBackedOutOfWasInterrupted() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.phase = .inSync
            $0.cutover.isSourceBlocked = false
        }
        #expect(pilot.shows("The cutover was interrupted and undone."))
        #expect(!pilot.shows("backed out"))
    }

    @Test func s16AFailureBeforeAnythingIsKnownSendsNobodyToEitherCluster() {
        var pilot = finalizing()
        pilot.change(live.id) {
            $0.cutover.begunAt = Sample.time
            $0.cutover.isSourceBlocked = nil
            $0.phase = .failed
            $0.isRetryPossible = true
            $0.cutover.isDestinationBlocked = true
        }
        let text = "Whether the cutover is undone or finished is not known: Retry finds that out."
        #expect(pilot.says(text))
        #expect(!pilot.says("accepts writes"))
        pilot.push("Back")
        #expect(pilot.isAt("Migrating Data"))
        #expect(pilot.says("whether it is undone or finished is not known: Retry finds that out"))
        #expect(pilot.says("Start no application before."))
        #expect(!pilot.says("still refuses"))
        pilot.type("i")
        #expect(!pilot.says("db.adminCommand("))
    }

    @Test func s17WhileACutoverIsInDoubtEveryPageAsksToWait() {
        var live = live
        live.cutover.begunAt = Sample.time
        live.cutover.deadlineAt = Sample.time + 60_000
        let words =
            "whether it is undone or finished is not known yet: please wait, and start no application."
        for phase in [MigrationPhase.preparing, .paused] {
            live.phase = phase
            live.pausedFrom = phase == .paused ? .preparing : nil
            var pilot = ScreenPilot(
                .migrating(MigratingData(live.id)), agent: Sample.agent(live))
            #expect(pilot.says(words))
            #expect(!pilot.says("Expires in"))
            #expect(!pilot.says("00:01:00"))
            pilot.type("c")
            for words in [
                "known yet: better wait", "until both clusters answer. Otherwise what it",
                "has blocked stays blocked.",
            ] {
                #expect(pilot.shows(words), "\(words)")
            }
            pilot.change(live.id) { $0.cutover.isSourceBlocked = false }
            #expect(!pilot.says(words))
            #expect(pilot.says("00:01:00"))
            let hub = ScreenPilot(.hub(MigrationHub()), agent: Sample.agent(live))
            #expect(hub.says("A cutover was under way"))
        }
    }

    /// The request to back out could be there before the one to begin.
    @Test func s11WhatTheAgentHasNotAnsweredYetIsNotBackedOutOf() {
        var wizard = Scene(size: Size(80, 24), glyphs: .unicode).stoppingWrites(Screenshot.ready)
        wizard.press(.space, .tab, .tab)
        wizard.agent.ignoresCutovers = true
        wizard.agent.answersAfter = .seconds(2)
        wizard.press(.enter, .enter)
        #expect(wizard.message.contains("It cannot be backed out of at this moment."))
        wizard.advance(by: 3)
        wizard.press(.enter)
        #expect(wizard.shows("( Go on )"))
    }

    @Test func s16AFailureInTheCutoverStandsAtItsRow() {
        var live = Sample.measured(.failed)
        live.cutover.deadlineAt = Sample.time
        func row(_ live: LiveMigration) -> String? {
            let pilot = ScreenPilot(
                .migrating(MigratingData(live.id)), agent: Sample.agent(live))
            return pilot.lines.first { $0.contains("Finalizing") }
        }
        #expect(row(live)?.contains("✘") == false)
        live.cutover.begunAt = Sample.time
        #expect(row(live)?.contains("✘") == true)
        live.cutover.begunAt = nil
        live.cutover.isPastPointOfNoReturn = true
        #expect(row(live)?.contains("✘") == true)
    }

    /// Its copy is done already, or will never be.
    @Test(arguments: [MigrationPhase.preparing, .cancelled])
    func s7NobodyIsToldToWaitForACopyThatDoesNotCome(phase: MigrationPhase) {
        var live = Sample.measured(phase)
        live.figures.indexesTotal = 31
        live.cutover.deadlineAt = phase == .preparing ? Sample.time + 60_000 : nil
        var pilot = ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live))
        #expect(!pilot.shows("when the copy is done") && !pilot.shows("after the copy"))
        pilot.change(live.id) { ($0.phase, $0.cutover.deadlineAt) = (.preparing, nil) }
        #expect(pilot.shows("when the copy is done") && pilot.shows("after the copy"))
    }

    @Test func s7ATimeThatIsInDoubtDoesNotRing() {
        var inDoubt = live
        inDoubt.phase = .preparing
        inDoubt.cutover.deadlineAt = Sample.time + 60_000
        func isRung(_ live: LiveMigration) -> Bool {
            let world = ScreenPilot(
                .migrating(MigratingData(live.id)), agent: Sample.agent(live)
            ).world
            return world.needs.contains { need, isDue in
                if case .little = need.kind { isDue } else { false }
            }
        }
        #expect(isRung(inDoubt))
        inDoubt.cutover.begunAt = Sample.time
        #expect(!isRung(inDoubt))
    }
}
