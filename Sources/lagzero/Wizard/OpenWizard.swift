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

    @Option(
        help: ArgumentHelp(
            "Show a recording instead; q, Esc or Ctrl-C leaves it, Ctrl-Z stops it.",
            valueName: "file"),
        completion: .file())
    var replay: String?

    @Flag(help: "Only watch: nothing can be changed from this wizard.")
    var watch = false

    @Option(help: ArgumentHelp("Open the page of a migration.", valueName: "id"))
    var migration: String?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        if let replay { return try await Replay(path: replay).show(in: surroundings) }
        let recording = try screen.recording()
        let file = SavedStateFile(try state.folder().wizard)
        // Whatever it ends with: what was shown is in it.
        defer { if let trouble = recording?.end() { surroundings.console.say(trouble) } }
        return try await state.withClient { client in
            let (snapshot, trouble) = try await greeting(client)
            var session = TerminalWizard(
                options: screen.terminalOptions, plain: try screen.plainOptions(), client: client,
                recording: recording, snapshot: snapshot,
                trouble: trouble, isReadOnly: watch,
                startAgent: {
                    try await AgentStarter.ensureRunning(client, patience: Tuning.wizardPatience)
                })
            // Where somebody works is not changed by who looks on.
            if !watch {
                session.saved = await file.load()
                session.keep = { try await file.save($0) }
                session.keepTime = { file.saveTime($0) }
            }
            if let migration {
                let saved = session.saved ?? SavedState(pages: [], lastSeen: nil, theme: nil)
                if let snapshot {
                    session.saved = saved.opening(try await found(migration, snapshot, client))
                } else {
                    session.saved = saved.opening(try identifier(migration))
                }
            }
            let model = try await session.run(surroundings.signals)
            if !watch { try await file.save(model.kept(at: Clock.milliseconds())) }
            surroundings.console.say(Self.farewell(model.world))
            return .done
        }
    }

    /// What the first frame shows: what the agent says, or that it is there and says nothing. Starts one where none is
    /// and not only watched.
    private func greeting(
        _ client: AgentClient
    ) async throws -> (snapshot: Snapshot?, trouble: ControlError?) {
        do {
            guard watch else {
                let snapshot = try await AgentStarter.ensureRunning(
                    client, patience: Tuning.wizardPatience)
                return (snapshot, nil)
            }
            let snapshot = try await client.greeting(within: Tuning.wizardPatience)
            guard let snapshot else {
                throw ControlError(
                    .agentUnreachable,
                    "no agent runs, so there is nothing to watch",
                    remedy: "lagzero without --watch starts one")
            }
            return (snapshot, nil)
        } catch let error as ControlError where error.code == .agentSilent {
            return (nil, error)
        }
    }

    /// The migration to open; it may be among the older ones, which the first answer has left out. Throws `UsageError` where
    /// there is none.
    private func found(
        _ text: String, _ snapshot: Snapshot, _ client: AgentClient
    ) async throws -> LiveMigration {
        func found(in snapshot: Snapshot) -> LiveMigration? {
            snapshot.migrations.first { $0.id.text == text.lowercased() }
        }
        if let live = found(in: snapshot) { return live }
        if snapshot.earlierMigrations > 0, let live = found(in: try await client.snapshot()) {
            return live
        }
        throw unknown(text)
    }

    /// Of one that may be there: the agent has not said. Throws `UsageError` where none can be named so.
    private func identifier(_ text: String) throws -> Identifier {
        guard let id = Identifier(text) else { throw unknown(text) }
        return id
    }

    private func unknown(_ text: String) -> UsageError {
        UsageError("there is no migration '\(text)'")
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
}
