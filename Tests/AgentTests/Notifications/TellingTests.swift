import ControlAPI
import Foundation
import GRDB
import Migration
import Sandbox
import Testing

@testable import Agent

/// A supervisor with real programs in the place of `sendmail` and the command; no servers.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TellingTests {
    /// A state folder with one migration, and programs that write down what they get.
    private final class Stage {
        let scratch: ScratchFolder
        let live: LiveMigration
        var settings = NotificationSettings()

        init(_ live: LiveMigration) throws {
            scratch = try ScratchFolder()
            self.live = live
            settings.mail = ["anna@example.net", "ops@example.net"]
            settings.sendmail = try program(
                "sendmail", #"echo "args $*" >> "$0.got"; cat >> "$0.got""#)
        }

        /// Makes a program of the shell; what it writes to `$0.got` is read by `got`.
        func program(_ name: String, _ script: String) throws -> String {
            let path = scratch.path + "/" + name
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            return path
        }

        func got(_ name: String) -> String {
            (try? String(contentsOfFile: "\(scratch.path)/\(name).got", encoding: .utf8)) ?? ""
        }

        /// An agent over the folder as it is, which has looked once, and sent what it could.
        func agent(at now: Int64 = Clock.now, isSent: Bool = true) async throws -> Supervisor {
            let settings = settings
            let agent = try await Supervisor(
                AgentFolder(path: scratch.path), version: "1",
                owner: Lease.Owner(host: "here", boot: "1", process: 1), isRunning: { _ in false },
                notifications: { settings })
            await agent.tellOccasions(at: now)
            if isSent { await agent.telling.sending?.value }
            return agent
        }

        func look(_ agent: Supervisor, at now: Int64 = Clock.now) async {
            await agent.tellOccasions(at: now)
            await agent.telling.sending?.value
        }

        func log(_ agent: Supervisor) async throws -> [String] {
            try await agent.store.log(of: live.id, after: 0, limit: 100).map(\.text)
        }
    }

    private func with(_ live: LiveMigration, _ body: (Stage) async throws -> Void) async throws {
        let stage = try Stage(live)
        let store = try Store(AgentFolder(path: stage.scratch.path).store)
        try await store.save(StoredMigration(live: live))
        do {
            try await body(stage)
        } catch {
            try? await stage.scratch.remove()
            throw error
        }
        try await stage.scratch.remove()
    }

    private var failed: LiveMigration {
        OccasionTests.migration(.failed) {
            $0.endedAt = Clock.now
            $0.error = ControlError(.migrationFailed, "the lease was lost")
        }
    }

    private func count(_ part: String, in text: String) -> Int {
        text.components(separatedBy: part).count - 1
    }

    @Test func aFailureIsLoggedMailedAndTheCommandIsRunOnce() async throws {
        try await with(failed) { stage in
            let hook = try stage.program(
                "hook",
                #"echo "$# $2|$LAGZERO_EVENT|$LAGZERO_MIGRATION|$LAGZERO_MESSAGE|$LAGZERO_ID" >> "$0.got"; cat >> "$0.got""#
            )
            stage.settings.command = [hook, "--to", "a b; $(id)"]
            for _ in 1...2 {
                let agent = try await stage.agent()
                await stage.look(agent)
                #expect(
                    try await stage.log(agent) == [
                        "notice: failed", "told by mail to anna@example.net, ops@example.net",
                        "told by \(hook)",
                    ])
                #expect(await agent.telling.outbox.messages.isEmpty)
            }
            let id = stage.live.id
            let mail = stage.got("sendmail")
            #expect(count("args -t -i\n", in: mail) == 1)
            #expect(mail.contains("To: anna@example.net,\n ops@example.net\n"))
            #expect(mail.contains("Subject: shop-rs0 -> shop-atlas: failed\n"))
            #expect(mail.contains("Message-ID: <failed.\(id).1@here>\n"))
            #expect(mail.contains("lagzero --migration \(id)"))
            let told = stage.got("hook")
            #expect(
                told.hasPrefix(
                    "2 a b; $(id)|failed|\(id)|shop-rs0 -> shop-atlas: failed|failed.\(id).1\n"))
            #expect(told.contains("the lease was lost"))
        }
    }

    @Test func whatWasNotTakenIsSentByTheNextAgentAndByThatChannelOnly() async throws {
        try await with(failed) { stage in
            let hook = try stage.program("hook", #"echo told >> "$0.got""#)
            stage.settings.command = [hook]
            let good = stage.settings.sendmail
            stage.settings.sendmail = try stage.program("broken", "exit 75")
            let agent = try await stage.agent()
            await stage.look(agent)
            #expect(
                try await stage.log(agent) == [
                    "notice: failed", "told by \(hook)",
                    "notice not sent: \(stage.scratch.path)/broken ended with status 75. It is tried again; lagzero notify --test shows what is wrong.",
                ])
            stage.settings.sendmail = good
            let next = try await stage.agent()
            #expect(try await stage.log(next).last?.hasPrefix("told by mail") == true)
            #expect(count("Subject:", in: stage.got("sendmail")) == 1)
            #expect(stage.got("hook") == "told\n")
            #expect(await next.telling.outbox.messages.isEmpty)
        }
    }

    @Test func anAgentThatDidNotGetToSendingLeavesThatToTheNext() async throws {
        try await with(failed) { stage in
            let store = try Store(AgentFolder(path: stage.scratch.path).store)
            let occasion = try #require(Occasion.all(of: stage.live, at: Clock.now).first)
            let line = LogLine(sequence: 1, time: Clock.now, text: "notice: failed")
            let letter = occasion.letter(stage.live, Directions(host: "here"))
            for isFirst in [true, false] {
                let told = try await store.tell(
                    occasion, of: stage.live.id, line, letter, superseding: [])
                #expect((told != nil) == isFirst)
            }
            let agent = try await stage.agent()
            #expect(try await stage.log(agent).first == "notice: failed")
            #expect(try await stage.log(agent).filter { $0.hasPrefix("notice") }.count == 1)
            #expect(count("Subject:", in: stage.got("sendmail")) == 1)
        }
    }

    /// As by an agent that is killed meanwhile: whether the first program had taken it is not known.
    @Test func whatWasBeingSentIsSentAgainUnderItsIdentifier() async throws {
        try await with(failed) { stage in
            let good = stage.settings.sendmail
            stage.settings.sendmail = try stage.program(
                "slow", #"cat >> "$0.got"; while [ -e "$0" ]; do sleep 0.02; done; exit 1"#)
            let first = try await stage.agent(isSent: false)
            try await eventually("it is being sent") {
                stage.got("slow").contains("Content-Type")
            }
            stage.settings.sendmail = good
            let next = try await stage.agent()
            let id = "Message-ID: <failed.\(stage.live.id).1@here>\n"
            #expect(stage.got("slow").contains(id) && stage.got("sendmail").contains(id))
            #expect(await next.telling.outbox.messages.isEmpty)
            try FileManager.default.removeItem(atPath: stage.scratch.path + "/slow")
            await first.telling.sending?.value
        }
    }

    @Test func settingsThatMakeNoSenseAreSaidAndHoldNothingBackForGood() async throws {
        try await with(failed) { stage in
            let agent = try await Supervisor(
                AgentFolder(path: stage.scratch.path), version: "1",
                owner: Lease.Owner(host: "here", boot: "1", process: 1), isRunning: { _ in false },
                notifications: {
                    throw ControlError(.invalid, "config.yaml: line 2: no", remedy: "mend it")
                })
            await stage.look(agent)
            let line = try await stage.log(agent).last
            #expect(line?.hasPrefix("notice not sent: config.yaml: line 2: no: mend it.") == true)
            _ = try await stage.agent()
            #expect(count("Subject:", in: stage.got("sendmail")) == 1)
        }
    }

    @Test func whereNothingIsConfiguredTheEventLogTells() async throws {
        try await with(failed) { stage in
            stage.settings = NotificationSettings()
            let agent = try await stage.agent()
            #expect(try await stage.log(agent) == ["notice: failed"])
            #expect(await agent.telling.outbox.messages.isEmpty)
            #expect(try await agent.store.outbox().isEmpty)
        }
    }

    /// The agent was down, or the machine slept: several marks are passed at once.
    @Test func theNearestMarkIsToldAndAnOlderOneThatWaitsIsDropped() async throws {
        let now = Clock.now
        let live = OccasionTests.migration(.catchingUp) {
            $0.cutover.deadlineAt = now + 13 * 3_600_000
        }
        try await with(live) { stage in
            let good = stage.settings.sendmail
            stage.settings.sendmail = "/nowhere/sendmail"
            let first = try await stage.agent(at: now)
            await stage.look(first, at: now + 11 * 3_600_000)
            let notices = try await stage.log(first).filter { $0.hasPrefix("notice: ") }
            #expect(notices.count == 2)
            #expect(notices.first?.contains("less than 24 hours") == true)
            #expect(notices.last?.contains("less than 3 hours") == true)
            #expect(
                try await stage.log(first).contains {
                    $0.contains("cannot start /nowhere/sendmail: No such file or directory")
                })
            stage.settings.sendmail = good
            let next = try await stage.agent(at: now + 11 * 3_600_000)
            #expect(count("Subject:", in: stage.got("sendmail")) == 1)
            #expect(stage.got("sendmail").contains("less than 3 hours"))
            try await next.update(live.id) { $0.cutover.deadlineAt = now + 37 * 3_600_000 }
            await stage.look(next, at: now + 25 * 3_600_000)
            #expect(count("Subject:", in: stage.got("sendmail")) == 2)
            #expect(stage.got("sendmail").contains("less than 12 hours"))
        }
    }

    @Test func whatIsUntrueWhenItCouldArriveIsInTheLogOnly() async throws {
        let now = Clock.now
        let live = OccasionTests.migration(.inSync) {
            $0.cutover.deadlineAt = now + 3_600_000
            $0.cutover.isReady = true
        }
        try await with(live) { stage in
            let good = stage.settings.sendmail
            stage.settings.sendmail = "/nowhere/sendmail"
            let first = try await stage.agent(at: now)
            #expect(
                try await first.store.outbox().map(\.deadline) == [
                    now + 3_600_000, now + 3_600_000,
                ])
            try await first.update(live.id) { $0.cutover.deadlineAt = now + 25 * 3_600_000 }
            await stage.look(first, at: now)
            #expect(await first.telling.outbox.messages.isEmpty)
            #expect(try await first.store.outbox().isEmpty)
            await stage.look(first, at: now + 24 * 3_600_000)
            #expect(try await first.store.outbox().map(\.occasion) == [.countdown(hours: 1)])
            try await first.update(live.id) {
                ($0.phase, $0.endedAt) = (.expired, now + 25 * 3_600_000)
            }
            stage.settings.sendmail = good
            let next = try await stage.agent(at: now + 25 * 3_600_000)
            #expect(count("Subject:", in: stage.got("sendmail")) == 1)
            #expect(stage.got("sendmail").contains("expired: the time to cut over is over"))
            let notices = try await stage.log(next).filter { $0.hasPrefix("notice: ") }
            #expect(notices.count == 4)
        }
    }

    @Test func aPauseIsToldAgainAfterItWasResumed() async throws {
        let error = ControlError(.migrationFailed, "document 7 was refused")
        try await with(OccasionTests.migration(.paused) { $0.error = error }) { stage in
            let agent = try await stage.agent()
            for phase in [MigrationPhase.preparing, .paused, .copying, .paused] {
                try await agent.update(stage.live.id) {
                    $0.phase = phase
                    $0.error = phase == .paused ? error : nil
                }
                await stage.look(agent)
            }
            let log = try await stage.log(agent)
            #expect(log.filter { $0 == "notice: paused by an error" }.count == 2)
            #expect(count("Subject:", in: stage.got("sendmail")) == 2)
        }
    }

    /// It was resumed and has paused again before anybody looked.
    @Test func aPauseRightAfterAnotherIsToldToo() async throws {
        let error = ControlError(.migrationFailed, "document 7 was refused")
        try await with(OccasionTests.migration(.paused) { $0.error = error }) { stage in
            let agent = try await stage.agent()
            await stage.look(agent)
            await stage.look(agent)
            await agent.forgetPause(of: stage.live.id)
            await stage.look(agent)
            #expect(count("Subject:", in: stage.got("sendmail")) == 2)
        }
    }

    @Test func whatCannotBeWrittenDownIsToldOnceThatWorks() async throws {
        try await with(failed) { stage in
            let store = try Store(AgentFolder(path: stage.scratch.path).store)
            try await store.queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TRIGGER full BEFORE INSERT ON outbox
                        BEGIN SELECT RAISE(ABORT, 'disk full'); END
                        """)
            }
            let agent = try await stage.agent()
            #expect(try await stage.log(agent).isEmpty)
            #expect(await agent.state.agent.trouble != nil)
            try await store.queue.write { try $0.execute(sql: "DROP TRIGGER full") }
            await stage.look(agent)
            #expect(
                try await agent.store.log(of: stage.live.id, after: 0, limit: 9).map(\.sequence)
                    == [1, 2])
            #expect(count("Subject:", in: stage.got("sendmail")) == 1)
            #expect(await agent.state.agent.trouble == nil)
        }
    }

    @Test func linesThatAreNotedAtOnceHaveNumbersOfTheirOwn() async throws {
        try await with(OccasionTests.migration(.copying)) { stage in
            let agent = try await stage.agent()
            let id = stage.live.id
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        await agent.note(LogEntry(time: 0, text: "\(number)"), id)
                    }
                }
            }
            #expect(try await stage.log(agent).count == 20)
        }
    }

    @Test func aStoreFromBeforeThereWereNotificationsIsTakenOver() async throws {
        try await with(failed) { stage in
            let path = AgentFolder(path: stage.scratch.path).store
            try await DatabaseQueue(path: path).write { database in
                try database.execute(
                    sql: """
                        DROP TABLE toldOccasions; DROP TABLE outbox;
                        DELETE FROM grdb_migrations WHERE identifier IN ('3', '4');
                        """)
            }
            let agent = try await stage.agent()
            #expect(try await stage.log(agent).first == "notice: failed")
        }
    }
}
