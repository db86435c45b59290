import ControlAPI
import Foundation
import GRDB
import Glibc
import Sandbox
import TerminalEmulator
import Testing

@testable import Agent
@testable import AgentClient

/// The real program on a real pseudo-terminal, with an agent of its own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OpenWizardTests {
    private static let secret = "geheim-hunter2"

    @Test func t17S21AClusterIsAddedByKeysAndTheTerminalIsLeftAsItWasFound() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        let found = terminal.settings()
        try terminal.shows("None yet. A migration needs two")
        try terminal.send("?", until: "Everywhere")
        terminal.send("q")
        try terminal.wait("the end of the help") { !terminal.screen.contains("Everywhere") }
        try terminal.send("a", until: "Connection string")
        terminal.paste(
            "mongodb://anna:\(Self.secret)@127.0.0.1:1/?serverSelectionTimeoutMS=100&replicaSet=rs0"
        )
        // Hidden as long as it may be part of the password.
        try terminal.shows("mongodb://anna:***@***")
        try terminal.send("\t", until: "mongodb://anna:***@127.0.0.1:1/")
        try terminal.send("\t\tx\t\t\t\t\r", until: "! not reached")
        #expect(terminal.screen.contains("Local / Default"))
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        for pid in [Int(terminal.child), agent] {
            for file in ["cmdline", "environ"] {
                #expect(!contains("/proc/\(pid)/\(file)", Self.secret))
            }
        }
        let answer = try answer(of: session.folder, until: "replicaSet=rs0")
        #expect(answer.contains("anna") && !answer.contains(Self.secret))
        let shown = try await LagzeroProcess.run(
            ["clusters", "list", "--state", session.folder.path])
        #expect(shown.output.contains("mongodb://anna:"))
        #expect(!(shown.output + shown.errors).contains(Self.secret))
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        #expect(terminal.text.contains("Detached from the agent."))
        #expect(!terminal.text.contains(Self.secret))
        // Store, log and what the wizard keeps: in none of them, and each for its owner only.
        let files = try FileManager.default.contentsOfDirectory(atPath: session.folder.path)
            .map { session.folder.path + "/" + $0 }
        #expect(files.contains(session.folder.wizard) && files.contains(session.folder.store))
        #expect(files.filter { contains($0, Self.secret) } == [session.folder.secrets])
        for file in files {
            var information = stat()
            #expect(
                stat(file, &information) == 0 && information.st_mode & 0o777 == 0o600, "\(file)")
        }
        try await session.end()
    }

    /// What the agent tells one who follows it, up to the text.
    private func answer(of folder: AgentFolder, until text: String) throws -> String {
        let socket = try #require(UnixSocket.connect(folder.socket, canWait: true))
        defer { close(socket) }
        let request = Array("GET /v1/events HTTP/1.1\r\nHost: agent\r\n\r\n".utf8)
        #expect(write(socket, request, request.count) == request.count)
        var answer = ""
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        while !answer.contains(text), poll(&polled, 1, 20_000) == 1,
            case let count = read(socket, &buffer, buffer.count), count > 0
        {
            answer += String(decoding: buffer[..<count], as: UTF8.self)
        }
        #expect(answer.contains(text))
        return answer
    }

    private func contains(_ path: String, _ text: String) -> Bool {
        FileManager.default.contents(atPath: path).map { $0.range(of: Data(text.utf8)) != nil }
            ?? false
    }

    @Test func aWizardThatOnlyWatchesStartsNothingAndChangesNothing() async throws {
        let session = try WizardSession()
        let early = try session.open([:], ["--watch"])
        try early.shows("so there is nothing to watch")
        try early.end()
        #expect(InstanceLock.holder(of: session.folder) == nil)

        let first = try session.open()
        try first.shows("None yet. A migration needs two")
        first.send("d")
        #expect(try first.endsWell())
        let kept = FileManager.default.contents(atPath: session.folder.wizard)
        let watcher = try session.open([:], ["--watch"])
        try watcher.shows("WATCHING")
        #expect(!watcher.screen.contains("Add a cluster"))
        watcher.send("a\r")
        try watcher.send("?", until: "Everywhere")
        #expect(!watcher.screen.contains("Connection string"))
        watcher.send("\u{1b}")
        try watcher.wait("the hub") { !watcher.screen.contains("Everywhere") }
        watcher.send("d")
        #expect(try watcher.endsWell())
        #expect(FileManager.default.contents(atPath: session.folder.wizard) == kept)
        try await session.end()
    }

    /// Leaves so many migrations that have failed in the folder, the oldest first.
    private func leave(
        _ count: Int, in folder: AgentFolder, isRetryPossible: Bool = false
    ) async throws -> [Identifier] {
        mkdir(folder.path, 0o700)
        let store = try Store(folder.store)
        chmod(folder.store, 0o600)
        var ids: [Identifier] = []
        for number in 0..<count {
            let id = Identifier(at: Int64(number))
            var live = LiveMigration(
                id: id, setup: MigrationSetup(source: id, destination: id),
                sourceName: "east\(number)", destinationName: "west",
                destinationConnectionString: "",
                phase: .failed, startedAt: Int64(number))
            live.error = ControlError(.migrationFailed, "the oplog is gone")
            live.isRetryPossible = isRetryPossible
            try await store.save(StoredMigration(live: live))
            ids.append(id)
        }
        return ids
    }

    /// As a notification says.
    @Test func aMigrationIsOpenedByItsName() async throws {
        let session = try WizardSession()
        // The newest are known at once, the first one only when it is asked for.
        let ids = try await leave(100, in: session.folder)
        for number in [0, 99] {
            let terminal = try session.open([:], ["--migration", ids[number].text])
            try terminal.shows("east\(number)  ")
            try terminal.shows("Failed. The oplog is gone.")
            try terminal.send("\u{1b}", until: "Migration Hub")
            terminal.send("d")
            #expect(try terminal.endsWell())
        }
        let unknown = try session.open([:], ["--migration", "shop"])
        #expect(try unknown.end() >> 8 & 0xff == 2)
        #expect(unknown.text.contains("there is no migration 'shop'"))
        try await session.end()
    }

    @Test func aMigrationIsOpenedByItsNameWhenAnAgentThatHungAnswers() async throws {
        let session = try WizardSession()
        let id = try await leave(1, in: session.folder)[0]
        let state = ["--state", session.folder.path]
        #expect(try await LagzeroProcess.run(["clusters", "list"] + state).status == 0)
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        kill(pid_t(agent), SIGSTOP)
        defer { kill(pid_t(agent), SIGCONT) }
        let terminal = try session.open([:], ["--migration", id.text])
        try terminal.shows("The agent, process \(agent), does not answer.")
        let unknown = try session.open([:], ["--migration", "shop"])
        #expect(try unknown.end() >> 8 & 0xff == 2)
        kill(pid_t(agent), SIGCONT)
        try terminal.shows("Failed. The oplog is gone.")
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    /// The answer to what was asked last is still on its way when the connection drops.
    @Test func aWizardThatLeavesGivesUpTheWheelOfWhatIsOverToo() async throws {
        let session = try WizardSession()
        let id = try await leave(1, in: session.folder, isRetryPossible: true)[0]
        let terminal = try session.open([:], ["--migration", id.text])
        try terminal.shows("Failed. The oplog is gone.")
        try terminal.send("r", until: "─ Retry ─")
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        kill(pid_t(agent), SIGSTOP)
        defer { kill(pid_t(agent), SIGCONT) }
        terminal.send("\r")
        try terminal.wait("no dialog") { !terminal.screen.contains("─ Retry ─") }
        kill(terminal.child, SIGHUP)
        kill(pid_t(agent), SIGCONT)
        #expect(try terminal.endsWell())
        let client = AgentClient(session.folder)
        let left = try await client.snapshot().migrations
        await client.shutdown()
        #expect(left.map(\.driver) == [nil])
        try await session.end()
    }

    @Test func s17AnAgentThatWasKilledIsMissedAndStartedAgain() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        try terminal.shows("None yet")
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        kill(pid_t(agent), SIGKILL)
        try terminal.shows("No news from the agent")
        try terminal.send("A", until: "Starting the agent")
        try terminal.wait("news of another agent") {
            !terminal.screen.contains("No news from the agent")
        }
        #expect(InstanceLock.holder(of: session.folder)?.process != agent)
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    @Test func s17AnAgentThatHangsIsNamedWhereverItIsAsked() async throws {
        let session = try WizardSession()
        let first = try session.open()
        try first.shows("None yet")
        first.send("d")
        #expect(try first.endsWell())
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        kill(pid_t(agent), SIGSTOP)
        defer { kill(pid_t(agent), SIGCONT) }
        let opened = ContinuousClock.now
        let terminal = try session.open()
        try terminal.shows("The agent, process \(agent), does not answer.")
        // Without a limit of its own the question takes three minutes.
        #expect(ContinuousClock.now - opened < .seconds(60))
        try terminal.shows("A Start the agent")
        try terminal.send("A", until: "Starting the agent")
        try terminal.shows("kill -CONT \(agent)")
        let state = ["--state", session.folder.path]
        for command in [["agent", "status"], ["clusters", "list"]] {
            let (status, _, errors) = try await LagzeroProcess.run(command + state)
            #expect(status == 1)
            #expect(errors.contains("the agent, process \(agent), does not answer"), "\(errors)")
        }
        kill(pid_t(agent), SIGCONT)
        try terminal.shows("None yet")
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    @Test func whileNothingGoesOnOnlyTheClockWakesTheWizard() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        try terminal.shows("None yet")
        /// Over some changes of the clock, of all other threads.
        func wakeUps(seconds: Int) throws -> Int {
            let before = try #require(ProcessActivity(pid: terminal.child))
            for _ in 0..<seconds {
                let shown = terminal.screen.prefix(while: { $0 != "\n" })
                try terminal.wait("the next second") {
                    terminal.screen.prefix(while: { $0 != "\n" }) != shown
                }
            }
            let activity = try #require(ProcessActivity(pid: terminal.child)).since(before)
            return activity.wakeUps - (activity.wakeUpsByThread["terminal"] ?? 0)
        }
        // What the start has left to be done comes first, and once a minute the time is saved.
        var counts: [Int] = []
        while counts.count < 4, counts.last != 0 { counts.append(try wakeUps(seconds: 8)) }
        #expect(counts.last == 0, "\(counts)")
        #expect(!terminal.screen.contains("No news"))
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    /// Why an agent does not start.
    enum Obstacle: CaseIterable {
        case damaged, newer, unsafe, damagedSecrets

        func prepare(_ folder: AgentFolder) throws {
            mkdir(folder.path, 0o700)
            switch self {
            case .damagedSecrets:
                try Data("{\"half".utf8).write(to: URL(filePath: folder.secrets))
                chmod(folder.secrets, 0o600)
            case .damaged:
                try Data(repeating: 7, count: 8_192).write(to: URL(filePath: folder.store))
            case .newer:
                try Store(folder.store).queue.write { database in
                    try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('later')")
                }
            case .unsafe: chmod(folder.path, 0o755)
            }
            chmod(folder.store, 0o600)
        }

        var words: [String] {
            switch self {
            case .damaged: ["store.sqlite is damaged", "move it away", "on its destination"]
            case .newer: ["newer version of lagzero", "use that version"]
            case .damagedSecrets:
                [
                    "secrets.json is damaged", "move it away, then give each cluster",
                    "lagzero clusters edit NAME --uri-file FILE",
                ]
            case .unsafe: ["others may read or change the folder", "chmod 700"]
            }
        }
    }

    @Test(arguments: Obstacle.allCases)
    func s16AnAgentThatDoesNotStartSaysWhyInTheWizard(obstacle: Obstacle) async throws {
        let session = try WizardSession()
        try obstacle.prepare(session.folder)
        let terminal = try session.open()
        let status = try terminal.end()
        #expect(status >> 8 & 0xff == 1)
        for word in obstacle.words { #expect(terminal.text.contains(word), "\(terminal.text)") }
        try await session.scratch.remove()
    }

    @Test func s16AClusterWhoseSecretIsLostSaysHowToGiveItAgain() async throws {
        let session = try WizardSession()
        let state = ["--state", session.folder.path]
        let uri = "mongodb://anna:\(Self.secret)@127.0.0.1:1/?serverSelectionTimeoutMS=100"
        _ = try await LagzeroProcess.run(["clusters", "add", "shop", "--uri", uri] + state)
        _ = try await LagzeroProcess.run(["agent", "stop"] + state)
        try #require(unlink(session.folder.secrets) == 0)
        let first = try session.open(columns: 140)
        try first.send("\u{1b}[Z", until: "shop")
        try first.send("t", until: "is not in the secret file")
        let id = try #require(
            first.screen.firstMatch(of: /connection string of cluster (\w+)/)?.output.1)
        // It may go on in the next line.
        try first.wait("the remedy") {
            first.screen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                .contains("lagzero clusters edit \(id) --uri-file FILE.")
        }
        first.send("d")
        #expect(try first.endsWell())
        // As it says.
        let file = session.scratch.path + "/uri"
        try Data(uri.utf8).write(to: URL(filePath: file))
        chmod(file, 0o600)
        let edited = try await LagzeroProcess.run(
            ["clusters", "edit", String(id), "--uri-file", file] + state)
        #expect(edited.output.contains("shop"), "\(edited.errors)")
        let second = try session.open(columns: 140)
        try second.send("\u{1b}[Z", until: "shop")
        try second.send("t", until: "No suitable servers found")
        second.send("d")
        #expect(try second.endsWell())
        try await session.end()
    }

    @Test(arguments: [true, false])
    func t6AfterAStopTheTerminalIsTakenAgain(byKey: Bool) async throws {
        let session = try WizardSession()
        let terminal = try session.openFromShell()
        let found = terminal.settings()
        try terminal.shows("None yet")
        if byKey { terminal.send("\u{1a}") } else { kill(terminal.foreground, SIGTSTP) }
        try terminal.expect("STOPPED")
        #expect(terminal.settings() == found && terminal.emulated.isAsFound)
        let stopped = terminal.output.count
        terminal.send("\n")
        try terminal.expect("None yet", from: stopped)
        #expect(terminal.emulated.title == "lagzero")
        terminal.resize(100, 30)
        try terminal.expect("Migration Hub", from: terminal.output.count)
        terminal.send("d")
        try terminal.expect("ENDED", from: stopped)
        try terminal.end()
        #expect(terminal.settings() == found && terminal.emulated.isAsFound)
        // By others, so that it cannot give the terminal back.
        let other = try session.open()
        try other.shows("None yet")
        let before = other.output.count
        kill(other.child, SIGSTOP)
        kill(other.child, SIGCONT)
        try other.expect("None yet", from: before)
        other.send("d")
        #expect(try other.endsWell())
        #expect(other.settings() == found && other.emulated.isAsFound)
        try await session.end()
    }
}
