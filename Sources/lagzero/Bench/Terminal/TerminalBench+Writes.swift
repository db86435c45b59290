import Glibc
import Sandbox
import TerminalEmulator

/// Whether a frame is one write. Told by strace, which is used where it is and not missed where it is not.
extension TerminalBench {
    private static let strace = "/usr/bin/strace"

    func writeFigures(_ stage: WizardStage) -> [Figure] {
        guard access(Self.strace, X_OK) == 0 else {
            console.say("strace is not on this machine: writes are not counted")
            return []
        }
        do {
            let (frames, writes) = try countWrites(stage)
            return [
                Figure(
                    name: "writes to the terminal / frames",
                    measured: Double(writes) / Double(frames),
                    limit: 1, unit: .ratio, note: "\(writes) / \(frames), by strace")
            ]
        } catch {
            console.say("Writes could not be counted: \(printable("\(error)"))")
            return []
        }
    }

    /// Of frames far from each other: each answers a key.
    private func countWrites(_ stage: WizardStage) throws -> (frames: Int, writes: Int) {
        let log = stage.scratch.path + "/writes"
        var traced = stage.wizard
        traced = ScreenProgram(
            name: traced.name, path: Self.strace,
            arguments: [
                "-f", "-y", "-ttt", "-qq", "-e", "trace=write,writev,pwrite64", "-e", "signal=none",
                "-o", log, traced.path,
            ],
            environment: traced.environment, mark: traced.mark, openField: traced.openField)
        let terminal = try traced.openPage()
        if let field = traced.openField {
            terminal.send(field.keys)
            try terminal.expect(field.mark)
        }
        try terminal.settle(for: Tuning.benchQuiet)
        let (begin, arrivals) = (Clock.milliseconds(), terminal.arrivals.count)
        for letter in "shop-atlas.example.net" {
            let before = terminal.arrivals.count
            terminal.send(String(letter))
            try terminal.wait("an answer to a key") { terminal.arrivals.count > before }
            try terminal.settle(for: Tuning.benchQuiet)
        }
        let (end, frames) = (Clock.milliseconds(), terminal.arrivals.count - arrivals)
        // What was typed would be there when the dialog is opened again, with the cursor where it was.
        terminal.send("\u{15}")
        try terminal.settle(for: Tuning.benchQuiet)
        // The dialog, then the wizard.
        terminal.send("\u{1b}")
        try terminal.settle(for: Tuning.benchQuiet)
        terminal.send("d")
        try terminal.end()
        let lines = TraceLine.read(log).filter { (begin...end).contains($0.milliseconds) }
        return (frames, lines.count { $0.isToTerminal })
    }
}

/// `1234 1732189000.123456 write(9</dev/tty>, "..."..., 24) = 24`
private struct TraceLine {
    let milliseconds: Int64
    let isToTerminal: Bool

    private init?(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let seconds = Double(words[1]) else { return nil }
        milliseconds = Int64(seconds * 1_000)
        let target = words[2].prefix { $0 != "," }
        isToTerminal = target.hasSuffix("</dev/tty>") || target.contains("</dev/pts/")
    }

    static func read(_ path: String) -> [TraceLine] {
        (readText(path) ?? "").split(separator: "\n").compactMap { TraceLine($0) }
    }
}
