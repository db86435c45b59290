import ArgumentParser
import Migration
import Mongo
import Sandbox

/// `lagzero bench`: the engine beside its limits on sandbox servers, and the wizard beside its budgets
/// on a pseudo-terminal. Both are child processes, so that their figures are their own.
struct Bench: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the engine between local replica sets, and the wizard on a terminal.",
        shouldDisplay: false)

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case engine, terminal
    }

    @Option(help: "Measure one part alone.")
    var only: Part?

    @Option(help: "Share of the engine's reference data and changes, for a quick look.")
    var scale = 1.0

    @Option(help: "The engine's load level.")
    var loadLevel = MigrationOptions().loadLevel

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        guard scale > 0, scale <= 10 else {
            throw UsageError("--scale \(scale): it must be above 0 and at most 10")
        }
        let console = surroundings.console
        var hasPassed = true
        if only != .terminal { hasPassed = try await measureEngine(console) }
        if only != .engine {
            let table = try await TerminalBench(console).measure()
            console.answer(table.markdown)
            hasPassed = hasPassed && table.hasPassed
        }
        return hasPassed ? .done : .failed
    }

    /// Returns whether every figure is within its limit.
    private func measureEngine(_ console: Console) async throws -> Bool {
        console.say("Starting three replica sets")
        let bench = try await BenchServers.start(
            data: ReferenceData(scale: scale), console: console)
        var table = FigureTable()
        do {
            try await measure(bench, &table)
        } catch {
            if !table.figures.isEmpty { console.answer(table.markdown) }
            throw error
        }
        await bench.stop()
        console.answer(table.markdown)
        return table.hasPassed
    }

    private func measure(_ bench: BenchServers, _ table: inout FigureTable) async throws {
        bench.say("Filling the source: \(bench.data.summary)")
        try await bench.data.fill(bench.clusters.source)
        try await bench.settle()
        let before = try await CopyFigures.measureCeiling(bench)
        let engine = try EngineProcess(bench.clusters, loadLevel: loadLevel)
        let copy = try await CopyFigures.measure(bench, engine)
        engine.mark("copy")
        let verify = try await VerifyFigures.measure(bench, engine)
        engine.mark("verification")
        engine.freeze()
        let after = try await CopyFigures.measureCeiling(bench)
        engine.thaw()
        let apply = try await ApplyFigures.measure(
            bench, engine, changes: Int(Double(Tuning.benchChanges) * scale))
        engine.mark("apply")
        let lag = try await LagFigures.measure(bench, engine)
        engine.mark("load")
        let cutover = try await CutoverFigures.measure(bench, engine)
        engine.mark("cutover")
        table.figures =
            copy.figures(ceilings: [before, after]) + [engine.memoryFigure] + apply + lag + cutover
            + verify
    }
}
