import Sandbox
import TerminalEmulator

/// The same pages with much and with little on them.
extension TerminalBench {
    private struct Samples {
        var paints: [Paint]
        var hub: KeyAnswers
        /// Nil where the log has room on the screen: no key scrolls it.
        var log: KeyAnswers?
    }

    /// `stage` is the one with little.
    func loadFigures(_ stage: WizardStage) async throws -> [Figure] {
        console.say("Measuring the hub and a log with little on them")
        let few = try samples(stage)
        let many = try await samplesOfMany()
        guard let log = many.log else {
            throw SandboxError(.ended, "a log of many lines has room on the screen")
        }
        let migrations = Units.count(Tuning.benchPastMigrations)
        let lines = Units.count(Tuning.benchLogLines)
        func figure(
            _ name: String, _ limit: Double, few: Double?, many: Double
        ) -> Figure {
            Figure(
                name: name, measured: many, limit: limit, unit: .milliseconds,
                note: few.map { "\(Units.fixed($0, 2)) with few" } ?? "")
        }
        return [
            figure(
                "exec to first paint, \(migrations) past migrations", 100,
                few: few.paints.map(\.milliseconds).median,
                many: many.paints.map(\.milliseconds).median),
            figure(
                "cursor key to bytes, \(migrations) past migrations, p95", 5,
                few: few.hub.milliseconds.percentile(0.95),
                many: many.hub.milliseconds.percentile(0.95)),
            figure(
                "cursor key to bytes, log of \(lines) lines, p95", 5,
                few: few.log?.milliseconds.percentile(0.95),
                many: log.milliseconds.percentile(0.95)),
        ]
    }

    private func samplesOfMany() async throws -> Samples {
        console.say("Measuring them with much on them")
        let stage = try await WizardStage.open(
            past: PastMigrations(
                count: Tuning.benchPastMigrations, lines: Tuning.benchLogLines))
        do {
            let samples = try samples(stage)
            await stage.end()
            return samples
        } catch {
            await stage.end()
            throw error
        }
    }

    private func samples(_ stage: WizardStage) throws -> Samples {
        let wizard = stage.wizard
        let hub = ScreenProgram(
            name: wizard.name, path: wizard.path, environment: wizard.environment,
            mark: "complete")
        let paints = try firstPaints(hub)
        let moved = try moving(hub, rows: 8)
        let terminal = try hub.openPage()
        // To the newest migration, and its log.
        terminal.send(Keys.home)
        try terminal.settle(for: Tuning.benchQuiet)
        terminal.send("l")
        try terminal.expect("Log of")
        // What is known at first are its last lines: all of them are to be there.
        var reads = 0
        while !terminal.screen.contains("shop.collection0 ") {
            guard reads < Tuning.benchLogReads else {
                throw SandboxError(.ended, "the first line of the log is not reached")
            }
            reads += 1
            terminal.send(Keys.home)
            try terminal.settle(for: Tuning.benchQuiet)
        }
        let keys =
            Array(repeating: Keys.down, count: 8) + Array(repeating: Keys.up, count: 8)
        let scrolled =
            terminal.screen.contains("↓ End")
            ? try answers(terminal, keys, rounds: Tuning.benchKeys / keys.count) : nil
        try leave(terminal)
        return Samples(paints: paints, hub: moved, log: scrolled)
    }
}
