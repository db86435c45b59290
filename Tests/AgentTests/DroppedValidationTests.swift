import ControlAPI
import Sandbox
import Testing

@testable import Agent

/// Validations that the agent forgets are forgotten by those who follow it. Nothing listens on the ports.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DroppedValidationTests {
    private static func uri(_ port: Int) -> Secret {
        Secret("mongodb://anna:hidden@127.0.0.1:\(port)/?serverSelectionTimeoutMS=100")
    }

    /// A supervisor that knows two clusters.
    private func with(
        _ body: (Supervisor, MigrationSetup) async throws -> Void
    ) async throws {
        let scratch = try ScratchFolder()
        do {
            let agent = try await Supervisor.alone(AgentFolder(path: scratch.path))
            var ids: [Identifier] = []
            for (name, port) in [("old", 1), ("new", 2)] {
                ids.append(
                    try await agent.add(
                        NewCluster(
                            name: name, organization: "Acme", project: "shop",
                            connectionString: Self.uri(port))
                    ).id)
            }
            try await body(agent, MigrationSetup(source: ids[0], destination: ids[1]))
        } catch {
            try? await scratch.remove()
            throw error
        }
        try await scratch.remove()
    }

    /// What somebody knows who has followed since before the change. It begins when all validations have ended.
    private func followed(
        _ agent: Supervisor, _ change: () async throws -> Void
    ) async throws -> Snapshot {
        try await eventually("the validations have ended", within: .seconds(60)) {
            await agent.state.validations.allSatisfy { $0.endedAt != nil }
        }
        var known = await agent.current
        var events = await agent.watch(after: known.sequence).makeAsyncIterator()
        try await change()
        let last = await agent.state.sequence
        while known.sequence < last, let event = await events.next() {
            if case .snapshot = event.change { Issue.record("everything was told anew") }
            known.apply(event)
        }
        return known
    }

    @Test func theOldestOfTooMany() async throws {
        try await with { agent, setup in
            var ids: [Identifier] = []
            for _ in 0..<Agent.Tuning.validations { ids.append(try await agent.validate(setup)) }
            let known = try await followed(agent) { ids.append(try await agent.validate(setup)) }
            #expect(known.validations.map(\.id) == Array(ids.dropFirst()))
            #expect(await agent.state.validations.map(\.id) == Array(ids.dropFirst()))
        }
    }

    @Test func thoseOfAConnectionThatHasChanged() async throws {
        try await with { agent, setup in
            _ = try await agent.validate(setup)
            let known = try await followed(agent) {
                var change = ClusterChange()
                change.connectionString = Self.uri(3)
                _ = try await agent.edit(cluster: setup.source, change)
            }
            #expect(known.validations.isEmpty)
            #expect(await agent.state.validations.isEmpty)
        }
    }
}
