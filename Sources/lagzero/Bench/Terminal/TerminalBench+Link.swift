import Glibc
import Sandbox
import TerminalEmulator

/// As somebody feels it who is far away: over SSH with 100 ms there and back and 64 kbit/s.
extension TerminalBench {
    /// Nothing where there is no SSH server.
    func linkFigures(_ stage: WizardStage) async throws -> [Figure] {
        guard SlowLink.isHere else {
            console.say("sshd is not on this machine: figures over a slow link are left out")
            return []
        }
        console.say("Measuring over a slow link")
        let link = try await SlowLink.start()
        do {
            let figures = try farFigures(link, stage.wizard)
            await link.end()
            return figures
        } catch {
            await link.end()
            throw error
        }
    }

    private func farFigures(_ link: SlowLink, _ wizard: ScreenProgram) throws -> [Figure] {
        // The terminal itself answers its keys: nothing over this link is faster.
        let cat = ScreenProgram(
            name: "cat", path: "/bin/sh", arguments: ["-c", "'echo ready; exec cat'"],
            environment: wizard.environment, mark: "ready")
        let floor = try farKeys(link.over(cat))
        let keys = try farKeys(link.over(wizard))
        let clocks = try clockDelays(link.over(wizard))
        let behind = try keyBehindRepaints(link.over(wizard))
        return [
            Figure(
                name: "64 kbit/s, 100 ms: a typed key / one that the terminal echoes",
                measured: keys.median / floor.median, limit: 1.25, unit: .ratio,
                note:
                    "median \(Units.fixed(keys.median, 0)) / \(Units.fixed(floor.median, 0)) ms, p95 \(Units.fixed(keys.percentile(0.95), 0)) ms of \(keys.count)"
            ),
            Figure(
                name: "the same: the clock on the screen is late by, p95",
                measured: clocks.percentile(0.95), limit: 500, unit: .milliseconds,
                note: note(clocks, "ms")
            ),
            Figure(
                name: "the same: a key behind \(Tuning.benchRepaints) repaints",
                measured: behind.seconds, limit: 1.5, unit: .seconds,
                note:
                    "a repaint takes the link \(Units.fixed(behind.paint, 2)) s, all of them \(Units.fixed(behind.paint * Double(Tuning.benchRepaints), 1)) s; \(behind.shown) came first"
            ),
        ]
    }

    /// Milliseconds from each key, typed into a field, to its letter on the screen.
    private func farKeys(_ program: ScreenProgram) throws -> [Double] {
        let terminal = try program.openPage()
        if let field = program.openField {
            try terminal.settle(for: Tuning.benchLinkQuiet)
            terminal.send(field.keys)
            try terminal.expect(field.mark)
        }
        var milliseconds: [Double] = []
        for _ in 0..<Tuning.benchLinkKeys {
            try terminal.settle(for: Tuning.benchLinkQuiet)
            let shown = letters(on: terminal)
            let sent = ContinuousClock.now
            terminal.send("x")
            try terminal.wait("the letter of a key") { letters(on: terminal) > shown }
            let last = terminal.arrivals.last?.time ?? .now
            milliseconds.append((last - sent).milliseconds)
        }
        if program.openField != nil {
            terminal.send("\u{15}")
            try terminal.settle(for: Tuning.benchLinkQuiet)
            terminal.send("\u{1b}")
            try terminal.settle(for: Tuning.benchLinkQuiet)
        }
        try leave(terminal)
        return milliseconds
    }

    private func letters(on terminal: PseudoTerminal) -> Int {
        terminal.screen.count { $0 == "x" }
    }

    /// How much later than the host's clock, in milliseconds, each second is on the screen.
    private func clockDelays(_ program: ScreenProgram) throws -> [Double] {
        let terminal = try program.openPage()
        try terminal.settle(for: Tuning.benchLinkQuiet)
        var delays: [Double] = []
        var shown = Self.clock(terminal.screen)
        let end = ContinuousClock.now + Tuning.benchLinkTime
        while ContinuousClock.now < end {
            terminal.readSome()
            let clock = Self.clock(terminal.screen)
            guard clock != shown, let clock else { continue }
            shown = clock
            // Seconds of a day, so that it wraps once in a while.
            let day = 86_400_000
            let late = (Int(Clock.milliseconds()) - clock * 1_000) % day
            delays.append(Double((late + day) % day))
        }
        try leave(terminal)
        return delays
    }

    /// The seconds of the day that the first line says in UTC, `02:14:09Z`.
    private static func clock(_ screen: String) -> Int? {
        guard let time = screen.firstMatch(of: /(\d\d):(\d\d):(\d\d)Z/)?.output,
            let hours = Int(time.1), let minutes = Int(time.2), let seconds = Int(time.3)
        else { return nil }
        return hours * 3_600 + minutes * 60 + seconds
    }

    /// A key that is pressed while the link carries what others have asked for.
    private struct Behind {
        var seconds: Double
        /// How long one of the others takes the link, in seconds.
        var paint: Double
        /// So many of them have come before the answer.
        var shown: Int
    }

    /// Every whole screen begins with it.
    private static let clear = "\u{1b}[2J"

    private func keyBehindRepaints(_ program: ScreenProgram) throws -> Behind {
        let terminal = try program.openPage()
        try terminal.settle(for: Tuning.benchLinkQuiet)
        let before = terminal.output.count
        terminal.send("\u{c}")
        // SSH delivers it as one packet, so that there may be nothing for longer than any rest.
        try terminal.expect(Self.clear, from: before)
        try terminal.settle(for: Tuning.benchLinkQuiet)
        let paint = Double(terminal.output.count - before) / Double(Tuning.benchLinkBytes)
        let begin = terminal.output.count
        for _ in 0..<Tuning.benchRepaints {
            terminal.send("\u{c}")
            terminal.listen(for: Tuning.benchResizePause)
        }
        let sent = ContinuousClock.now
        terminal.send("?")
        try terminal.wait("the help") { terminal.screen.contains("Everywhere") }
        let seconds = (ContinuousClock.now - sent).milliseconds / 1_000
        let shown = String(decoding: terminal.output[begin...], as: UTF8.self)
            .ranges(of: Self.clear).count
        guard shown > 0 else {
            throw SandboxError(.ended, "\(program.name) has drawn nothing anew")
        }
        terminal.send("\u{1b}")
        try terminal.settle(for: Tuning.benchLinkQuiet)
        try leave(terminal)
        return Behind(seconds: seconds, paint: paint, shown: shown)
    }
}
