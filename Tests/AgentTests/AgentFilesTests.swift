import AgentClient
import ControlAPI
import Glibc
import Sandbox
import Testing

@testable import Agent

/// The files of an agent that runs: the real program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AgentFilesTests {
    /// Nothing listens there: a cluster is added all the same.
    private static let uri = "mongodb://anna:hidden@127.0.0.1:1/?serverSelectionTimeoutMS=100"

    private func mode(_ path: String) -> UInt32 {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }

    private func add(_ name: String, _ fixture: AgentFixture) async throws -> (Int32, String) {
        try await fixture.run(["clusters", "add", name, "--uri", Self.uri])
    }

    @Test func everyFileAndTheSocketAreForTheOwnerOnly() async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            #expect(try await add("shop", fixture).0 == 0)
            let folder = fixture.folder
            #expect(mode(folder.path) == 0o700)
            for path in [folder.socket, folder.lock, folder.store, folder.secrets] {
                #expect(mode(path) == 0o600, "\(path)")
            }
        }
    }

    @Test func aSecondAgentIsRefusedWithTheProcessOfTheFirst() async throws {
        try await AgentFixture.with { fixture in
            let agent = try await fixture.start()
            let second = try await fixture.run(["agent", "run"])
            #expect(second.text.contains("running already, process \(agent.pid)"))
            // The unit does not have it started again and again.
            #expect(second.status == 6)
            let unit = try await fixture.run(["agent", "unit"])
            #expect(unit.text.contains("RestartPreventExitStatus=6\n"))
            let command =
                "\"\(try AgentFixture.program)\" agent run --state \"\(fixture.folder.path)\""
            #expect(unit.text.contains("ExecStart=\(command)\n"))
            #expect(second.text.contains("lagzero agent stop"))
            #expect(try await fixture.client.snapshot().agent.process == Int(agent.pid))
        }
    }

    @Test func filesThatOthersMayReadAreRefusedWithWhatToDo() async throws {
        try await AgentFixture.with { fixture in
            let agent = try await fixture.start()
            #expect(try await add("shop", fixture).0 == 0)
            agent.send(signal: SIGTERM)
            try await agent.ended(within: .seconds(60))
            chmod(fixture.folder.path, 0o750)
            let folder = try await fixture.run(["agent", "run"])
            #expect(folder.status == 1)
            #expect(folder.text.contains("chmod 700 \(fixture.folder.path)"))
            chmod(fixture.folder.path, 0o700)
            for path in [fixture.folder.lock, fixture.folder.store, fixture.folder.secrets] {
                chmod(path, 0o604)
                let refused = try await fixture.run(["agent", "run"])
                #expect(refused.status == 1)
                #expect(refused.text.contains("chmod 600 \(path)"))
                chmod(path, 0o600)
            }
        }
    }

    @Test func whatCannotBeWrittenDownIsRefusedAndCanBeTriedAgain() async throws {
        try await AgentFixture.with { fixture in
            let agent = try await fixture.start()
            try await fixture.limitFiles(of: agent, to: 0)
            let refused = try await add("shop", fixture)
            #expect(refused.0 == 1)
            #expect(refused.1.contains("make room"), "\(refused.1)")
            #expect(!refused.1.contains("hidden"))
            #expect(try await fixture.client.snapshot().clusters.isEmpty)
            #expect(try await fixture.client.snapshot().organizations.isEmpty)
            try await fixture.limitFiles(of: agent, to: nil)
            #expect(try await add("shop", fixture).0 == 0)
            #expect(try await fixture.client.snapshot().clusters.map(\.name) == ["shop"])
        }
    }
}
