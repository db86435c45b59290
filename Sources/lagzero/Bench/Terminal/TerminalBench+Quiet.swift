import Sandbox
import TerminalEmulator

/// What should cost next to nothing: a key that changes nothing, and a window that is dragged.
extension TerminalBench {
    func quietFigures(_ stage: WizardStage) throws -> [Figure] {
        let unchanged = try compare("a key that changes nothing", stage.wizard) {
            try bytesOfNothing($0)
        }
        let storm = try compare("a window that is dragged", stage.wizard) { try resizing($0) }
        return [
            unchanged.figure(
                "an unchanged screen", atMost: 0, .bytes, note: "Home at the top, most of 5"
            ) { $0 },
            storm.figure(
                "resize storm / one full paint", atMost: 2, .ratio,
                note:
                    "\(Tuning.benchResizes) sizes in \(Units.count(Int(Tuning.benchResizePause.milliseconds) * Tuning.benchResizes)) ms; \(Units.count(Int(storm.own.storm))) / \(Units.count(Int(storm.own.paint))) bytes"
            ) { $0.storm / $0.paint },
        ] + writeFigures(stage)
    }

    /// Sent just after the program has shown something by itself, where it does, so that it will not do so again at once.
    private func bytesOfNothing(_ program: ScreenProgram) throws -> Double {
        let terminal = try program.openPage()
        // The first may still change something.
        terminal.send(Keys.home)
        try terminal.settle(for: Tuning.benchQuiet)
        let bytes = (0..<5).map { _ -> Double in
            terminal.listenForTick()
            terminal.listen(for: Tuning.benchQuiet)
            let count = terminal.output.count
            terminal.send(Keys.home)
            terminal.listen(for: Tuning.benchQuiet)
            return Double(terminal.output.count - count)
        }
        try leave(terminal)
        return bytes.most
    }

    /// Bytes of one resize alone, and of many that end at the same size.
    private func resizing(_ program: ScreenProgram) throws -> (paint: Double, storm: Double) {
        let terminal = try program.openPage()
        try terminal.settle(for: Tuning.benchQuiet)
        func bytes(_ resize: () -> Void) -> Double {
            let count = terminal.output.count
            resize()
            terminal.listen(for: Tuning.benchResizeTime)
            return Double(terminal.output.count - count)
        }
        let paint = bytes { terminal.resize(100, 30) }
        _ = bytes { terminal.resize(80, 24) }
        let storm = bytes {
            for step in 1...Tuning.benchResizes {
                let rest = Tuning.benchResizes - step
                terminal.resize(100 - rest, 30 - rest / 4)
                terminal.listen(for: Tuning.benchResizePause)
            }
        }
        try leave(terminal)
        guard paint > 0 else {
            throw SandboxError(.ended, "\(program.name) does not notice a resize")
        }
        return (paint, storm)
    }
}
