import TerminalEmulator

/// From the start of a program to its first page.
extension TerminalBench {
    struct Paint {
        var bytes: Double
        var milliseconds: Double
    }

    func paintFigures(_ stage: WizardStage) throws -> [Figure] {
        let paints = try compare("first paints", stage.wizard) { try firstPaints($0) }
        return [
            paints.figure("first paint", atMost: 2_560, .bytes) { $0.map(\.bytes).median },
            paints.figure(
                "exec to first paint", atMost: 100, .milliseconds,
                note: "median of \(Tuning.benchPaints), most \(most(paints.own)) ms"
            ) { $0.map(\.milliseconds).median },
        ]
    }

    private func most(_ paints: [Paint]) -> String {
        Units.fixed(paints.map(\.milliseconds).most, 0)
    }

    /// The first page, time and time again. The time is that of the bytes that complete it, with all that the program
    /// asks others for.
    func firstPaints(_ program: ScreenProgram) throws -> [Paint] {
        try (0..<Tuning.benchPaints).map { _ in
            let terminal = try program.openPage()
            let time = terminal.arrivals.last.map { $0.time - terminal.started } ?? .zero
            try terminal.settle(for: Tuning.benchQuiet)
            let paint = Paint(
                bytes: Double(terminal.output.count), milliseconds: time.milliseconds)
            try leave(terminal)
            return paint
        }
    }
}
