import AgentClient
import ControlAPI
import Glibc
import Migration
import Sandbox
import Testing

@testable import Agent

/// Whether an agent is there is told by what it answers, not by what it says unasked.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PulseTests {
    /// Looks until the agent is heard.
    private func hear(_ fixture: AgentFixture) async throws -> Event {
        var heard: Event?
        try await eventually("a sign of life") {
            heard = fixture.client.pulse.look()
            return heard != nil
        }
        return try #require(heard)
    }

    @Test func anAgentThatIsThereAnswersEveryQuestionOnce() async throws {
        try await AgentFixture.with { fixture in
            #expect(fixture.client.pulse.look() == nil)
            _ = try await fixture.start()
            let first = try await hear(fixture)
            #expect(first.change == .alive)
            #expect(fixture.client.pulse.look() == nil)
            #expect(try await hear(fixture).time > first.time)
        }
    }

    @Test func oneThatIsStoppedIsNotHeardUntilItGoesOn() async throws {
        try await AgentFixture.with { fixture in
            let agent = try await fixture.start()
            let first = try await hear(fixture)
            agent.send(signal: SIGSTOP)
            try await eventually("it stands still") {
                readText("/proc/\(agent.pid)/stat")?.contains(") T ") == true
            }
            for _ in 0..<1_000 { #expect(fixture.client.pulse.look() == nil) }
            agent.send(signal: SIGCONT)
            #expect(try await hear(fixture).time > first.time)
        }
    }

    @Test func afterOneThatWasKilledTheNextIsHeard() async throws {
        try await AgentFixture.with { fixture in
            let agent = try await fixture.start()
            let first = try await hear(fixture)
            agent.send(signal: SIGKILL)
            try await agent.ended(within: .seconds(20))
            for _ in 0..<1_000 { #expect(fixture.client.pulse.look() == nil) }
            _ = try await fixture.start()
            #expect(try await hear(fixture).time > first.time)
        }
    }

    @Test func nothingIsToldWhileNothingChanges() async throws {
        let scratch = try ScratchFolder()
        let supervisor = try await Supervisor.alone(AgentFolder(path: scratch.path))
        var events = await supervisor.watch(after: nil).makeAsyncIterator()
        // A minute.
        for tick in 0..<120 { await supervisor.tick(tick) }
        let organization = Organization(id: Identifier(at: 1), name: "Acme")
        await supervisor.publish(.organization(organization))
        let first = await events.next()
        guard case .snapshot = first?.change else {
            Issue.record("no snapshot")
            return
        }
        #expect(await events.next()?.change == .organization(organization))
        try await scratch.remove()
    }
}
