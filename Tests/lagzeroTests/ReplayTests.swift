import Foundation
import Sandbox
import Terminal
import TerminalEmulator
import Testing

@testable import lagzero

/// A recording on the terminal of the real program, and how it is left.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReplayTests {
    private static let enter = "\u{1b}[?1049h"
    private static let leave = "\u{1b}[?1049l"

    /// Its first frame at once, and the last one after more than any test takes.
    private func recording(
        in session: WizardSession, _ first: String = enter + "\u{1b}[2J\u{1b}[3;1HTHE PAGE"
    ) throws -> String {
        let pauses = (1...200).map { "[\($0 * 2), \"o\", \"\"]" }
        let frame = String(decoding: try JSONEncoder().encode(first), as: UTF8.self)
        let lines =
            ["{\"version\": 2, \"width\": 80, \"height\": 24}", "[0.1, \"o\", \(frame)]"] + pauses
        let file = session.scratch.path + "/some.cast"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
        return file
    }

    @Test(arguments: ["q", "\u{1b}", "\u{3}"])
    func aKeyLeavesItAndTheTerminalIsAsFound(key: String) async throws {
        let session = try WizardSession()
        let terminal = try session.open([:], ["--replay", recording(in: session)])
        let found = terminal.settings()
        try terminal.shows("THE PAGE")
        terminal.send("x\r")
        terminal.send(key)
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found && terminal.emulated.isAsFound)
        #expect(terminal.screen.contains(/The recording was left at 0:\d\d of 6:42\./))
        #expect(!terminal.screen.contains("x"), "\(terminal.screen)")
        try await session.end()
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalLeavesItToo(signal: Int32) async throws {
        let session = try WizardSession()
        let terminal = try session.open([:], ["--replay", recording(in: session)])
        try terminal.shows("THE PAGE")
        kill(terminal.child, signal)
        #expect(try terminal.endsWell())
        #expect(terminal.emulated.isAsFound)
        try await session.end()
    }

    @Test(arguments: [true, false])
    func whileItIsStoppedTheTerminalIsTheShells(byKey: Bool) async throws {
        let session = try WizardSession()
        let terminal = try session.openFromShell(["--replay", recording(in: session)])
        let found = terminal.settings()
        try terminal.shows("THE PAGE")
        if byKey { terminal.send("\u{1a}") } else { kill(terminal.foreground, SIGTSTP) }
        try terminal.expect("STOPPED")
        #expect(terminal.settings() == found && terminal.emulated.isAsFound)
        let stopped = terminal.output.count
        terminal.send("\n")
        try terminal.expect("THE PAGE", from: stopped)
        #expect(terminal.emulated.lines[2] == "THE PAGE")
        terminal.send("q")
        try terminal.expect("ENDED", from: stopped)
        try terminal.end()
        #expect(terminal.settings() == found && terminal.emulated.isAsFound)
        try await session.end()
    }

    @Test func aTerminalThatBecomesTooSmallEndsItAndAnyOtherSizeDoesNot() async throws {
        let session = try WizardSession()
        let terminal = try session.open([:], ["--replay", recording(in: session)])
        try terminal.shows("THE PAGE")
        // Painted anew, as a terminal may have moved it.
        terminal.resize(100, 30)
        try terminal.shows("THE PAGE")
        terminal.resize(79, 24)
        #expect(try terminal.end() >> 8 & 0xff == 2)
        #expect(terminal.text.contains("--replay needs 80x24, this terminal is 79x24"))
        #expect(terminal.text.contains(Self.leave))
        try await session.end()
    }

    /// Such a sequence would put the cursor where it was stored, or nowhere.
    @Test func aScreenThatWasNeverShownIsNotLeft() async throws {
        let session = try WizardSession()
        let terminal = try session.open(
            [:], ["--replay", recording(in: session, "one line\nanother")])
        try terminal.shows("another")
        #expect(terminal.emulated.lines[1] == "another")
        terminal.send("q")
        #expect(try terminal.endsWell())
        #expect(!terminal.text.contains("?1049"))
        try await session.end()
    }

    @Test(arguments: ["dumb", ""])
    func aTerminalWithoutAScreenIsToldWhatToDo(term: String) async throws {
        let session = try WizardSession()
        let terminal = try session.open(
            ["TERM": term], ["--replay", recording(in: session)], columns: 200)
        #expect(try terminal.end() >> 8 & 0xff == 2)
        #expect(terminal.text.contains("TERM says that this one has none; if it has one, set TERM"))
        #expect(!terminal.text.contains("\u{1b}"))
        try await session.end()
    }

    @Test func aRecordingFromTheScreenToLinesAndBackIsShownAsItWas() async throws {
        let session = try WizardSession()
        let terminal = try session.open([:], ["--record", session.recording])
        try terminal.shows("None yet")
        // F2, as an xterm has it.
        terminal.send("\u{1b}OQ")
        try terminal.hears("1. current: Migrate from Atlas")
        terminal.send("screen\r")
        try terminal.wait("the screen") { terminal.screen.contains("a Add a cluster") }
        terminal.send("d")
        #expect(try terminal.endsWell())
        let replay = try Replay(path: session.recording)
        var emulator = Emulator(replay.size)
        var (lines, last) = (0, false)
        for frame in replay.frames {
            emulator.feed(Array(frame.content.utf8))
            let shown = emulator.lines.joined(separator: "\n")
            let isOfLines = frame.content.contains("current: Migrate from Atlas")
            if isOfLines {
                lines += 1
                // Nothing of the screen is left between them.
                #expect(!shown.contains("a Add a cluster"), "\(shown)")
                #expect(emulator.isAsFound)
            }
            last = shown.contains("a Add a cluster") && !shown.contains("current: Migrate")
        }
        #expect(lines == 1 && last, "\(emulator.lines)")
        try await session.end()
    }
}
