import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What the agent's clock shows, as far as its words tell: it may be set, and they may be read late.
@Suite struct AgentClockTests {
    @Test func aSignOfLifeThatIsReadLateDoesNotPutTheClockBack() {
        var world = World(me: Sample.me)
        world.take(Event(sequence: 7, time: Sample.time, change: .snapshot(Sample.snapshot)))
        world.moment.uptime = .seconds(2)
        world.take(Event(sequence: 7, time: Sample.time + 1_000, change: .alive))
        #expect(world.agentNow == Sample.time + 2_000)
        world.moment.uptime = .seconds(3)
        #expect(world.agentNow == Sample.time + 3_000)
    }

    /// Whoever was stopped for a while reads at once what was said meanwhile.
    @Test(arguments: [3, 20, 3_600])
    func theTimeThatIsLeftNeverGoesUpForEventsThatAreReadLate(seconds: Int) throws {
        let live = Sample.measured(.inSync)
        let agent = Sample.agent(live)
        var world = World(me: Sample.me)
        world.take(Event(sequence: 0, time: Sample.time, change: .snapshot(agent.snapshot)))
        world.moment.uptime = .seconds(seconds)
        var left = try #require(world.timeLeft(live))
        func take(_ event: Event) throws {
            world.take(event)
            let now = try #require(world.timeLeft(live))
            #expect(now <= left)
            left = now
        }
        for second in 1...seconds {
            agent.time = Sample.time + Int64(second) * 1_000
            try take(Event(sequence: 0, time: agent.time, change: .alive))
            try take(agent.put(.migration(live)))
            world.moment.uptime += .microseconds(20)
        }
        // Nor for one that is heard twice.
        try take(Event(sequence: 0, time: Sample.time, change: .migration(live)))
        world.moment.uptime = .seconds(seconds + 2)
        #expect(try #require(world.timeLeft(live)) <= left - .seconds(1))
    }

    @Test func theTimeThatIsLeftFollowsAClockOfTheAgentThatWasSetBack() throws {
        let live = Sample.measured(.inSync)
        let agent = Sample.agent(live)
        var world = World(me: Sample.me)
        world.take(Event(sequence: 0, time: Sample.time, change: .snapshot(agent.snapshot)))
        let left = try #require(world.timeLeft(live))
        world.moment.uptime = .seconds(2)
        agent.time = Sample.time - 3_598_000
        world.take(Event(sequence: 0, time: agent.time, change: .alive))
        #expect(world.timeLeft(live) == left - .seconds(2))
        world.moment.uptime = .seconds(4)
        agent.time += 2_000
        world.take(agent.put(.migration(live)))
        #expect(world.timeLeft(live) == left + .seconds(3_596))
    }

    /// Who was suspended reads the answer to what was asked before that.
    @Test func theFirstSignOfLifeAfterASilenceDoesNotPutTheClockBack() {
        var world = World(me: Sample.me)
        world.take(Event(sequence: 7, time: Sample.time, change: .snapshot(Sample.snapshot)))
        world.moment.uptime = .seconds(3_600)
        world.take(Event(sequence: 7, time: Sample.time + 1_000, change: .alive))
        #expect(world.agentNow == Sample.time + 3_600_000)
        world.moment.uptime = .seconds(3_602)
        world.take(Event(sequence: 7, time: Sample.time + 1_802_000, change: .alive))
        #expect(world.agentNow == Sample.time + 1_802_000)
    }
}
