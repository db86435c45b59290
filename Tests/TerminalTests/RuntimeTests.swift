import Foundation
import Glibc
import TerminalEmulator
import Testing

/// A real program on a real pseudo-terminal.
@Suite struct RuntimeTests {
    private static let leave = "\u{1b}[?1049l"

    private func start(
        _ environment: [String: String] = [:], arguments: [String] = [], columns: Int = 80,
        rows: Int = 24
    ) throws -> PseudoTerminal {
        let own = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]
        return try PseudoTerminal(
            PseudoTerminal.program("terminal-example"), arguments,
            environment: own.merging(environment) { $1 }, columns: columns, rows: rows)
    }

    /// Sends the key and returns the bytes up to the text.
    private func press(_ key: String, _ terminal: PseudoTerminal, until text: String) throws
        -> [UInt8]
    {
        let start = terminal.output.count
        terminal.send(key)
        return try terminal.expect(text, from: start)
    }

    private func exited(_ status: Int32, with code: Int32) -> Bool {
        status & 0x7f == 0 && (status >> 8) & 0xff == code
    }

    @Test func theTerminalIsLeftAsItWasFound() throws {
        let terminal = try start()
        let found = terminal.settings()
        try terminal.expect("count=0")
        #expect(terminal.settings() != found)
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
        #expect(terminal.settings() == found)
        #expect(terminal.text.contains(Self.leave))
        #expect(terminal.text.contains("\u{1b}[?2004l"))
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func aSignalThatEndsItLeavesTheTerminalAsItWasFound(signal: Int32) throws {
        let terminal = try start()
        let found = terminal.settings()
        try terminal.expect("count=0")
        kill(terminal.child, signal)
        #expect(try exited(terminal.end(), with: 0))
        #expect(terminal.settings() == found)
        #expect(terminal.text.contains(Self.leave))
    }

    @Test func aTrapLeavesTheTerminalAsItWasFound() throws {
        let terminal = try start(["SWIFT_BACKTRACE": "enable=no"])
        let found = terminal.settings()
        try terminal.expect("count=0")
        terminal.send("x")
        let status = try terminal.end()
        #expect([SIGILL, SIGTRAP].contains(status & 0x7f))
        #expect(terminal.settings() == found)
        // Why it has ended can be read: it stands behind the screen, not on it.
        let parts = terminal.text.components(separatedBy: Self.leave)
        #expect(parts.count == 2)
        #expect(parts.last?.contains("Fatal error: Index out of range") == true)
        #expect(parts.first?.contains("Fatal error") == false)
    }

    @Test func whatLibrariesSayIsSaidWhenTheTerminalIsGivenBack() throws {
        let terminal = try start()
        try terminal.expect("count=0")
        terminal.send("e")
        _ = try press("n", terminal, until: "1")
        #expect(!terminal.text.contains("said by a library"))
        terminal.send("q")
        try terminal.end()
        let parts = terminal.text.components(separatedBy: Self.leave)
        #expect(parts.count == 2 && parts.last?.contains("said by a library") == true)
    }

    @Test func aStoppedProgramGivesTheTerminalBackAndTakesItAgain() throws {
        let program = try PseudoTerminal.program("terminal-example")
        for stop in ["signal", "key"] {
            let terminal = try PseudoTerminal(
                "/bin/bash",
                [
                    "--norc", "-c",
                    "set -m; \(program); echo STOPPED; read -r; fg >/dev/null; echo ENDED",
                ],
                environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"])
            let found = terminal.settings()
            try terminal.expect("resumes=0")
            if stop == "key" { terminal.send("\u{1a}") } else { kill(terminal.foreground, SIGTSTP) }
            try terminal.expect("STOPPED")
            #expect(terminal.settings() == found)
            #expect(terminal.text.contains(Self.leave))
            let stopped = terminal.output.count
            terminal.send("\n")
            try terminal.expect("resumes=", from: stopped)
            try terminal.expect("1", from: stopped)
            let again = Array(terminal.output[stopped...])
            #expect(again.contains(Array("\u{1b}[?1049h".utf8)))
            #expect(again.contains(Array("EXAMPLE".utf8)))
            terminal.send("q")
            try terminal.expect("ENDED", from: stopped)
            try terminal.end()
            #expect(terminal.settings() == found)
        }
    }

    @Test func aTypedKeyCostsAtMostSixteenBytes() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        _ = try press("/", terminal, until: "\u{1b}[?25h")
        for key in ["a", "x", "7"] {
            #expect(try press(key, terminal, until: "\(key)\u{1b}[m").count <= 16)
        }
    }

    @Test func aChangedNumberCostsAtMostThirtyTwoBytes() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        for count in 1...5 {
            #expect(
                try press("n", terminal, until: "\(count)\u{1b}[39m\u{1b}[m").count <= 32)
        }
    }

    @Test func everyFrameIsOneWriteAndAnUnchangedScreenNone() throws {
        let report = FileManager.default.temporaryDirectory.appendingPathComponent(
            "frames-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: report) }
        let terminal = try start(arguments: [report.path])
        try terminal.expect("漢字")
        _ = try press("j", terminal, until: "j")
        // The same key again changes nothing, the one after it does.
        terminal.send("jj")
        _ = try press("n", terminal, until: "1")
        terminal.send("q")
        try terminal.end()
        let lines = try String(contentsOf: report, encoding: .utf8).split(separator: "\n")
        let frames = lines[2].split(separator: " ").compactMap { Int($0) }
        #expect(lines[0] == "exit")
        #expect(frames.count == 3)
        #expect(frames[0] <= 2_500)
        // And one that gives the terminal back.
        #expect(Int(lines[3]) == frames.count + 1)
        let leaving = terminal.text.range(of: "\u{1b}[?2004l").map {
            terminal.text[$0.lowerBound...].utf8.count
        }
        #expect(frames.reduce(0, +) == terminal.output.count - (leaving ?? 0))
    }

    @Test func anAnswerFromOutsideIsDrawn() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        #expect(try press("a", terminal, until: "1").count <= 32)
    }

    @Test func theFrameIsSentBeforeWhatItsKeyBeginsOutside() throws {
        let report = FileManager.default.temporaryDirectory.appendingPathComponent(
            "effects-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: report) }
        let terminal = try start(arguments: [report.path])
        try terminal.expect("漢字")
        terminal.send("l")
        try terminal.wait("its frame") { terminal.screen.contains("key=l") }
        try terminal.wait("its end") {
            terminal.send("j")
            return terminal.screen.contains("answers=1")
        }
        terminal.send("q")
        try terminal.end()
        let lines = try String(contentsOf: report, encoding: .utf8).split(separator: "\n")
        // The first page and that of the key; one of the keys after it may be sent before the effect runs.
        #expect(try #require(Int(lines[4])) >= 2)
    }

    @Test func whatIsLookedForIsSeenWithWhateverHappensNext() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        terminal.send("l")
        // It is left there at any time after the key.
        try terminal.wait("the answer") {
            terminal.send("j")
            return terminal.screen.contains("answers=1")
        }
    }

    @Test func bellTitleAndClipboardSendNothingElse() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        #expect(try press("b", terminal, until: "\u{7}") == [7])
        #expect(try press("t", terminal, until: "\u{7}") == Array("\u{1b}]2;count\u{7}".utf8))
        #expect(try press("y", terminal, until: "\u{7}") == Array("\u{1b}]52;c;Y29waWVk\u{7}".utf8))
    }

    @Test func theMouseIsReportedOnlyWhenAskedForAndGivenBack() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        #expect(!terminal.text.contains("\u{1b}[?1000h"))
        _ = try press("m", terminal, until: "\u{1b}[?1000h\u{1b}[?1006h")
        // A press and its release, on the counter and beside it.
        terminal.send("\u{1b}[<0;3;3M\u{1b}[<0;3;3m")
        try terminal.wait("a click") { terminal.screen.contains("count=1") }
        terminal.send("\u{1b}[<0;30;3M\u{1b}[<0;30;3mj")
        try terminal.wait("the key behind it") { terminal.screen.contains("key=j") }
        #expect(terminal.screen.contains("count=1"))
        // What another program has switched off is on again.
        let before = terminal.output.count
        kill(terminal.child, SIGSTOP)
        kill(terminal.child, SIGCONT)
        try terminal.expect("\u{1b}[?1000h\u{1b}[?1006h", from: before)
        terminal.send("q")
        try terminal.end()
        #expect(terminal.text.contains("\u{1b}[?1006l\u{1b}[?1000l"))
    }

    @Test(arguments: ["vt100", "linux"]) func aTerminalWithoutAMouseSaysSo(term: String) throws {
        let terminal = try start(["TERM": term])
        try terminal.expect("漢字")
        _ = try press("m", terminal, until: "NO MOUSE")
        terminal.send("q")
        try terminal.end()
        #expect(!terminal.text.contains("\u{1b}[?100"))
    }

    @Test func whatWasTypedAheadInTheSameReadIsDropped() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        // In one write: after the key that opens the dialog, nothing of it counts.
        terminal.send("n!shop\r\rn")
        try terminal.wait("the dialog") { terminal.screen.contains("Type shop to confirm:") }
        #expect(terminal.screen.contains("count=1"))
        for key in ["s", "h", "o", "p"] { _ = try press(key, terminal, until: key) }
        terminal.send("\r\r")
        try terminal.wait("the end of it") { !terminal.screen.contains("to confirm:") }
        terminal.send("n")
        try terminal.wait("a key after it") { terminal.screen.contains("count=2") }
    }

    @Test func charactersThatComeAtOnceAreAPasteOnlyWhereOneIsRefused() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        _ = try press("!", terminal, until: "confirm")
        terminal.send("shop\r\r")
        try terminal.wait("the refusal") { terminal.screen.contains("pasting is refused here") }
        #expect(terminal.screen.contains("Type shop to confirm:"))
        terminal.send("\u{1b}")
        try terminal.wait("the end of it") { !terminal.screen.contains("to confirm:") }
        terminal.send("nnn/shop")
        try terminal.wait("letters") {
            terminal.screen.contains("count=3") && terminal.screen.contains("shop")
        }
    }

    @Test func noColourMeansNotOneByteOfColour() throws {
        for (value, hasColours) in [("1", false), ("", true)] {
            let terminal = try start(["NO_COLOR": value])
            try terminal.expect("漢字")
            terminal.send("nnq")
            try terminal.end()
            let found = terminal.text.contains(/\x1b\[[0-9;]*(?:[34][0-9]|9[0-7]|10[0-7])[0-9;]*m/)
            #expect(found == hasColours)
            #expect(terminal.text.contains(/\x1b\[(0;)?1m/))
        }
    }

    @Test(arguments: [
        "xterm-256color", "screen", "tmux-256color", "linux", "vt100", "xterm-kitty",
        "putty-256color", "unheard-of",
    ])
    func itRunsOnEveryTerminal(term: String) throws {
        let terminal = try start(["TERM": term])
        try terminal.expect("EXAMPLE")
        try terminal.expect("漢字")
        _ = try press("n", terminal, until: "1")
        _ = try press("\u{1b}[A", terminal, until: "Up")
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
    }

    @Test(arguments: ["dumb", ""])
    func aTerminalWithoutAScreenIsRefused(term: String) throws {
        let terminal = try start(["TERM": term])
        #expect(try exited(terminal.end(), with: 3))
        #expect(terminal.text.contains("plain mode"))
    }

    @Test func aTerminalThatNothingDescribesIsReadLineByLine() throws {
        let terminal = try start(["ONLY_TERM": "unheard-of"])
        let found = terminal.settings()
        try terminal.expect("No terminal like unheard-of is known on this machine.")
        try terminal.expect("Count (n)")
        terminal.send("n\r")
        try terminal.expect("count=1")
        // There still is none, and what was typed behind it is not lost.
        terminal.send("screen\rn\rq\r")
        #expect(try exited(terminal.end(), with: 0))
        #expect(terminal.settings() == found)
        #expect(terminal.text.contains("count=2"))
        #expect(!terminal.text.contains("\u{1b}"))
    }

    @Test func withoutUTF8OnlyASCIIIsSent() throws {
        let terminal = try start(["LC_ALL": "C"])
        try terminal.expect("size=80x24")
        terminal.send("q")
        try terminal.end()
        #expect(terminal.output.allSatisfy { $0 < 0x80 })
        #expect(terminal.text.contains("Gr??e"))
        #expect(terminal.text.contains("+-"))
    }

    @Test func theEnvironmentDoesNotOverruleTheSize() throws {
        let terminal = try start(["LINES": "10", "COLUMNS": "20"], columns: 100, rows: 30)
        try terminal.expect("size=100x30")
    }

    @Test func aTerminalThatIsTooSmallSaysSoAndRecovers() throws {
        let terminal = try start(columns: 40, rows: 10)
        try terminal.expect("needs 60x18")
        terminal.send("n")
        terminal.resize(80, 24)
        try terminal.expect("count=1")
        try terminal.expect("size=80x24")
    }

    @Test func aStormOfResizesIsPaintedOnceOrTwice() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        let before = terminal.output.count
        for step in 1...30 { terminal.resize(80 + step, 24 + step % 7) }
        try terminal.expect("size=110x26", from: before)
        try terminal.expect("漢字", from: before)
        let paints = terminal.text.split(separator: "EXAMPLE").count - 2
        #expect(paints <= 2)
    }

    @Test func afterAStopByOthersTheTerminalIsTakenAgain() throws {
        let terminal = try start()
        try terminal.expect("resumes=0")
        let before = terminal.output.count
        kill(terminal.child, SIGSTOP)
        kill(terminal.child, SIGCONT)
        try terminal.expect("resumes=", from: before)
        try terminal.expect("漢字", from: before)
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
    }

    @Test func aTerminalThatHasGoneEndsTheRunEvenWithoutASignal() throws {
        let report = FileManager.default.temporaryDirectory.appendingPathComponent(
            "end-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: report) }
        let program = try PseudoTerminal.program("terminal-example")
        let terminal = try PseudoTerminal(
            "/bin/bash",
            ["--norc", "-c", "trap '' HUP; exec \(program) \(report.path)"],
            environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"])
        try terminal.expect("漢字")
        terminal.hangUp()
        #expect(try exited(terminal.end(), with: 0))
        #expect(try String(contentsOf: report, encoding: .utf8).hasPrefix("hungUp"))
    }

    @Test func framesForATerminalThatDoesNotReadAreDropped() throws {
        let terminal = try start()
        try terminal.expect("漢字")
        // Every r paints the whole screen, until the terminal takes no more.
        var isFull = false
        for _ in 0..<200 where !isFull {
            let before = terminal.unread
            terminal.send("r")
            isFull = !terminal.grows(beyond: before)
        }
        #expect(isFull)
        let seen = terminal.output.count
        let stalled = terminal.unread
        terminal.send("nnnrrrrrnn")
        try terminal.expect("count=5", from: seen)
        try terminal.expect("漢字", from: seen + stalled)
        #expect(terminal.output.count - seen - stalled < 3 * 1_500)
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
    }

    // MARK: Slow links

    /// Shown, and its first question answered; from here on the test answers.
    private func answeredOnce() throws -> PseudoTerminal {
        let terminal = try start()
        try terminal.expect("漢字")
        _ = try press("n", terminal, until: "1")
        terminal.answers = false
        return terminal
    }

    @Test func framesWaitUntilTheTerminalHasSeenTheLastOnes() throws {
        let terminal = try answeredOnce()
        let seen = terminal.output.count
        // All that is sent is read, but nothing of it is seen yet: r paints until the window is full.
        var isHeld = false
        for _ in 0..<20 where !isHeld {
            let before = terminal.output.count
            terminal.send("r")
            terminal.listen(for: .milliseconds(300))
            isHeld = terminal.output.count == before
        }
        #expect(isHeld)
        let held = terminal.output.count
        #expect(held - seen < 2_048 + 1_500)
        terminal.send("nnn")
        terminal.answer()
        terminal.answers = true
        try terminal.expect("count=4", from: held)
        #expect(terminal.output.count - held < 2 * 1_500)
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
    }

    @Test func aTerminalThatNeverAnswersIsPaintedAllTheSame() throws {
        let terminal = try start()
        terminal.answers = false
        try terminal.expect("漢字")
        for _ in 0..<5 {
            let before = terminal.output.count
            terminal.send("r")
            try terminal.expect("漢字", from: before)
        }
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
        #expect(terminal.output.split(separator: Array("\u{1b}[5n".utf8)).count == 2)
    }

    @Test func aTerminalWithoutAReportOfItsCursorIsAskedNothing() throws {
        let terminal = try start(["ONLY_TERM": "pcansi"])
        try terminal.expect("count=0")
        terminal.send("q")
        #expect(try exited(terminal.end(), with: 0))
        #expect(!terminal.output.contains(Array("\u{1b}[5n".utf8)))
    }

    @Test func anAnswerOnItsWayIsNotLeftToTheShell() throws {
        let program = try PseudoTerminal.program("terminal-example")
        let terminal = try PseudoTerminal(
            "/bin/bash",
            ["--norc", "-c", "\(program); if read -t 0; then echo MORE; else echo NOTHING; fi"],
            environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"])
        try terminal.expect("漢字")
        _ = try press("n", terminal, until: "1")
        terminal.answers = false
        _ = try press("r", terminal, until: "\u{1b}[5n")
        terminal.send("q")
        terminal.listen(for: .milliseconds(200))
        #expect(!terminal.text.contains(Self.leave))
        terminal.answer()
        try terminal.expect("NOTHING")
        try terminal.end()
    }
}
