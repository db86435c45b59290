import ArgumentParser
import Glibc
import Mongo

/// Where the process begins and ends. The main thread receives the signals; all else happens on
/// other threads.
@main
enum Program {
    static func main() {
        Heap.configure()
        forbidCore()
        // Before anything else: threads inherit what is blocked here, and the arguments are visible
        // to everyone on the host until they are covered.
        let signals = Signals.takeOver()
        let arguments = SecretArguments.take()
        let environment = Environment.take()
        let opensWizard = opensWizard(arguments)
        if opensWizard { QuietExecutor.use() }
        let redaction = Redaction(connectionStrings: arguments + environment.connectionStrings)
        let surroundings = Surroundings(
            console: Console(redaction: redaction), signals: signals, environment: environment)
        Task.detached {
            let status = await run(Array(arguments.dropFirst()), in: surroundings)
            // What was on a terminal that nobody reads any more must not stay for a farewell.
            guard !opensWizard else {
                surroundings.console.end(status, within: Tuning.lastWordsLimit)
            }
            surroundings.console.end(status)
        }
        signals.receive()
    }

    /// Passwords are in this memory: a crash leaves no picture of it. One byte rather than none, as that is what makes Linux
    /// leave out collectors of cores, too (core(5)).
    private static func forbidCore() {
        var limit = rlimit(rlim_cur: 1, rlim_max: 1)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// Whether it is named, or no command is.
    private static func opensWizard(_ arguments: [String]) -> Bool {
        guard let first = arguments.dropFirst().first else { return true }
        return first == OpenWizard.configuration.commandName || first.hasPrefix("-")
    }

    /// Parses and performs one command line. Everything that is to be said has been handed to the
    /// console when this returns.
    private static func run(_ arguments: [String], in surroundings: Surroundings) async
        -> ExitStatus
    {
        let command: any ParsableCommand
        do {
            command = try Lagzero.parseAsRoot(arguments)
        } catch {
            return refuse(error, in: surroundings)
        }
        do {
            guard let command = command as? any LagzeroCommand else {
                var command = command
                try command.run()
                return .done
            }
            return try await command.run(in: surroundings)
        } catch let refusal as UsageError {
            surroundings.console.say("lagzero: \(refusal.message)")
            return .usage
        } catch {
            guard Lagzero.exitCode(for: error) != .success else {
                return refuse(error, in: surroundings)
            }
            surroundings.console.say("lagzero: \(error)")
            return .failed
        }
    }

    /// What the parser threw: a wish for help, or arguments that are wrong.
    private static func refuse(_ error: any Error, in surroundings: Surroundings) -> ExitStatus {
        let text = Lagzero.fullMessage(for: error)
        guard Lagzero.exitCode(for: error) == .success else {
            surroundings.console.say(text)
            return .usage
        }
        surroundings.console.answer(text)
        return .done
    }
}

struct Lagzero: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lagzero",
        abstract: "Live migration of MongoDB replica sets: copies, keeps in step, cuts over.",
        version: "0.1.0",
        subcommands: [
            OpenWizard.self, Migrate.self, AgentCommand.self, Clusters.self, Notify.self,
            Support.self, Demo.self, Bench.self, PackageFiles.self,
        ],
        defaultSubcommand: OpenWizard.self)
}

/// A command that ends with an exit status of its own and may take days.
protocol LagzeroCommand: ParsableCommand {
    /// Throws `UsageError` where the arguments make no sense together.
    func run(in surroundings: Surroundings) async throws -> ExitStatus
}

/// What a command finds around it.
struct Surroundings: Sendable {
    let console: Console
    let signals: Signals
    let environment: Environment
}
