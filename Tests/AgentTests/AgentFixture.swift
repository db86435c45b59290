import AgentClient
import BSON
import ControlAPI
import Foundation
import Migration
import Mongo
import Sandbox
import Testing

@testable import Agent

extension Supervisor {
    /// One without a process of its own, over a state folder; nobody else runs anything.
    static func alone(_ folder: AgentFolder) async throws -> Supervisor {
        try await Supervisor(
            folder, version: "1", owner: Lease.Owner(host: "here", boot: "1", process: 1),
            isRunning: { _ in false })
    }
}

/// The program's agent in a process and a folder of its own, and a client of it.
final class AgentFixture: Sendable {
    let scratch: ScratchFolder
    let folder: AgentFolder
    let client: AgentClient
    let asker = Asker(wizard: Identifier(at: 1), name: "test")
    /// Of the agent and of all commands. The time to hold the lag is in seconds.
    private let environment: [String: String]
    /// Where they look for their configuration.
    var configuration: String { scratch.path + "/config" }

    init() throws {
        scratch = try ScratchFolder()
        environment = ["LAGZERO_LAG_HOLD": "1", "XDG_CONFIG_HOME": scratch.path + "/config"]
        folder = AgentFolder(path: scratch.path + "/state")
        client = AgentClient(folder)
    }

    /// Ends it also when the body throws.
    static func with(_ body: (AgentFixture) async throws -> Void) async throws {
        let fixture = try AgentFixture()
        do {
            try await body(fixture)
        } catch {
            try? await fixture.end()
            throw error
        }
        try await fixture.end()
    }

    /// Beside the tests that are running.
    static var program: String {
        get throws {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let bundle = Bundle.allBundles.map(\.bundlePath).first { $0.hasSuffix(".xctest") }
            let near = URL(filePath: bundle ?? tests).deletingLastPathComponent()
            let found = [near, URL(filePath: tests).deletingLastPathComponent()]
                .map { $0.appending(path: "lagzero").path }
                .first { FileManager.default.isExecutableFile(atPath: $0) }
            return try #require(found)
        }
    }

    /// Starts an agent that dies with the fixture's folder. Returns when it answers.
    func start() async throws -> ChildProcess {
        let agent = try scratch.start(
            .init(
                path: try AgentFixture.program,
                arguments: ["agent", "run", "--state", folder.path],
                environment: environment, output: scratch.path + "/agent.log"))
        try await eventually("the agent answers", within: .seconds(30)) {
            (try? await client.snapshot())?.agent.process == Int(agent.pid)
        }
        return agent
    }

    /// From now on no file that the agent writes may grow beyond so many bytes, so that writing fails as on a full disk,
    /// though with another error; nil: without a limit.
    func limitFiles(of agent: ChildProcess, to bytes: Int?) async throws {
        let limit = bytes.map(String.init) ?? "unlimited"
        let command = try scratch.start(
            .init(
                path: "/usr/bin/prlimit",
                arguments: ["--pid", "\(agent.pid)", "--fsize=\(limit):unlimited"],
                output: scratch.path + "/prlimit.log"))
        try await command.ended(within: .seconds(20))
        try #require(command.exitCode == 0)
    }

    /// A command of the program; returns its exit status and what it said.
    func run(
        _ arguments: [String], hasState: Bool = true
    ) async throws -> (status: Int32, text: String) {
        let state = hasState ? ["--state", folder.path] : []
        let output = scratch.path + "/\(UUID().uuidString).log"
        let child = try scratch.start(
            .init(
                path: try AgentFixture.program, arguments: arguments + state,
                environment: environment, output: output))
        try await child.ended(within: .seconds(60))
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return (child.exitCode ?? -1, text)
    }

    func end() async throws {
        await client.shutdown()
        try await scratch.remove()
    }
}
