import Agent
import ControlAPI
import Glibc
import Sandbox
import Testing

@testable import lagzero

/// A stop of the agent while it is at work.
@Suite(.timeLimit(.minutes(5))) struct AgentStopTests {
    private func listening(_ state: [String], _ folder: AgentFolder) async throws
        -> LagzeroProcess
    {
        let agent = try LagzeroProcess(["agent", "run"] + state)
        try await eventually("it listens", within: .seconds(60)) {
            access(folder.socket, F_OK) == 0
        }
        return agent
    }

    /// Longer than those are waited for who are only told something.
    @Test func whatIsBeingDoneIsDoneAndAnsweredBeforeTheAgentEnds() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        let state = ["--state", folder.path]
        let agent = try await listening(state, folder)
        let server = try SilentServer()
        let uri =
            "mongodb://\(server.address)/?connectTimeoutMS=4000&serverSelectionTimeoutMS=4000"
        let adding = try LagzeroProcess(["clusters", "add", "shop", "--uri", uri] + state)
        try await eventually("the cluster is asked", within: .seconds(60)) { server.isCalled }
        agent.send(SIGTERM)
        #expect(try await adding.status() == 0, "\(adding.errors)")
        #expect(try await agent.status() == 0, "\(agent.errors)")
        let list = try await LagzeroProcess.run(["clusters", "list"] + state)
        #expect(list.output.contains("shop"), "\(list.errors)")
        _ = try await LagzeroProcess.run(["agent", "stop"] + state)
        try await scratch.remove()
    }

    @Test func anAgentWhoseFileIsEmptyIsFoundAndStopped() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        let state = ["--state", folder.path]
        let agent = try await listening(state, folder)
        try #require(truncate(folder.lock, 0) == 0)
        let shown = try await LagzeroProcess.run(["agent", "status"] + state)
        #expect(shown.output.contains(", process \(agent.pid), 0 clusters"), "\(shown)")
        let stopped = try await LagzeroProcess.run(["agent", "stop"] + state)
        try #require(stopped.output.contains("process \(agent.pid), has stopped"), "\(stopped)")
        #expect(try await agent.status() == 0, "\(agent.errors)")
        try await scratch.remove()
    }

    @Test func anAgentOfWhichNothingTellsTheProcessIsSaidToBeThere() throws {
        let folder = AgentFolder(path: "/var/lib/lagzero")
        let error = #expect(throws: ControlError.self) {
            try AgentStop.process(of: LockHolder(process: nil), folder)
        }
        #expect(
            error?.message
                == "an agent holds /var/lib/lagzero, but nothing tells which process it is")
        #expect(error?.remedy?.contains("end it with kill") == true)
    }
}
