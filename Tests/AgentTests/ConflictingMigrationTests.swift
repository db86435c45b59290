import ControlAPI
import Migration
import Sandbox
import Testing

@testable import Agent

/// Migrations that would meet another one. Nothing listens on the ports.
@Suite(.serialized) struct ConflictingMigrationTests {
    private let asker = Asker(wizard: Identifier(at: 1), name: "test")

    /// A supervisor that knows a migration from `a` to `b`, a cluster `x`, and others of the same servers as `a` and `b`.
    private func with(
        _ phase: MigrationPhase,
        _ body: (Supervisor, [String: Identifier], Identifier) async throws -> Void
    ) async throws {
        let scratch = try ScratchFolder()
        do {
            let agent = try await Supervisor.alone(AgentFolder(path: scratch.path))
            var ids: [String: Identifier] = [:]
            for (name, port) in [("a", 1), ("b", 2), ("x", 3), ("a2", 1), ("b2", 2)] {
                let uri = "mongodb://anna:hidden@127.0.0.1:\(port)/?serverSelectionTimeoutMS=100"
                ids[name] = try await agent.add(
                    NewCluster(
                        name: name, organization: "Acme", project: "shop",
                        connectionString: Secret(uri))
                ).id
            }
            let (a, b) = (try #require(ids["a"]), try #require(ids["b"]))
            var live = LiveMigration(
                id: Identifier(at: 9), setup: MigrationSetup(source: a, destination: b),
                sourceName: "a", destinationName: "b", destinationConnectionString: "",
                phase: phase, startedAt: 5)
            live.isRetryPossible = phase == .failed
            await agent.publish(.migration(live))
            try await body(agent, ids, live.id)
        } catch {
            try? await scratch.remove()
            throw error
        }
        try await scratch.remove()
    }

    private func validated(
        _ source: Identifier?, _ destination: Identifier?, by agent: Supervisor
    ) async throws -> MigrationSetup {
        var setup = MigrationSetup(
            source: try #require(source), destination: try #require(destination))
        setup.clear = true
        let cluster = try await agent.cluster(setup.destination)
        setup.clearConfirmedName = cluster.name
        setup.clearConfirmedCluster = ClearedCluster(cluster)
        var run = ValidationRun(id: Identifier(at: 20), setup: setup, startedAt: Clock.now)
        run.isPassed = true
        await agent.publish(.validation(run))
        return setup
    }

    @Test(arguments: [("x", "a"), ("x", "a2"), ("x", "b"), ("x", "b2"), ("b", "x"), ("b2", "x")])
    func noClusterOfARunningMigrationGetsAnotherOne(from: String, to: String) async throws {
        try await with(.copying) { agent, ids, _ in
            let setup = try await validated(ids[from], ids[to], by: agent)
            let error = await #expect(throws: ControlError.self) {
                _ = try await agent.start(setup, by: asker)
            }
            #expect(error?.code == .conflict)
            let shared = from == "x" ? to : from
            #expect(error?.message.hasPrefix("\(shared) cannot be used: ") == true)
            #expect(await agent.state.migrations.count == 1)
        }
    }

    @Test func oneThatHasFailedIsNotRetriedIntoTheSourceOfAnother() async throws {
        try await with(.failed) { agent, ids, id in
            let other = LiveMigration(
                id: Identifier(at: 10),
                setup: MigrationSetup(
                    source: try #require(ids["b2"]), destination: try #require(ids["x"])),
                sourceName: "b2", destinationName: "x", destinationConnectionString: "",
                phase: .copying, startedAt: 6)
            await agent.publish(.migration(other))
            let error = await #expect(throws: ControlError.self) {
                try await agent.retry(id, by: asker)
            }
            #expect(error?.code == .conflict)
            #expect(try await agent.migration(id).phase == .failed)
        }
    }

    @Test func aValidationThatIsTooOldStartsNothing() async throws {
        try await with(.copying) { agent, ids, _ in
            var setup = try await validated(ids["a"], ids["b"], by: agent)
            setup.clear = false
            var run = ValidationRun(
                id: Identifier(at: 21), setup: setup,
                startedAt: Clock.now - ValidationRun.lifetime - 60_000)
            run.endedAt = Clock.now - ValidationRun.lifetime - 1_000
            run.isPassed = true
            await agent.publish(.validation(run))
            let error = await #expect(throws: ControlError.self) {
                _ = try await agent.start(setup, by: asker)
            }
            #expect(error?.code == .validationFailed)
            #expect(error?.message.contains("more than 15 minutes ago") == true)
            #expect(error?.remedy?.hasPrefix("validate it again") == true)
            #expect(await agent.state.migrations.count == 1)
        }
    }
}
