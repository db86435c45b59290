import ControlAPI
import Foundation
import Glibc
import Sandbox
import Terminal
import TerminalEmulator
import Testing

@testable import Agent
@testable import Wizard
@testable import lagzero

/// The wizard on whatever terminal it may meet: the real program on a real pseudo-terminal, with an agent of its own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WizardTerminalTests {
    // MARK: Sizes, locales, colours, kinds of terminals

    struct Kind: Sendable, CustomTestStringConvertible {
        var number: String
        var columns = 80
        var rows = 24
        var term = "xterm-256color"
        var environment: [String: String] = [:]
        var arguments: [String] = []
        var isASCII = false
        var colours = 256

        var testDescription: String {
            "\(number): \(columns)x\(rows), \(term), \(environment), \(arguments)"
        }
        var canTitle: Bool {
            ["xterm", "tmux", "screen"].contains { term.hasPrefix($0) }
        }
    }

    private static let kinds =
        [(60, 18), (120, 40), (200, 60)].map { Kind(number: "T1", columns: $0, rows: $1) } + [
            Kind(number: "T3", environment: ["LC_ALL": "", "LANG": "C.UTF-8"]),
            Kind(number: "T3", environment: ["LC_ALL": "C"], isASCII: true),
            Kind(number: "T3", environment: ["LC_ALL": "no_WHERE.UTF-8"], isASCII: true),
            Kind(
                number: "T3", environment: ["LC_ALL": "C.UTF-8"], arguments: ["--ascii"],
                isASCII: true),
            Kind(number: "T4", environment: ["NO_COLOR": "1"], colours: 0),
            Kind(number: "T4", term: "xterm-of-16", colours: 16),
            Kind(number: "T4", term: "xterm", colours: 8),
            Kind(number: "T5", term: "screen", colours: 8),
            Kind(number: "T5", term: "tmux-256color"),
            Kind(number: "T5", term: "linux", colours: 8),
            Kind(number: "T5", columns: 60, rows: 18, term: "vt100", isASCII: true, colours: 0),
            Kind(number: "T5", term: "xterm-kitty"),
            Kind(number: "T5", term: "unheard-of"),
        ]

    @Test(arguments: kinds)
    func t1t3t4t5t15TheWizardIsUsedAndTheTerminalLeftAsItWasFound(kind: Kind) async throws {
        let session = try WizardSession()
        var environment = kind.environment
        environment["TERM"] = kind.term
        if kind.isASCII, environment["LC_ALL"] == nil { environment["LC_ALL"] = "C" }
        if kind.term == "xterm-of-16" {
            environment["TERMINFO"] = try describe(
                kind.term, "colors#16, use=xterm-256color", in: session.scratch)
        }
        let terminal = try session.open(
            environment, kind.arguments, columns: kind.columns, rows: kind.rows)
        let found = terminal.settings()
        try terminal.shows("None yet")
        #expect(terminal.emulated.title == (kind.canTitle ? "lagzero" : "shell"))
        try terminal.send("?", until: "Everywhere")
        terminal.send("q")
        try terminal.wait("the end of the help") { !terminal.screen.contains("Everywhere") }
        try terminal.send("\r", until: "Before you begin   0 of 8")
        // As terminals send it in one mode and in the other.
        try terminal.send("\u{1b}[B ", until: "Before you begin   1 of 8")
        try terminal.send("\u{1b}OB ", until: "Before you begin   2 of 8")
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        #expect(terminal.emulated.isAsFound)
        #expect(terminal.emulated.unknown == [])
        let farewell = "Detached from the agent. Open the wizard again with: lagzero"
        #expect(terminal.emulated.lines.filter { !$0.isEmpty } == [farewell])
        #expect(terminal.output.allSatisfy { $0 < 0x80 } == kind.isASCII)
        expectColours(of: kind, in: terminal.text)
        try await session.end()
    }

    private func expectColours(of kind: Kind, in text: String) {
        let palette = text.matches(of: /\x1b\[[0-9;]*[34]8;5;([0-9]+)/).compactMap { Int($0.1) }
        let bright = text.contains(/\x1b\[[0-9;]*(?:9[0-7]|10[0-7])[0-9;]*m/)
        let any = text.contains(/\x1b\[[0-9;]*(?:[34][0-9]|9[0-7]|10[0-7])[0-9;]*m/)
        switch kind.colours {
        case 0: #expect(!any)
        case 8: #expect(any && !bright && palette.isEmpty)
        case 16: #expect(any && palette.allSatisfy { $0 < 16 })
        default: #expect(palette.contains { $0 >= 16 })
        }
    }

    /// Returns a folder with the description of a terminal.
    private func describe(
        _ name: String, _ capabilities: String, in scratch: ScratchFolder
    ) throws -> String {
        let source = scratch.path + "/terminal"
        try "\(name)|for a test,\n\t\(capabilities),\n".write(
            toFile: source, atomically: true, encoding: .utf8)
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/tic")
        compiler.arguments = ["-x", "-o", scratch.path + "/terminfo", source]
        try compiler.run()
        compiler.waitUntilExit()
        #expect(compiler.terminationStatus == 0)
        return scratch.path + "/terminfo"
    }

    @Test func t1t2WhatIsTooSmallSaysSoAndAStormOfResizesIsPaintedOnceOrTwice() async throws {
        let session = try WizardSession()
        let terminal = try session.open(columns: 40, rows: 10)
        let found = terminal.settings()
        try terminal.shows("lagzero needs 60x18, this is 40x10")
        #expect(terminal.screen.split(separator: "\n").count == 1)
        // Its keys act all the same.
        terminal.send("\r")
        terminal.resize(80, 24)
        try terminal.shows("Before you begin   0 of 8")
        let before = terminal.output.count
        let begin = ContinuousClock.now
        for step in 1...30 { terminal.resize(30 + 3 * step, 10 + step) }
        let duration = ContinuousClock.now - begin
        try terminal.shows("Before you begin   0 of 8")
        try terminal.send(" ", until: "Before you begin   1 of 8")
        // Each is complete, and says where it is once.
        let text = String(decoding: terminal.output[before...], as: UTF8.self)
        let paints = text.split(separator: "Before you begin", omittingEmptySubsequences: false)
        // More where this loop was held up for as long as a window stands still.
        #expect(paints.count - 1 <= 2 + 2 * Int(duration / .milliseconds(60)))
        #expect(terminal.emulated.unknown == [])
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        try await session.end()
    }

    @Test func themesOfTheUserAreThereAndABrokenOneIsNamed() async throws {
        let session = try WizardSession()
        let folder = session.scratch.path + "/config/lagzero/themes"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        func look(_ name: String, _ colour: String) -> String {
            "name: \(name)\nroles: { text: { 256: \(colour), 16: red, mono: normal } }\n"
        }
        for (file, text) in [
            ("standard.yaml", look("atlas-dark", "'99'")), ("own.yaml", look("own", "'141'")),
            ("broken.yaml", look("broken", "greenish")),
        ] {
            try text.write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)
        }
        let changes = ["XDG_CONFIG_HOME": session.scratch.path + "/config"]
        let terminal = try session.open(changes, columns: 200)
        try terminal.shows("\(folder)/broken.yaml is left out")
        try terminal.shows("greenish")
        #expect(terminal.text.contains("38;5;99m") && !terminal.text.contains("38;5;48m"))
        for name in Theme.builtIn.dropFirst().map(\.name) + ["own"] {
            try terminal.send("T", until: "Theme \(name)")
        }
        try terminal.wait("its colour") { terminal.text.contains("38;5;141m") }
        // The choice is kept.
        terminal.send("d")
        #expect(try terminal.endsWell())
        let second = try session.open(changes, columns: 200)
        try second.shows("None yet")
        #expect(second.text.contains("38;5;141m") && !second.text.contains("38;5;99m"))
        second.send("d")
        #expect(try second.endsWell())
        try await session.end()
    }

    @Test func preferencesOfTheUserCountAndAMistakeIsNamed() async throws {
        let session = try WizardSession()
        let folder = session.scratch.path + "/config/lagzero"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let text = "theme: monochrome\nascii: true\nmouse: true\ncolour: blue\n"
        try text.write(toFile: folder + "/config.yaml", atomically: false, encoding: .utf8)
        let terminal = try session.open(
            ["XDG_CONFIG_HOME": session.scratch.path + "/config"], columns: 200)
        try terminal.shows("line 4: there is no setting colour")
        try terminal.shows("None yet")
        #expect(terminal.text.contains("\u{1b}[?1000h"))
        #expect(terminal.output.allSatisfy { $0 < 0x80 })
        #expect(!terminal.text.contains("8;5;"))
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.emulated.isAsFound)
        try await session.end()
    }

    @Test func t4TheMonochromeThemeHasNoColourWhereThereAre256() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        try terminal.shows("None yet")
        #expect(terminal.text.contains(/\x1b\[[0-9;]*[34]8;5;[0-9]+/))
        let names = Theme.builtIn.map(\.name)
        let monochrome = try #require(names.firstIndex(of: "monochrome"))
        for name in names[1...monochrome] { try terminal.send("T", until: "Theme \(name)") }
        let before = terminal.output.count
        terminal.send("\u{c}")
        try terminal.wait("another whole paint") {
            String(decoding: terminal.output[before...], as: UTF8.self).contains("None yet")
        }
        let paint = String(decoding: terminal.output[before...], as: UTF8.self)
        #expect(!paint.contains(/\x1b\[[0-9;]*[34][0-7]m/) && !paint.contains("8;5;"))
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    // MARK: Ends

    enum Cause: Sendable, CaseIterable {
        case terminated, hungUp, cut, cutUnheard, trapped, aborted

        var signal: Int32? {
            switch self {
            case .terminated: SIGTERM
            case .hungUp: SIGHUP
            case .trapped: SIGILL
            case .aborted: SIGABRT
            case .cut, .cutUnheard: nil
            }
        }
    }

    @Test(arguments: Cause.allCases)
    func t7t8t9t10HoweverItEndsTheSamePageOpensAgain(cause: Cause) async throws {
        let session = try WizardSession()
        // Where Swift is installed a crash would be looked at in a dialog of its own.
        let first =
            try cause == .cutUnheard
            ? session.openWithoutHangUps() : session.open(["SWIFT_BACKTRACE": "enable=no"])
        let found = first.settings()
        try first.shows("None yet")
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        try first.send("\r", until: "Before you begin   0 of 8")
        try first.send(" ", until: "Before you begin   1 of 8")
        try await session.keeps(ticked: 1)
        if let signal = cause.signal { kill(first.child, signal) } else { first.hangUp() }
        let status = try first.end()
        if [.trapped, .aborted].contains(cause) {
            #expect(status & 0x7f == cause.signal)
        } else {
            #expect(status == 0)
        }
        if cause.signal != nil {
            #expect(first.settings() == found)
            #expect(first.emulated.isAsFound)
        }
        #expect(InstanceLock.holder(of: session.folder)?.process == agent)
        let second = try session.open()
        try second.shows("Before you begin   1 of 8")
        try second.send("\u{3}", until: "Ctrl-C again leaves")
        second.send("\u{3}")
        #expect(try second.endsWell())
        try await session.end()
    }

    // MARK: Bad lines

    @Test func t7t11AReaderThatStallsHoldsNothingUpAndGetsOneFreshFrame() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        let found = terminal.settings()
        try terminal.shows("None yet")
        try terminal.send("\r", until: "Before you begin   0 of 8")
        let paint = terminal.output.count
        terminal.stall()
        // As many changes as the clock makes in a minute, and it goes on working.
        terminal.send(String(repeating: " ", count: 59) + "\u{1b}[B ")
        try await session.keeps(ticked: 2)
        let (seen, stalled) = (terminal.output.count, terminal.unread)
        try terminal.shows("Before you begin   2 of 8")
        #expect(terminal.output.count - seen - stalled <= 2 * paint)
        // Nor does it stay when it is asked to go meanwhile.
        terminal.stopOutput()
        kill(terminal.child, SIGTERM)
        try await eventually("it has ended", within: .seconds(60)) { terminal.hasEnded }
        #expect(terminal.settings() == found)
        #expect(try terminal.endsWell())
        try await session.end()
    }

    @Test func t11OverASlowLinkWhatNoKeyAskedForIsDrawnEveryFewSecondsAndThatIsSaid() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        try terminal.shows("None yet")
        terminal.answers = false
        // Two answers take longer than they should.
        for _ in 0..<2 {
            let before = terminal.output.count
            terminal.send("\u{c}")
            try terminal.expect("\u{1b}[5n", from: before)
            terminal.listen(for: .milliseconds(600))
            terminal.answer()
        }
        try terminal.shows("slow link, every 5 s")
        // A key is answered at once all the same.
        try terminal.send("\r", until: "Before you begin   0 of 8")
        // Clocks are left out.
        try terminal.settle(for: .milliseconds(2_500))
        // Five seconds apart.
        terminal.patience = .seconds(90)
        // The link is a good one again: four answers in time, one with every frame.
        terminal.answers = true
        terminal.answer()
        try terminal.wait("the end of the slow link") { !terminal.screen.contains("slow link") }
        try terminal.send("\u{3}", until: "Ctrl-C again leaves")
        terminal.send("\u{3}")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    @Test func t12t13WhatIsNoKeyDoesNothingAndAPastedNewlineSubmitsNothing() async throws {
        let session = try WizardSession()
        // Where a sequence may take its time.
        let terminal = try session.open(["SSH_TTY": "/dev/pts/0"])
        try terminal.shows("None yet")
        try terminal.send("a", until: "Connection string")
        // Mouse, answers, what other terminals have: no letter of it arrives.
        terminal.send(
            "x\u{1b}[1;9y\u{1b}[<0;10;5M\u{1b}[?62;4c\u{1b}P1$r0m\u{1b}\\\u{1b}]52;c;QQ==\u{7}\u{1b}z"
        )
        try terminal.send("y", until: "│ xy ")
        for byte in "\u{1b}[D-" { terminal.send(String(byte)) }
        try terminal.shows("│ x-y ")
        // The end of a paste in two parts, of which the first one was read alone.
        terminal.send("\u{15}\u{5}\u{15}\u{1b}[200~mongodb://one:27017/\r\n\u{1b}[20")
        terminal.send("1~")
        try terminal.shows("│ mongodb://one:27017/ ")
        try terminal.send("?two\n", until: "│ mongodb://one:27017/?two ")
        // From a terminal that does not mark it, the newline goes on to the next field and no further.
        try terminal.send("s3cret\r", until: "••••••••")
        #expect(terminal.screen.contains("CA file"))
        // A lone Esc is a key.
        terminal.send("\u{1b}")
        try terminal.wait("the end of the dialog") { !terminal.screen.contains("CA file") }
        // Where there is no field a paste is nothing at all.
        terminal.paste("d\rd\r")
        try terminal.send("?", until: "Everywhere")
        terminal.send("qd")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    // MARK: Names

    @Test func t14NamesOfAnyKindAreShownAndDoNothing() async throws {
        let session = try WizardSession()
        let name = "cafe\u{301} 注文\u{1b}]2;stolen\u{7}\u{1b}[2J\r\n\u{9b}31m\u{202e}end"
        let place = ["--organization", "会社\u{1b}[m", "--project", "店"]
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
        let added = try await LagzeroProcess.run(
            ["clusters", "add", name, "--uri", uri, "--state", session.folder.path] + place)
        #expect(added.status == 0, "\(added.errors)")
        let listed = try await LagzeroProcess.run(
            ["clusters", "list", "--state", session.folder.path])
        #expect(!(added.output + listed.output).contains("\u{1b}"))
        let terminal = try session.open()
        try terminal.shows("cafe\u{301} 注文")
        let lines = terminal.emulated.lines
        #expect(lines.contains { $0.contains("注文") && $0.contains("会社") }, "\(lines)")
        #expect(terminal.emulated.title == "lagzero")
        #expect(!terminal.text.contains("stolen\u{7}"))
        #expect(!terminal.text.unicodeScalars.contains { [0x9b, 0x202e].contains($0.value) })
        try terminal.send("\u{1b}[B\u{1b}[B", until: "▶")
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.emulated.unknown == [])
        try await session.end()
    }
}
