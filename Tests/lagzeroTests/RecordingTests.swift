import ControlAPI
import Foundation
import Sandbox
import TerminalEmulator
import Testing

/// The real program records what it shows, and shows it again.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RecordingTests {
    private static let secret = "geheim-hunter2"

    @Test func t17ASessionIsRecordedWithoutSecretsAndShownAgain() async throws {
        let session = try WizardSession()
        let file = session.scratch.path + "/night.cast"
        let terminal = try session.open([:], ["--record", file])
        try terminal.shows("None yet")
        try terminal.send("a", until: "Connection string")
        terminal.paste("mongodb://anna:\(Self.secret)@127.0.0.1:1/?replicaSet=rs0")
        try terminal.send("\t", until: "replicaSet=rs0")
        terminal.resize(100, 30)
        try terminal.wait("the other size") { terminal.emulated.lines.count == 30 }
        try terminal.send("\u{1b}", until: "None yet")
        let shown = terminal.emulated.lines
        terminal.send("d")
        #expect(try terminal.endsWell())
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!text.contains(Self.secret))
        #expect(text.hasPrefix("{\"version\": 2, \"width\": 80, \"height\": 24, "))
        #expect(text.contains("\"r\", \"100x30\""))
        var information = stat()
        #expect(stat(file, &information) == 0 && information.st_mode & 0o777 == 0o600)

        let small = try session.open([:], ["--replay", file])
        #expect(try small.end() >> 8 & 0xff == 2)
        #expect(small.text.contains("--replay needs 100x30, this terminal is 80x24"))
        let replay = try session.open([:], ["--replay", file], columns: 100, rows: 30)
        let found = replay.settings()
        try replay.shows("Connection string")
        try replay.wait("the last frame") {
            // The clocks and what is said go on.
            Array(replay.emulated.lines[3..<20]) == Array(shown[3..<20])
        }
        #expect(try replay.endsWell())
        #expect(replay.settings() == found)
        try await session.end()
    }

    /// Its lines wrap and scroll.
    @Test func aSessionReadLineByLineIsShownWhereItWasRecorded() async throws {
        let session = try WizardSession()
        for (columns, rows, size) in [(80, 24, (80, 24)), (200, 60, (80, 24)), (60, 20, (60, 20))] {
            let file = session.scratch.path + "/\(columns).cast"
            let terminal = try session.open(
                [:], ["--plain", "--record", file], columns: columns, rows: rows)
            try terminal.hears("1. current: Migrate from Atlas")
            terminal.send("q\r")
            #expect(try terminal.endsWell())
            let head = try String(contentsOfFile: file, encoding: .utf8).prefix { $0 != "\n" }
            #expect(head.contains("\"width\": \(size.0), \"height\": \(size.1),"), "\(head)")
            let replay = try session.open(
                [:], ["--replay", file], columns: size.0, rows: size.1)
            try replay.hears("1. current: Migrate from Atlas")
            #expect(try replay.endsWell())
        }
        try await session.end()
    }

    @Test func aStartThatFailsLeavesNoRecordingAndTheNextOneIsMade() async throws {
        let session = try WizardSession()
        let file = session.scratch.path + "/night.cast"
        let wrong = try session.open([:], ["--record", file, "--migration", "typo"])
        #expect(try wrong.end() >> 8 & 0xff == 2)
        #expect(wrong.text.contains("there is no migration 'typo'"))
        #expect(!FileManager.default.fileExists(atPath: file))
        let terminal = try session.open([:], ["--record", file])
        try terminal.shows("None yet")
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("None yet"))
        try await session.end()
    }

    @Test func whatCannotBeRecordedOrShownIsRefused() async throws {
        let session = try WizardSession()
        let file = session.scratch.path + "/some.cast"
        try Data("something\n".utf8).write(to: URL(filePath: file))
        for (arguments, reason) in [
            (["--record", file], "File exists"), (["--replay", file], "no recording"),
            (["--replay", file + ".none"], "--replay"),
        ] {
            let terminal = try session.open([:], arguments)
            let status = try terminal.end()
            #expect((status >> 8) & 0xff == 2)
            #expect(terminal.text.contains(reason), "\(terminal.text)")
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "something\n")
        try await session.end()
    }

    /// The file system takes no more than a part of it, and what was typed cannot be kept in a file that others may read.
    @Test func aRecordingIsEndedWhereWhatWasTypedCannotBeKept() async throws {
        let session = try WizardSession()
        let state = ["--state", session.folder.path]
        // An agent that the wizard started would have its limit.
        #expect(try await LagzeroProcess.run(["clusters", "list"] + state).status == 0)
        try Data("{}".utf8).write(to: URL(filePath: session.folder.wizard))
        chmod(session.folder.wizard, 0o644)
        let file = session.scratch.path + "/night.cast"
        let terminal = try session.openWithSmallFiles(["--record", file])
        try terminal.shows("None yet")
        terminal.send("d")
        #expect(try terminal.end() >> 8 & 0xff == 1)
        #expect(terminal.text.contains("others may read or change"), "\(terminal.text)")
        #expect(
            terminal.text.contains("The recording \(file) is not complete: File too large"),
            "\(terminal.text)")
        chmod(session.folder.wizard, 0o600)
        try await session.end()
    }
}
