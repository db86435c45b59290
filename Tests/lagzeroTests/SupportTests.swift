import ControlAPI
import Foundation
import Glibc
import Sandbox
import Testing

@testable import Agent
@testable import lagzero

/// One file for those who help, in which nothing secret is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupportTests {
    private static let password = "geheim-hunter2"

    @Test func t17ABundleHoldsWhatIsKnownAndNoSecret() async throws {
        let session = try WizardSession()
        let state = ["--state", session.folder.path]
        let added = try await LagzeroProcess.run(
            ["clusters", "add", "shop-rs0", "--uri", Self.uri] + state)
        #expect(added.status == 0)
        // As if something had written it down.
        let log = try FileHandle(forWritingTo: URL(filePath: session.folder.log))
        try log.seekToEnd()
        try log.write(contentsOf: Data("tried \(Self.uri) and \(Self.password)\n".utf8))
        let file = session.scratch.path + "/bundle.txt"
        let made = try await LagzeroProcess.run(["support", "--output", file] + state)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains(file))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for part in [
            "== Program ==", "libmongoc 1.", "== Folder \(session.folder.path) ==", "600  ",
            "== Agent ==", "VmRSS", "== Cluster shop-rs0 ==", "anna:", "== Log of the agent ==",
            "tried mongodb://anna:",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!text.contains(Self.password))
        var information = stat()
        #expect(stat(file, &information) == 0 && information.st_mode & 0o777 == 0o600)
        // What is there already is not written over.
        let again = try await LagzeroProcess.run(["support", "--output", file] + state)
        #expect(again.status == 2 && again.errors.contains("File exists"))
        try await session.end()
    }

    private static let uri =
        "mongodb://anna:\(password)@127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=100"

    /// Makes a bundle; returns its text, which holds no secret.
    private func bundle(
        of folder: AgentFolder, in scratch: ScratchFolder, _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) async throws -> String {
        let file = scratch.path + "/bundle-\(UUID().uuidString).txt"
        let made = try await LagzeroProcess.run(
            ["support", "--state", folder.path, "--output", file] + arguments,
            environment: environment)
        #expect(made.status == 0, "\(made.errors)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!text.contains(Self.password))
        return text
    }

    /// What an agent that knew a migration has left, with the password in its event log, too.
    private func leave(in folder: AgentFolder) async throws -> Identifier {
        mkdir(folder.path, 0o700)
        let (id, cluster) = (Identifier(at: 1), Identifier(at: 2))
        try SecretFile(folder.secrets).save([cluster: Secret(Self.uri)])
        let store = try Store(folder.store)
        chmod(folder.store, 0o600)
        let new = NewCluster(
            name: "shop-rs0", organization: "Acme", project: "shop",
            connectionString: Secret(Self.uri))
        _ = try await store.add(
            new, shownAs: "mongodb://anna:***@127.0.0.1:1/?replicaSet=rs0", id: cluster, at: 3)
        var live = LiveMigration(
            id: id, setup: MigrationSetup(source: cluster, destination: cluster),
            sourceName: "shop-rs0", destinationName: "shop-atlas",
            destinationConnectionString: "", phase: .failed, startedAt: 4)
        live.figures.documentsCopied = 901_442
        try await store.save(StoredMigration(live: live))
        try await store.append(
            [LogLine(sequence: 1, time: 5, text: "tried \(Self.uri), and \(Self.password)")],
            to: id)
        return id
    }

    @Test func withoutAnAgentItHoldsWhatTheStoreKnowsAndNoSecret() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        let id = try await leave(in: folder)
        for arguments in [[], [id.text]] {
            let text = try await bundle(of: folder, in: scratch, arguments)
            for part in [
                "No agent runs", "== Cluster shop-rs0 ==", "anna:",
                "== Migration \(id), shop-rs0 to shop-atlas ==", "901442",
                "== Event log of \(id) ==", "tried mongodb://anna:",
            ] { #expect(text.contains(part), "\(part)") }
        }
        let other = try await LagzeroProcess.run(
            ["support", Identifier(at: 1).text, "--state", folder.path])
        #expect(other.status == 2 && other.errors.contains("there is no migration"))
        try await scratch.remove()
    }

    @Test func anAgentThatHangsIsNotWaitedForAndItsStoreIsRead() async throws {
        let session = try WizardSession()
        let id = try await leave(in: session.folder)
        let state = ["--state", session.folder.path]
        #expect(try await LagzeroProcess.run(["clusters", "list"] + state).status == 0)
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        kill(pid_t(agent), SIGSTOP)
        defer { kill(pid_t(agent), SIGCONT) }
        let begun = ContinuousClock.now
        let text = try await bundle(of: session.folder, in: session.scratch)
        // A question without a limit of its own takes three minutes.
        #expect(ContinuousClock.now - begun < .seconds(60))
        for part in [
            "process \(agent), does not answer", "== Cluster shop-rs0 ==",
            "== Migration \(id), shop-rs0 to shop-atlas ==", "tried mongodb://anna:",
            "== Log of the agent ==",
        ] { #expect(text.contains(part), "\(part)") }
        kill(pid_t(agent), SIGCONT)
        try await session.end()
    }

    @Test func aStoreThatIsDamagedIsSaidBesideTheRest() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        let id = try await leave(in: folder)
        try Data(repeating: 7, count: 8_192).write(to: URL(filePath: folder.store))
        try Data("the last words\n".utf8).write(to: URL(filePath: folder.log))
        let text = try await bundle(of: folder, in: scratch, [id.text])
        #expect(text.contains("store.sqlite is damaged") && text.contains("the last words"))
        try await scratch.remove()
    }

    enum Gap: CaseIterable {
        case damaged, unreadable, forOthers, missing

        func make(_ path: String) throws {
            let file = URL(filePath: path)
            switch self {
            case .damaged: try Data("{\"half".utf8).write(to: file)
            case .unreadable:
                unlink(path)
                // Not even by root.
                symlink("elsewhere", path)
            case .forOthers: chmod(path, 0o644)
            case .missing: unlink(path)
            }
        }

        var reason: String {
            switch self {
            case .damaged: "is damaged"
            case .unreadable: "cannot open"
            case .forOthers: "others may read or change"
            case .missing: "no connection string is stored of shop-rs0"
            }
        }
    }

    @Test(arguments: Gap.allCases)
    func t17WhereThePasswordsAreNotKnownWhatMayHoldOneIsLeftOut(gap: Gap) async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        let id = try await leave(in: folder)
        let store = try Store(folder.store)
        var live = try #require(try await store.load().migrations.first?.live)
        live.error = ControlError(.migrationFailed, "refused \(Self.password)", remedy: "see it")
        live.problems = ["\(Self.password) and \"name\" : \"\(Self.password)\""]
        try await store.save(StoredMigration(live: live))
        try Data("tried \(Self.uri) and \(Self.password)\n".utf8)
            .write(to: URL(filePath: folder.log))
        try gap.make(folder.secrets)
        let file = scratch.path + "/bundle.txt"
        let made = try await LagzeroProcess.run(
            ["support", "--state", folder.path, "--output", file])
        #expect(made.status == 0, "\(made.errors)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!(text + made.output + made.errors).contains(Self.password))
        for said in [text, made.output] {
            #expect(
                said.contains("Event logs, the log of the agent and all messages are left out"))
            #expect(said.contains(gap.reason))
        }
        for part in [
            "== Left out ==", "== Cluster shop-rs0 ==", "mongodb://anna:***@127.0.0.1:1/",
            "== Migration \(id), shop-rs0 to shop-atlas ==", "901442", "migrationFailed",
            "\"message\" : \"(left out)\"", "== Event log of \(id) ==\n1970-01-01T00:00:00Z  (left",
        ] { #expect(text.contains(part), "\(part)") }
        try await scratch.remove()
    }

    @Test(arguments: [
        (#"  "phase" : "failed","#, #"  "phase" : "failed","#),
        (#"  "backlog" : 7,"#, #"  "backlog" : 7,"#),
        ("  }", "  }"),
        (#"  "message" : "secret","#, #"  "message" : "(left out)","#),
        (#"    "secret","#, #"    "(left out)","#),
        (#"    "a\" : 7 secret""#, #"    "(left out)""#),
        (#"    "name\" : \"secret","#, #"    "(left out)","#),
        (#"  "uri" : "mongodb://u:secret@h""#, #"  "uri" : "(left out)""#),
        (
            #"  "connectionString" : "mongodb://u:a secret@h","#,
            #"  "connectionString" : "mongodb://u:***@h","#
        ),
    ])
    func ofAValueOnlyNamesAndFiguresAreVouchedFor(line: String, shown: String) {
        #expect(VouchedLine.of(line) == shown)
    }

    /// A folder with a `journalctl` of its own, to be found first.
    private func path(_ scratch: ScratchFolder, journalctl: String) throws -> [String: String] {
        let folder = scratch.path + "/bin"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try "#!/bin/sh\n\(journalctl)\n".write(
            toFile: folder + "/journalctl", atomically: true, encoding: .utf8)
        chmod(folder + "/journalctl", 0o700)
        return ["PATH": "\(folder):/usr/bin:/bin"]
    }

    @Test(arguments: ["--user-unit lagzero-agent ", "--unit lagzero-agent@"])
    func t17WithoutAFileTheLogIsThatOfSystemd(unit: String) async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        _ = try await leave(in: folder)
        let journal = try path(
            scratch,
            journalctl: """
                echo 'a hint for people' >&2
                case "$*" in
                *'\(unit)'*) echo '2026-11-23T02:00:00 agent: tried \(Self.uri), \(Self.password)' ;;
                esac
                """)
        let text = try await bundle(of: folder, in: scratch, environment: journal)
        for part in [
            "== Log of the agent, kept by systemd ==\njournalctl \(unit.dropLast())",
            "agent: tried mongodb://anna:",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!text.contains("a hint") && !text.contains("elsewhere"))
        try await scratch.remove()
    }

    /// As under systemd, beside the file of one that a wizard had started.
    @Test func theFileOfAnEarlierAgentIsNotTakenForThatOfTheOneThatRuns() async throws {
        let session = try WizardSession()
        let agent = try LagzeroProcess(["agent", "run", "--state", session.folder.path])
        try await eventually("it runs", within: .seconds(60)) {
            InstanceLock.holder(of: session.folder) != nil
        }
        try Data("long ago\n".utf8).write(to: URL(filePath: session.folder.log))
        chmod(session.folder.log, 0o600)
        let with = try path(session.scratch, journalctl: "echo today")
        let told = try await bundle(of: session.folder, in: session.scratch, environment: with)
        #expect(told.contains("log, last written at ") && told.contains("long ago"))
        #expect(told.contains("kept by systemd ==\njournalctl --user-unit lagzero-agent:\ntoday\n"))
        let without = try path(session.scratch, journalctl: "exit 1")
        let silent = try await bundle(of: session.folder, in: session.scratch, environment: without)
        for part in [
            "The agent that runs does not write to \(session.folder.log).",
            "which tells nothing here:", "\n    journalctl --user-unit lagzero-agent\n",
            "\n    journalctl --unit lagzero-agent@",
        ] { #expect(silent.contains(part), "\(part)") }
        try await session.end()
        _ = try await agent.status()
    }

    @Test func aJournalThatHangsIsNotWaitedFor() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        _ = try await leave(in: folder)
        let journal = try path(scratch, journalctl: "exec tail -f /dev/null")
        let begun = ContinuousClock.now
        let text = try await bundle(of: folder, in: scratch, environment: journal)
        #expect(ContinuousClock.now - begun < .seconds(60))
        #expect(text.contains("There is no \(folder.log)."))
        try await scratch.remove()
    }

    @Test func whereThereIsNothingItSaysSo() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path + "/state")
        #expect(try await bundle(of: folder, in: scratch).contains("No agent runs"))
        let one = try await LagzeroProcess.run(
            ["support", "0123456789abcdef01234567", "--state", folder.path])
        #expect(one.status == 2 && one.errors.contains("there is no migration"))
        try await scratch.remove()
    }
}
