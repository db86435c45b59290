import AgentClient
import ControlAPI
import Foundation
import Glibc
import Testing

@testable import Agent
@testable import Sandbox

/// The program's agent, a real program in the place of `sendmail`, and a real mail server on loopback.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MailServerTests {
    private static let msmtp = "/usr/bin/msmtp"

    /// A mail as its reader sees it: decoded by a library of others.
    private struct Mail: Decodable {
        var subject: String
        var from: String
        var to: [String]
        var id: String
        var text: String
        var defects: Int

        private static let script = """
            import email, email.policy, json, sys
            mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
            print(json.dumps({
                "subject": mail["subject"], "from": mail["from"],
                "to": [address.addr_spec for address in mail["to"].addresses],
                "id": mail["message-id"], "text": mail.get_content(), "defects": len(mail.defects)}))
            """

        static func read(_ path: String, _ scratch: ScratchFolder) async throws -> Mail {
            let output = path + ".json"
            let reader = try scratch.start(
                .init(
                    path: "/usr/bin/python3", arguments: ["-c", script, path], output: output))
            try await reader.ended(within: .seconds(30))
            return try JSONDecoder().decode(
                Mail.self, from: try Data(contentsOf: URL(filePath: output)))
        }
    }

    private func write(_ text: String, to path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func listen(_ fixture: AgentFixture, _ port: UInt16) async throws -> ChildProcess {
        let log = fixture.scratch.path + "/server.log"
        let server = try fixture.scratch.start(
            .init(
                path: "/usr/bin/python3",
                arguments: [
                    "-m", "aiosmtpd", "--nosetuid", "--listen", "127.0.0.1:\(port)", "--class",
                    "aiosmtpd.handlers.Mailbox", fixture.scratch.path + "/mail",
                ], output: log))
        try await eventually("the mail server listens", within: .seconds(60)) {
            try #require(
                server.isRunning, "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
            return LoopbackPort.isListening(port)
        }
        return server
    }

    private func arrived(_ fixture: AgentFixture) -> [String] {
        let folder = fixture.scratch.path + "/mail/new"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasSuffix(".json") }.map { "\(folder)/\($0)" }
    }

    /// A migration that has failed, in the store before there is an agent.
    private func makeStore(_ folder: AgentFolder) async throws -> LiveMigration {
        mkdir(folder.path, 0o700)
        let store = try Store(folder.store)
        chmod(folder.store, 0o600)
        var live = OccasionTests.migration(.failed) {
            $0.endedAt = Clock.now
            $0.error = ControlError(.migrationFailed, "größer als erlaubt: 漢字")
        }
        live.sourceName = "shop\nBcc: eve@example.net"
        live.destinationName = "größe-atlas"
        try await store.save(StoredMigration(live: live))
        return live
    }

    @Test func whatCouldNotBeSentArrivesOnceAfterARestart() async throws {
        try await AgentFixture.with { fixture in
            try #require(access(Self.msmtp, X_OK) == 0, "msmtp is missing: make deps")
            let port = try LoopbackPort.free()
            try write(
                """
                notifications:
                  mail: [anna@example.net, ops@example.net]
                  from: lagzero@example.net
                  sendmail: \(Self.msmtp)
                """, to: fixture.configuration + "/lagzero/config.yaml")
            try write(
                "account default\nhost 127.0.0.1\nport \(port)\nfrom lagzero@example.net\n",
                to: fixture.configuration + "/msmtp/config")
            let live = try await makeStore(fixture.folder)
            func log() async throws -> [String] {
                try await fixture.client.log(of: live.id, after: 0, limit: 100).map(\.text)
            }

            // The server is down.
            let first = try await fixture.start()
            try await eventually("that is said") { try await log().count == 2 }
            #expect(
                try await log().last?.hasPrefix("notice not sent: \(Self.msmtp) ended with status")
                    == true)
            first.send(signal: SIGKILL)
            try await first.ended(within: .seconds(60))
            let server = try await listen(fixture, port)
            _ = try await fixture.start()
            try await eventually("the mail has arrived") {
                try await log().last == "told by mail to anna@example.net, ops@example.net"
            }
            let path = try #require(arrived(fixture).first)
            let raw = try String(contentsOfFile: path, encoding: .utf8)
            #expect(raw.contains("X-RcptTo: anna@example.net, ops@example.net"))
            let mail = try await Mail.read(path, fixture.scratch)
            #expect(
                mail.subject == "shop Bcc: eve@example.net -> größe-atlas: failed")
            #expect(mail.from == "lagzero@example.net")
            #expect(mail.to == ["anna@example.net", "ops@example.net"])
            #expect(mail.id.hasPrefix("<failed.\(live.id).1@"))
            #expect(mail.text.contains("    größer als erlaubt: 漢字\n"))
            #expect(
                mail.text.contains(
                    "\n    lagzero --migration \(live.id) --state '\(fixture.folder.path)'\n"))
            #expect(mail.defects == 0)

            // The operator tries it.
            let test = try await fixture.run(["notify", "--test"], hasState: false)
            #expect(test.status == 0)
            #expect(test.text.contains("Sent: mail to anna@example.net, ops@example.net"))
            #expect(arrived(fixture).count == 2)
            server.send(signal: SIGTERM)
            try await server.ended(within: .seconds(30))
            let failing = try await fixture.run(["notify", "--test"], hasState: false)
            #expect(failing.status == 1)
            // What msmtp itself says is seen, too.
            #expect(failing.text.contains("msmtp: cannot connect to 127.0.0.1"))
            #expect(failing.text.contains("Not sent: \(Self.msmtp) ended with status"))
            #expect(arrived(fixture).count == 2)
        }
    }
}
