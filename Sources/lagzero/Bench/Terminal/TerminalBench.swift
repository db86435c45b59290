import Mongo
import Sandbox
import TerminalEmulator

/// The wizard beside its peers and its budgets: the real program on real pseudo-terminals of 80 columns and 24 rows,
/// over a real agent. It blocks while it waits for a terminal, so it has a thread of its own.
actor TerminalBench {
    let console: Console
    let peers: [ScreenProgram]
    let home: ScratchFolder
    private let executor = LaneExecutor()

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(_ console: Console) throws {
        self.console = console
        home = try ScratchFolder()
        let (found, missing) = ScreenProgram.peers(home: home.path)
        peers = found
        for name in missing {
            console.say("\(name) is not on this machine: its figures are left out")
        }
    }

    /// Everything that is measured, in the order of the table.
    func measure() async throws -> FigureTable {
        var table = FigureTable(peers: peers.map(\.name))
        console.say("Starting an agent")
        let stage = try await WizardStage.open(past: PastMigrations(count: 10, lines: 100))
        do {
            table.figures += try paintFigures(stage)
            table.figures += try keyFigures(stage)
            table.figures += try quietFigures(stage)
            table.figures += try idleFigures(stage)
            table.figures += try await loadFigures(stage)
            table.figures += try await linkFigures(stage)
        } catch {
            await stage.end()
            throw error
        }
        await stage.end()
        table.figures += try await migrationFigures()
        table.figures.append(try demoFigure())
        table.figures.append(try daysFigure())
        try? await home.remove()
        return table
    }

    /// Measures the wizard, then every peer; one that fails is left out.
    func compare<Value>(
        _ what: String, _ wizard: ScreenProgram,
        _ body: (ScreenProgram) throws -> Value?
    ) throws -> Compared<Value> {
        console.say("Measuring \(what)")
        guard let own = try body(wizard) else {
            throw SandboxError(.server, "the wizard has no \(what)")
        }
        return Compared(
            own: own,
            peers: peers.map { peer in
                do { return try body(peer) } catch {
                    console.say("  \(peer.name): \(printable("\(error)"))")
                    return nil
                }
            })
    }

    /// Leaves a wizard as the end of its connection does, so that it keeps its page.
    func leave(_ terminal: PseudoTerminal) throws {
        terminal.terminate()
        try terminal.end()
    }
}
