import ArgumentParser
import ControlAPI
import FoundationEssentials
import Glibc

/// `lagzero agent unit`: how systemd keeps the agent running.
struct AgentUnit: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit", abstract: "Print a systemd user unit for the agent of this program.",
        discussion: """
            lagzero agent unit > ~/.config/systemd/user/lagzero-agent.service
            systemctl --user enable --now lagzero-agent
            """)

    @OptionGroup var state: StateArguments

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let configuration = getenv("XDG_CONFIG_HOME").map { String(cString: $0) }
        surroundings.console.answer(
            AgentUnit.text(
                program: program, state: try state.folder(), configuration: configuration))
        return .done
    }

    /// Whose systemd starts the agent.
    enum Manager {
        /// The user's own.
        case user
        /// The host's, for the user that an instance is named after.
        case host

        var use: String {
            switch self {
            case .user:
                """
                # A user unit: systemctl --user enable --now lagzero-agent
                # `loginctl enable-linger` keeps it running after logout.
                """
            case .host: "# The agent of one user: systemctl enable --now lagzero-agent@USER"
            }
        }

        var needs: String {
            self == .user ? "" : "\nWants=network-online.target\nAfter=network-online.target"
        }

        var account: String { self == .user ? "" : "\nUser=%i" }

        var target: String { self == .user ? "default.target" : "multi-user.target" }
    }

    /// `program`: its absolute path. The folders are those of whoever asks, as systemd knows nothing of the variables of
    /// a shell. `state`: nil for the usual one of whoever it runs for. `configuration`: of all programs; nil or empty for
    /// the usual one.
    static func text(
        program: String, state: AgentFolder? = nil, configuration: String? = nil,
        manager: Manager = .user
    ) -> String {
        """
        \(manager.use)
        [Unit]
        Description=lagzero agent: live migrations of MongoDB clusters\(manager.needs)
        StartLimitIntervalSec=0

        [Service]
        ExecStart=\(launched(program)) agent run\(state.map { " --state " + word($0.path) } ?? "")\(manager.account)
        Restart=on-failure
        RestartSec=2
        # Another agent has the state folder, such as one that a wizard has started.
        RestartPreventExitStatus=\(ExitStatus.alreadyRunning.rawValue)
        # A notification that is being sent is waited for, and not sent twice.
        KillMode=mixed
        # Above what the agent gives itself for a clean stop.
        TimeoutStopSec=75\(configuration.map(environment) ?? "")
        UMask=0077

        [Install]
        WantedBy=\(manager.target)
        """
    }

    private static func environment(_ configuration: String) -> String {
        configuration.isEmpty ? "" : "\nEnvironment=\(quoted("XDG_CONFIG_HOME=" + configuration))"
    }

    /// The program as the first words of a command line. systemd takes no quotes, backslashes or variables in the name of
    /// what it starts: `env` starts such a one for it.
    private static func launched(_ program: String) -> String {
        let isPlain = !program.contains { "\\\"'$".contains($0) }
        return isPlain ? quoted(program) : "/usr/bin/env " + word(program)
    }

    /// As a word of a command line, in which `$` begins a variable.
    private static func word(_ text: String) -> String { quoted(text).replacing("$", with: "$$") }

    /// As one value, whatever is in it; systemd has specifiers of its own (systemd.syntax(7), systemd.unit(5)).
    private static func quoted(_ text: String) -> String {
        let special = ["\\": "\\\\", "\"": "\\\"", "%": "%%"]
        return "\"" + text.map { special[String($0)] ?? String($0) }.joined() + "\""
    }
}
