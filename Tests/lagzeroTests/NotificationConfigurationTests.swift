import ControlAPI
import Foundation
import Glibc
import Migration
import Sandbox
import Testing

@testable import Agent
@testable import lagzero

/// Messages that fall due while `config.yaml` does not say where they go.
@Suite(.serialized, .timeLimit(.minutes(2))) struct NotificationConfigurationTests {
    /// A supervisor without servers over a migration that has failed; its settings are those of the file.
    private func agent(_ folder: AgentFolder, _ file: String) async throws -> Supervisor {
        let agent = try await Supervisor(
            folder, version: "1", owner: Lease.Owner(host: "here", boot: "1", process: 1),
            isRunning: { _ in false },
            notifications: { try Configuration(file: file).notifications.get() })
        await agent.tellOccasions()
        await agent.telling.sending?.value
        return agent
    }

    private func leave(in folder: AgentFolder) async throws -> Identifier {
        var live = LiveMigration(
            id: Identifier(at: 1),
            setup: MigrationSetup(source: Identifier(at: 2), destination: Identifier(at: 3)),
            sourceName: "shop-rs0", destinationName: "shop-atlas",
            destinationConnectionString: "", phase: .failed, startedAt: Clock.now)
        live.endedAt = Clock.now
        live.error = ControlError(.migrationFailed, "the lease was lost")
        try await Store(folder.store).save(StoredMigration(live: live))
        return live.id
    }

    @Test(arguments: ["it is empty", "config.yaml: "])
    func whileTheFileSaysNothingThatIsInTheEventLogAndAfterwardsTheMessageIsSentOnce(
        reason: String
    ) async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path)
        let (file, hook) = (scratch.path + "/config.yaml", scratch.path + "/hook")
        try Data("#!/bin/sh\necho $LAGZERO_EVENT >> $0.got\n".utf8).write(to: URL(filePath: hook))
        chmod(hook, 0o700)
        if reason == "it is empty" {
            try Data().write(to: URL(filePath: file))
        } else {
            symlink("nowhere", file)
        }
        let id = try await leave(in: folder)
        for _ in 1...2 {
            let log = try await agent(folder, file).store.log(of: id, after: 0, limit: 100)
            #expect(log.first?.text == "notice: failed")
            #expect(log.last?.text.hasPrefix("notice not sent: \(file): ") == true)
            #expect(log.last?.text.contains(reason) == true)
            #expect(log.last?.text.contains("It is tried again") == true)
        }
        unlink(file)
        try Data("notifications: {command: \(hook)}\n".utf8).write(to: URL(filePath: file))
        for _ in 1...2 {
            let agent = try await agent(folder, file)
            #expect(
                try await agent.store.log(of: id, after: 0, limit: 100).last?.text
                    == "told by \(hook)")
            #expect(await agent.telling.outbox.messages.isEmpty)
        }
        #expect(try String(contentsOfFile: hook + ".got", encoding: .utf8) == "failed\n")
        try await scratch.remove()
    }
}
