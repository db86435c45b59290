import Migration
import Sandbox
import Testing

@Suite struct PhaseMachineTests {
    private typealias Event = PhaseMachine.Event

    /// The way of a migration in which nothing happens.
    private static let path: [(event: Event, phase: Phase)] = [
        (.prepared, .copying), (.copied, .indexing), (.indexed, .catchingUp),
        (.lag(0, at: 0), .catchingUp), (.lag(0, at: 10), .inSync), (.cutOver, .finalizing),
        (.finished, .complete),
    ]

    private static func machine(in phase: Phase) -> PhaseMachine {
        var machine = PhaseMachine()
        for step in path where machine.phase != phase { _ = machine.handle(step.event) }
        return machine
    }

    private static let running: [Phase] = [
        .preparing, .copying, .indexing, .catchingUp, .inSync, .finalizing,
    ]

    @Test func thePhasesComeOneAfterAnother() {
        var machine = PhaseMachine()
        #expect(machine.phase == .preparing)
        for step in PhaseMachineTests.path {
            _ = machine.handle(step.event)
            #expect(machine.phase == step.phase)
        }
        #expect(machine.phase.isFinal)
    }

    @Test func everyTransitionIsRecordedOnce() {
        var machine = PhaseMachine()
        var recorded: [Phase] = []
        for step in PhaseMachineTests.path {
            for case .record(let phase) in machine.handle(step.event) { recorded.append(phase) }
        }
        #expect(
            recorded == [.copying, .indexing, .catchingUp, .inSync, .finalizing, .complete])
    }

    @Test func itIsInSyncWhenTheLagHasHeld() {
        var machine = PhaseMachineTests.machine(in: .catchingUp)
        for (lag, time) in [(10.0, 0.0), (10, 9.9), (10.1, 9.95), (3, 10), (3, 19.9)] {
            _ = machine.handle(.lag(lag, at: time))
            #expect(machine.phase == .catchingUp, "\(lag) s at \(time)")
        }
        #expect(machine.handle(.lag(3, at: 20)).contains(.verify))
        #expect(machine.phase == .inSync)
    }

    @Test func theReadinessGoesAboveThreeTimesTheThreshold() {
        var machine = PhaseMachineTests.machine(in: .inSync)
        #expect(machine.isLagReady)
        _ = machine.handle(.lag(30, at: 20))
        #expect(machine.isLagReady)
        _ = machine.handle(.lag(30.1, at: 21))
        #expect(!machine.isLagReady)
        #expect(machine.phase == .inSync)
        _ = machine.handle(.lag(1, at: 22))
        _ = machine.handle(.lag(1, at: 31))
        #expect(!machine.isLagReady)
        _ = machine.handle(.lag(1, at: 32))
        #expect(machine.isLagReady)
    }

    @Test(arguments: [Phase.preparing, .copying, .indexing, .catchingUp, .inSync])
    func aPauseEndsWhereItBegan(_ phase: Phase) {
        var machine = PhaseMachineTests.machine(in: phase)
        #expect(machine.handle(.pause(reason: "full")).contains(.holdWork))
        #expect(machine.phase == .paused)
        #expect(machine.reason == "full")
        #expect(machine.handle(.resume).contains(.releaseWork))
        #expect(machine.phase == phase)
        #expect(machine.reason == nil)
    }

    @Test func whatEndsDuringAPauseIsNotForgotten() {
        var machine = PhaseMachineTests.machine(in: .copying)
        _ = machine.handle(.pause(reason: ""))
        _ = machine.handle(.copied)
        _ = machine.handle(.indexed)
        #expect(machine.phase == .paused)
        _ = machine.handle(.resume)
        #expect(machine.phase == .catchingUp)
    }

    /// A pause delays what an event does, and never undoes it. Lag is measured again, and a cutover asked for again.
    @Test(arguments: [Phase.preparing, .copying, .indexing, .catchingUp, .inSync])
    func nothingIsLostByAPause(_ phase: Phase) {
        let events: [Event] = [
            .prepared, .copied, .indexed, .resume, .backedOut, .accepted, .finished,
            .fail(reason: ""), .cancel, .deadlinePassed,
        ]
        for event in events {
            var straight = PhaseMachineTests.machine(in: phase)
            _ = straight.handle(event)
            var paused = PhaseMachineTests.machine(in: phase)
            _ = paused.handle(.pause(reason: "full"))
            let actions = paused.handle(event)
            #expect(
                paused.phase == .paused || actions.contains(.record(paused.phase)),
                "\(event) in \(phase)")
            _ = paused.handle(.resume)
            #expect(paused.phase == straight.phase, "\(event) in \(phase)")
        }
    }

    /// The whole way, with a pause before every step.
    @Test func aPauseAtAnyStepStrandsNothing() {
        var machine = PhaseMachine(lagHold: 0)
        for event in [Event.prepared, .copied, .indexed] {
            _ = machine.handle(.pause(reason: ""))
            _ = machine.handle(event)
            _ = machine.handle(.resume)
        }
        #expect(machine.phase == .catchingUp)
        _ = machine.handle(.lag(0, at: 0))
        #expect(machine.phase == .inSync)
    }

    @Test func nothingInterruptsACutover() {
        for event in [Event.pause(reason: ""), .cancel, .deadlinePassed, .lag(100, at: 99)] {
            var machine = PhaseMachineTests.machine(in: .finalizing)
            #expect(machine.handle(event).isEmpty)
            #expect(machine.phase == .finalizing)
        }
        var machine = PhaseMachineTests.machine(in: .finalizing)
        _ = machine.handle(.backedOut)
        #expect(machine.phase == .inSync)
    }

    @Test(arguments: running)
    func aCutoverBeginsInSyncOnly(_ phase: Phase) {
        var machine = PhaseMachineTests.machine(in: phase)
        _ = machine.handle(.cutOver)
        #expect((machine.phase == .finalizing) == (phase == .inSync || phase == .finalizing))
    }

    /// Whatever comes in whatever order: no phase is left out on the way to the cutover, and what has ended stays so.
    @Test(arguments: UInt64(0)..<50)
    func noOrderOfEventsSkipsAPhase(seed: UInt64) throws {
        let events: [Event] = [
            .prepared, .copied, .indexed, .lag(0, at: 0), .lag(50, at: 5), .lag(0, at: 20),
            .pause(reason: ""), .resume, .cutOver, .backedOut, .finished, .fail(reason: ""),
            .cancel, .deadlinePassed,
        ]
        var random = SplitMix64(seed: seed)
        var machine = PhaseMachine(lagHold: 0)
        var furthest = 0
        for _ in 0..<200 {
            let before = machine.phase
            let event = try #require(events.randomElement(using: &random))
            _ = machine.handle(event)
            if before.isFinal { #expect(machine.phase == before) }
            guard let place = PhaseMachineTests.running.firstIndex(of: machine.phase) else {
                continue
            }
            // While paused, what was under way may end: at most three phases further.
            #expect(place <= furthest + (before == .paused ? 3 : 1))
            furthest = max(furthest, place)
            if machine.phase == .finalizing, before != .finalizing { #expect(before == .inSync) }
        }
    }
}
