import ControlAPI
import Foundation
import Glibc
import Testing

@testable import Agent
@testable import AgentClient

/// A wizard asks whether or not an agent is there.
@Suite(.timeLimit(.minutes(1))) struct AgentClientTests {
    /// Attempts that grow rarer would keep every question waiting, a wizard's last one too, after the next agent has come.
    @Test func whoAsksWhileNobodyIsThereIsToldSoAtOnce() async throws {
        try await AgentFixture.with { fixture in
            let id = Identifier(at: 1)
            for _ in 0..<20 {
                let refusal = await #expect(throws: ControlError.self) {
                    try await fixture.client.claim(id, by: fixture.asker)
                }
                #expect(refusal?.code == .agentUnreachable)
            }
        }
    }

    /// Anybody could listen there, and be told the password of a cluster.
    @Test func nothingIsAskedInAFolderThatOthersMayChange() async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            try #require(chmod(fixture.folder.path, 0o755) == 0)
            let refusal = await #expect(throws: ControlError.self) {
                try await fixture.client.snapshot()
            }
            #expect(refusal?.code == .unsafeFiles)
            let greeting = await #expect(throws: ControlError.self) {
                try await fixture.client.greeting()
            }
            #expect(greeting?.code == .unsafeFiles)
            try #require(chmod(fixture.folder.path, 0o700) == 0)
            _ = try await fixture.client.snapshot()
        }
    }

    /// An agent that hung wakes up with all that was asked of it meanwhile.
    @Test func whatWasAskedLongAgoIsNotDoneAnyMore() async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            let new = NewCluster(
                name: "shop", organization: "Acme", project: "shop",
                connectionString: Secret("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300"))
            let late = try ask(fixture, .add(new), age: 60_000)
            #expect(late.contains("has done nothing"), "\(late)")
            #expect(try await fixture.client.snapshot().clusters.isEmpty)
            let question = try ask(fixture, .snapshot(past: nil), age: 60_000)
            #expect(question.contains("200 OK"), "\(question)")
            let now = try ask(fixture, .add(new), age: 0)
            #expect(now.contains("200 OK"), "\(now)")
            #expect(try await fixture.client.snapshot().clusters.count == 1)
        }
    }

    /// What the agent answers to what was asked so many milliseconds ago, head and body.
    private func ask(
        _ fixture: AgentFixture, _ request: ControlRequest, age: Int64
    ) throws -> String {
        let body = try JSONEncoder().encode(request)
        let head =
            "POST /v1/request?asked=\(HostClock.uptime - age) HTTP/1.1\r\nHost: lagzero\r\n"
            + "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        let descriptor = try #require(UnixSocket.connect(fixture.folder.socket, canWait: true))
        defer { close(descriptor) }
        let file = FileHandle(fileDescriptor: descriptor)
        try file.write(contentsOf: Data(head.utf8) + body)
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }
}
