import ControlAPI
import Testing

@testable import Agent
@testable import Migration

@Suite struct LiveMigrationTests {
    @Test(arguments: MigrationPhase.allCases)
    func theLagOfEachMinuteIsDroppedWhenItIsOver(phase: MigrationPhase) {
        let id = Identifier(at: 1)
        var live = LiveMigration(
            id: id, setup: MigrationSetup(source: id, destination: id), sourceName: "shop-rs0",
            destinationName: "shop-atlas", destinationConnectionString: "mongodb://localhost",
            phase: phase, startedAt: 0)
        live.figures.lagByMinute = [1, 2]
        live.figures.bytesCopied = 3
        live.dropOldFigures()
        #expect(live.figures.lagByMinute.isEmpty == phase.isFinal)
        #expect(live.figures.bytesCopied == 3)
    }

    private var finalizing: LiveMigration {
        let id = Identifier(at: 1)
        return LiveMigration(
            id: id, setup: MigrationSetup(source: id, destination: id), sourceName: "shop-rs0",
            destinationName: "shop-atlas", destinationConnectionString: "mongodb://localhost",
            phase: .finalizing, startedAt: 0)
    }

    private var opened: [CutoverState.Step] {
        CutoverState.StepName.allCases.map { name in
            var step = CutoverState.Step(name)
            step.state = name == .finishIndexes ? .running : .done
            return step
        }
    }

    @Test func s11AnEngineThatHasNotReadItsStateTakesNothingBack() {
        var live = finalizing
        live.cutover.steps = opened
        live.cutover.isPastPointOfNoReturn = true
        live.phase = .preparing
        var details = MigrationDetails(waitingFor: [], figures: Status.Figures())
        live.take(stepsFrom: details)
        #expect(live.isDestinationOpen && live.isPastPointOfNoReturn)
        // It has read it now, and nothing of a cutover is there.
        details.isPastPointOfNoReturn = false
        live.take(stepsFrom: details)
        #expect(live.cutover.steps.isEmpty && !live.isPastPointOfNoReturn)
        live.cutover.steps = opened.map { CutoverState.Step($0.name) }
        details.isPastPointOfNoReturn = nil
        live.take(stepsFrom: details)
        #expect(live.cutover.steps.isEmpty)
    }

    @Test func whatALaterAgentMustKnowIsKept() {
        let before = finalizing
        var live = before
        #expect(!live.isFurther(than: before))
        live.cutover.isPastPointOfNoReturn = true
        #expect(live.isFurther(than: before))
        let past = live
        live.cutover.steps = opened
        #expect(live.isFurther(than: past))
        var blocked = before
        blocked.cutover.isSourceBlocked = true
        #expect(blocked.isFurther(than: before))
        var foreign = before
        foreign.cutover.isSourceBlockedByOthers = true
        #expect(foreign.isFurther(than: before))
        var extended = before
        extended.cutover.deadlineAt = 5
        #expect(extended.isFurther(than: before))
        var explained = before
        explained.error = ControlError(.migrationFailed, "the destination is full")
        #expect(explained.isFurther(than: before))
    }

    private let progress = MigrationProgress(
        phase: .inSync, bytesCopied: 0, documentsCopied: 0, eventsApplied: 0, backlog: 0,
        onDisk: 0, isReady: false, message: "waiting: the source to answer")

    @Test func theDeadlineIsKeptUntilTheEngineHasReadIt() {
        var live = finalizing
        live.phase = .preparing
        live.cutover.deadlineAt = 90_000
        var details = MigrationDetails(waitingFor: [], figures: Status.Figures())
        live.take(progress, details, at: 0)
        #expect(live.cutover.deadlineAt == 90_000)
        details.isPastPointOfNoReturn = false
        details.deadline = .now + .seconds(3_600)
        live.take(progress, details, at: 0)
        let read = live.cutover.deadlineAt
        #expect(read.map { abs($0 - 3_600_000) < 60_000 } == true)
        live.take(progress, details, at: 10)
        #expect(live.cutover.deadlineAt == read)
        // It has read its state, and there is none.
        details.deadline = nil
        live.take(progress, details, at: 0)
        #expect(live.cutover.deadlineAt == nil)
    }

    @Test func whyACutoverWasUndoneIsToldWhateverIsWaitedFor() {
        var live = finalizing
        live.phase = .inSync
        var details = MigrationDetails(
            waitingFor: ["the source to answer"], figures: Status.Figures())
        details.refusal = "a write was seen"
        live.take(progress, details, at: 0)
        #expect(live.cutover.refusal == "a write was seen")
        #expect(live.message == "waiting: the source to answer")
        details.refusal = nil
        live.take(progress, details, at: 0)
        #expect(live.cutover.refusal == nil)
    }

    /// The last look may have seen what was applied since.
    @Test(arguments: [MigrationPhase.complete, .cancelled])
    func ofWhatIsCompleteNothingIsPending(phase: MigrationPhase) throws {
        var live = finalizing
        live.figures.backlog = 7
        let report = MigrationReport(
            progress, phase: try #require(Phase(rawValue: phase.rawValue)), duration: 1,
            verification: MigrationReport.Verification(mode: .full), problems: [])
        live.take(report, at: 0)
        #expect(live.figures.backlog == (phase == .complete ? 0 : 7))
    }

    /// The downtime that is counted while a cutover is under way.
    private func downtime(_ sinceLastWrite: Duration?, toOpening: Duration? = nil) -> Double? {
        var live = finalizing
        var details = MigrationDetails(waitingFor: [], figures: Status.Figures())
        let now = ContinuousClock.now
        details.newestWriteAt = sinceLastWrite.map { now - $0 }
        if let toOpening, let last = details.newestWriteAt {
            details.steps = [.init(name: .openDestination, begun: last, ended: last + toOpening)]
        }
        let progress = MigrationProgress(
            phase: .finalizing, bytesCopied: 0, documentsCopied: 0, eventsApplied: 0, backlog: 0,
            onDisk: 0, isReady: false, message: "")
        live.take(progress, details, at: 0)
        return live.cutover.downtimeSeconds
    }

    @Test func theDowntimeIsUnknownWhereNoWriteWasSeenInTheHourBefore() throws {
        #expect(downtime(nil) == nil)
        #expect(downtime(.seconds(3_601)) == nil)
        let short = try #require(downtime(.seconds(3_500)))
        #expect((3_500..<3_510).contains(short))
        // Once the destination is open, that is the end of it.
        #expect(downtime(.seconds(7_200), toOpening: .seconds(4)) == 4)
        #expect(downtime(.seconds(7_200), toOpening: .seconds(3_600)) == nil)
    }

    @Test func aPauseHasAnErrorOnlyWhereNobodyWantedIt() {
        var live = finalizing
        live.phase = .paused
        let progress = MigrationProgress(
            phase: .paused, bytesCopied: 0, documentsCopied: 0, eventsApplied: 0, backlog: 0,
            onDisk: 0, isReady: false, message: "waiting: the source")
        var details = MigrationDetails(waitingFor: [], figures: Status.Figures())
        live.take(progress, details, at: 0)
        #expect(live.error == nil)
        details.pauseError = "document 7 was refused"
        live.take(progress, details, at: 0)
        #expect(live.error?.message == "document 7 was refused")
    }
}
