import AgentClient
import ArgumentParser
import ControlAPI
import Terminal
import Wizard

/// `lagzero` alone: the wizard, on the terminal, over an agent that goes on without it.
struct OpenWizard: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "wizard", abstract: "Open the wizard; this is what lagzero alone does.")

    @OptionGroup var state: StateArguments
    @OptionGroup var screen: ScreenArguments

    @Option(help: ArgumentHelp("Show a recording instead.", valueName: "file"))
    var replay: String?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        if let replay { return try await Replay(path: replay).show(surroundings.signals) }
        let options = try terminalOptions()
        let recording = try screen.recording()
        let file = SavedStateFile(try state.folder().wizard)
        return try await state.withClient { client in
            let (snapshot, trouble) = try await Self.greeting(client)
            let session = TerminalWizard(
                options: options, client: client, recording: recording, saved: await file.load(),
                snapshot: snapshot,
                trouble: trouble, keep: { try await file.save($0) },
                startAgent: {
                    try await AgentStarter.ensureRunning(client, patience: Tuning.wizardPatience)
                })
            let model = try await session.run(surroundings.signals)
            try await file.save(model.kept(at: Clock.milliseconds()))
            if let trouble = recording?.end() { surroundings.console.say(trouble) }
            surroundings.console.say(Self.farewell(model.world))
            return .done
        }
    }

    /// What the first frame shows: what the agent says, or that it is there and says nothing.
    private static func greeting(
        _ client: AgentClient
    ) async throws -> (snapshot: Snapshot?, trouble: ControlError?) {
        do {
            let snapshot = try await AgentStarter.ensureRunning(
                client, patience: Tuning.wizardPatience)
            return (snapshot, nil)
        } catch let error as ControlError where error.code == .agentSilent {
            return (nil, error)
        }
    }

    /// What is left behind.
    private static func farewell(_ world: World) -> String {
        let running = world.snapshot?.migrations.count { !$0.phase.isFinal } ?? 0
        switch running {
        case 0: return "Detached from the agent. Open the wizard again with: lagzero"
        case 1: return "Detached. One migration goes on; open the wizard again with: lagzero"
        default: return "Detached. \(running) migrations go on; open the wizard again with: lagzero"
        }
    }

    /// Throws `UsageError` where the wizard cannot be shown.
    private func terminalOptions() throws -> TerminalOptions {
        let elsewhere = "lagzero migrate, lagzero clusters and lagzero agent need none"
        guard TerminalWizard.hasTerminal else {
            throw UsageError("the wizard needs a terminal; \(elsewhere)")
        }
        guard let options = screen.terminalOptions else {
            throw UsageError(
                "the wizard needs a terminal with a screen, and TERM says that this has none; \(elsewhere)"
            )
        }
        return options
    }
}
