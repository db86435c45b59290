import ControlAPI
import Migration
import Sandbox
import Testing

@testable import Agent

/// Who asks for the wheel of a migration.
@Suite struct WheelRequestTests {
    private let anna = Asker(wizard: Identifier(at: 1), name: "anna@bastion pts/3")
    private let ben = Asker(wizard: Identifier(at: 2), name: "ben@bastion pts/4")

    /// A migration that anna drives and ben has asked for.
    private func with(_ body: (Supervisor, Identifier) async throws -> Void) async throws {
        let scratch = try ScratchFolder()
        do {
            let agent = try await Supervisor.alone(AgentFolder(path: scratch.path))
            let setup = MigrationSetup(source: Identifier(at: 3), destination: Identifier(at: 4))
            let live = LiveMigration(
                id: Identifier(at: 9), setup: setup, sourceName: "a", destinationName: "b",
                destinationConnectionString: "", phase: .copying, startedAt: 5)
            await agent.publish(.migration(live))
            try await agent.claim(live.id, by: anna)
            let error = await #expect(throws: ControlError.self) {
                try await agent.claim(live.id, by: ben)
            }
            #expect(error?.code == .drivenByAnother)
            try await body(agent, live.id)
        } catch {
            try? await scratch.remove()
            throw error
        }
        try await scratch.remove()
    }

    private func driver(_ agent: Supervisor, _ id: Identifier) async throws -> Driver {
        try #require(try await agent.migration(id).driver)
    }

    @Test func aRequestIsKeptByTheDriversClaimsAndTimed() async throws {
        try await with { agent, id in
            let asked = try await driver(agent, id)
            #expect(asked.wantedBy == ben.name && asked.wantedAt != nil)
            try await agent.claim(id, by: anna)
            let later = try await driver(agent, id)
            #expect(later.wantedBy == asked.wantedBy && later.wantedAt == asked.wantedAt)
        }
    }

    @Test func aRequestThatIsNotRepeatedIsForgotten() async throws {
        try await with { agent, id in
            let now = ContinuousClock.now
            for second in 0...25 { await agent.tick(1, at: now + .seconds(second)) }
            #expect(try await driver(agent, id).wantedBy == ben.name)
            for second in 26...31 { await agent.tick(1, at: now + .seconds(second)) }
            let after = try await driver(agent, id)
            #expect(after.wizard == anna.wizard)
            #expect(after.wantedBy == nil && after.wantedAt == nil)
        }
    }

    @Test func aDriverWhoIsSilentIsForgottenWhereTheMigrationIsOver() async throws {
        for phase in [MigrationPhase.copying, .expired] {
            try await with { agent, id in
                try await agent.update(id, isKept: false) { $0.phase = phase }
                let now = ContinuousClock.now
                for second in 0...25 { await agent.tick(1, at: now + .seconds(second)) }
                let driver = try await agent.migration(id).driver
                #expect(driver?.isSilent == (phase == .copying ? true : nil))
            }
        }
    }

    @Test func aRequestOfOneThatHasLeftIsForgotten() async throws {
        try await with { agent, id in
            try await agent.yield(id, by: Asker(wizard: Identifier(at: 5), name: "cleo"))
            #expect(try await driver(agent, id).wantedBy == ben.name)
            try await agent.yield(id, by: ben)
            let after = try await driver(agent, id)
            #expect(after.wizard == anna.wizard && after.wantedBy == nil)
        }
    }
}
