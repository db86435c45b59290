import AgentClient
import ArgumentParser
import ControlAPI
import Glibc
import Migration
import Terminal
import Wizard

/// `lagzero` alone: the wizard, on the terminal, over an agent that goes on without it.
struct OpenWizard: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "wizard", abstract: "Open the wizard; this is what lagzero alone does.")

    @OptionGroup var state: StateArguments

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        var options = try OpenWizard.terminalOptions()
        let file = SavedStateFile(try state.folder().wizard)
        let saved = await file.load()
        if let theme = Theme.builtIn.first(where: { $0.name == saved?.theme }) {
            options.theme = theme
        }
        let shown = options
        return try await state.withClient(isStarted: true) { client in
            let asker = Asker(wizard: Identifier(at: Clock.milliseconds() / 1_000), name: Self.name)
            let runner = Runner(
                client, me: asker,
                keep: { state in try? await file.save(state) },
                zone: { Self.zone() },
                startAgent: { try await AgentStarter.ensureRunning(client) })
            let runtime = try TerminalRuntime(Wizard.self, options: shown) {
                await runner.perform($0, $1)
            }
            await surroundings.signals.handOver()
            let end = try await runtime.run(Wizard.Model(me: asker, saved: saved))
            try await file.save(end.model.kept(at: Clock.milliseconds()))
            surroundings.console.say(Self.farewell(end.model.world))
            return .done
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

    // MARK: What is around

    /// Throws `UsageError` where the wizard cannot be shown.
    private static func terminalOptions() throws -> TerminalOptions {
        let elsewhere = "lagzero migrate, lagzero clusters and lagzero agent need none"
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw UsageError("the wizard needs a terminal; \(elsewhere)")
        }
        let names = ["TERM", "NO_COLOR", "SSH_TTY", "SSH_CONNECTION"]
        let values = names.compactMap { name in
            getenv(name).map { (name, String(cString: $0)) }
        }
        guard let options = TerminalOptions(environment: Dictionary(uniqueKeysWithValues: values))
        else {
            throw UsageError(
                "the wizard needs a terminal with a screen, and TERM says that this has none; \(elsewhere)"
            )
        }
        return options
    }

    /// Which time it is here now.
    private static func zone() -> Zone {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return Zone(
            name: parts.tm_zone.map { String(cString: $0) } ?? "", secondsFromUTC: parts.tm_gmtoff)
    }

    /// `anna@bastion pts/3`.
    private static var name: String {
        let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
        let terminal = ttyname(STDIN_FILENO).map { String(cString: $0) } ?? ""
        let short = terminal.hasPrefix("/dev/") ? String(terminal.dropFirst(5)) : terminal
        return "\(user)@\(Lease.Owner.thisProcess.host) \(short)"
    }
}
