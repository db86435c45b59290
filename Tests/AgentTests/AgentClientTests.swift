import AgentClient
import ControlAPI
import Testing

/// A wizard asks whether or not an agent is there.
@Suite(.timeLimit(.minutes(1))) struct AgentClientTests {
    /// Attempts that grow rarer would keep every question waiting, a wizard's last one too, after the next agent has come.
    @Test func whoAsksWhileNobodyIsThereIsToldSoAtOnce() async throws {
        try await AgentFixture.with { fixture in
            let id = Identifier(at: 1)
            let refusal = await #expect(throws: ControlError.self) {
                try await fixture.client.claim(id, by: fixture.asker)
            }
            #expect(refusal?.code == .agentUnreachable)
        }
    }
}
