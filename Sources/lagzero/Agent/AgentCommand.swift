import Agent
import AgentClient
import ArgumentParser
import ControlAPI
import Glibc
import Logging
import Migration
import Mongo

/// `lagzero agent`: the process that owns the migrations of this host.
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run, look at or stop the process that owns the migrations of this host.",
        subcommands: [AgentRun.self, AgentStatus.self, AgentStop.self, AgentUnit.self])
}

/// Which agent.
struct StateArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the agent's state. Default: $LAGZERO_STATE, or lagzero in $XDG_STATE_HOME or in ~/.local/state.",
            valueName: "folder"), completion: .directory)
    var state: String?

    /// Throws `UsageError` where there is no such folder to name.
    func folder() throws(UsageError) -> AgentFolder {
        if let state {
            guard state.hasPrefix("/") else {
                throw UsageError("--state '\(state)': it must be an absolute path")
            }
            return AgentFolder(path: state)
        }
        let names = [AgentFolder.variable, "XDG_STATE_HOME", "HOME"]
        let values = names.map { name in (name, getenv(name).map { String(cString: $0) } ?? "") }
        guard let folder = AgentFolder(environment: Dictionary(uniqueKeysWithValues: values)) else {
            throw UsageError("there is no home folder: name the folder of the state with --state")
        }
        return folder
    }

    /// Runs the body with a client, which is shut down after it.
    func withClient<Result>(
        isStarted: Bool = false, _ body: (AgentClient) async throws -> Result
    ) async throws -> Result {
        let client = AgentClient(try folder())
        do {
            if isStarted { try await AgentStarter.ensureRunning(client) }
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}

struct AgentRun: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the agent in the foreground until it is stopped.")

    @OptionGroup var state: StateArguments

    /// See `MigrationOptions.lagHold`. An option would not reach an agent that the wizard starts.
    private static let lagHoldVariable = "LAGZERO_LAG_HOLD"

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let folder = try state.folder()
        let lagHold = getenv(Self.lagHoldVariable).flatMap { Double(String(cString: $0)) }
        let clockSpeed = try DemoClock.speed(in: folder)
        let console = surroundings.console
        let logger = Logger(label: "lagzero.agent") { _ in
            var handler = StreamLogHandler.standardError(label: "lagzero.agent")
            handler.logLevel = .notice
            return handler
        }
        let settings: @Sendable () throws -> NotificationSettings = {
            try Configuration(file: Configuration.path("config.yaml")).notifications.get()
        }
        do { _ = try settings() } catch { console.say("lagzero: \(error)") }
        let agent: AgentProcess
        do {
            agent = try await AgentProcess(
                folder, version: Lagzero.configuration.version, owner: .thisProcess,
                isRunning: { $0.isAlive }, lagHold: lagHold, clockSpeed: clockSpeed,
                notifications: settings, logger: logger)
        } catch let error as ControlError where error.code == .alreadyRunning {
            console.say("lagzero: \(error)")
            return .alreadyRunning
        }
        surroundings.signals.handle { number in
            guard Signals.stopping.contains(number) else { return }
            Task { await agent.stop() }
        }
        console.say("lagzero agent \(getpid()) listens on \(folder.socket)")
        try await agent.run()
        console.say("lagzero agent \(getpid()) has stopped; its migrations can be taken up again")
        return .done
    }
}

struct AgentStatus: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether the agent runs, and where its migrations are."
    )

    @OptionGroup var state: StateArguments

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let folder = try state.folder()
        guard let holder = InstanceLock.holder(of: folder) else {
            surroundings.console.answer("No agent runs in \(folder.path).")
            return .failed
        }
        let snapshot = try await state.withClient { client in
            if let snapshot = try await client.greeting() { return snapshot }
            return try await client.snapshot()
        }
        let agent = snapshot.agent
        var lines = [
            "Agent \(agent.version) on \(agent.host), \(holder), \(snapshot.clusters.count) clusters"
        ]
        if snapshot.migrations.isEmpty { lines.append("No migrations.") }
        lines += snapshot.migrations.map(AgentStatus.line)
        surroundings.console.answer(printable(lines))
        return .done
    }

    /// One migration in one line; what is not known is left out.
    static func line(_ migration: LiveMigration) -> String {
        let figures = migration.figures
        var parts = [
            "\(migration.id)  \(migration.sourceName) -> \(migration.destinationName)",
            migration.phase.rawValue,
        ]
        if let copied = figures.bytesCopied {
            parts.append(
                "\(copied) \(figures.bytesTotal.map { "of \($0) " } ?? "")bytes copied")
        }
        if let lag = figures.lagSeconds { parts.append("lag \(Int(lag.rounded(.up))) s") }
        if migration.cutover.isReady { parts.append("ready for the cutover") }
        if let error = migration.error { parts.append("\(error)") }
        return parts.joined(separator: "  ")
    }
}

/// Lines without control characters.
func printable(_ lines: [String]) -> String {
    lines.map { printable($0) }.joined(separator: "\n")
}

struct AgentStop: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop the agent cleanly. Its migrations go on when it runs again.")

    @OptionGroup var state: StateArguments

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let folder = try state.folder()
        guard let holder = InstanceLock.holder(of: folder) else {
            surroundings.console.answer("No agent runs in \(folder.path).")
            return .done
        }
        let process = try Self.process(of: holder, folder)
        guard kill(pid_t(clamping: process), SIGTERM) == 0 else {
            throw ControlError(
                .unavailable, "cannot stop process \(process): \(String(cString: strerror(errno)))")
        }
        let deadline = ContinuousClock.now + Tuning.stopLimit
        while InstanceLock.holder(of: folder) == holder {
            guard ContinuousClock.now < deadline else {
                throw ControlError(.unavailable, "process \(process) has not stopped yet")
            }
            try await Task.sleep(for: Tuning.stopPoll)
        }
        surroundings.console.answer("The agent, process \(process), has stopped.")
        return .done
    }

    /// Throws a `ControlError` where nothing tells which one it is.
    static func process(of holder: LockHolder, _ folder: AgentFolder) throws -> Int {
        if let process = holder.process { return process }
        throw ControlError(
            .unavailable, "an agent holds \(folder.path), but nothing tells which process it is",
            remedy: "look for `lagzero agent run` in the list of processes, and end it with kill")
    }
}
