import ControlAPI

/// What the manual says beside the commands.
enum ManualWords {
    static let description = """
        lagzero copies a running MongoDB replica set to another one, keeps the copy in step while applications go on \
        writing, waits until the lag is zero, and leads through a cutover of seconds. Then it proves that both sides are \
        equal.

        Alone it opens the wizard, on the whole screen of a terminal. Migrations belong to the agent, a process of this \
        host that the wizard starts when none runs: leaving the wizard changes nothing for them.
        """

    static let files = [
        ("~/.config/lagzero/config.yaml", "Theme and other preferences, and who is notified."),
        (
            "~/.config/lagzero/themes",
            "Themes of one's own, as the examples of \(PackageFiles.examples)."
        ),
        (
            "~/.local/state/lagzero",
            "The agent's state, log and socket, for its owner only. Secrets are in a file of their own."
        ),
    ]

    static let environment = [
        (AgentFolder.variable, "Folder of the agent's state."),
        (Environment.sourceName, "Connection string of the source, for lagzero-migrate(1)."),
        (Environment.destinationName, "The same for the destination."),
        (
            "XDG_STATE_HOME",
            "Where the folder lagzero is the agent's state, instead of ~/.local/state."
        ),
        (
            "XDG_CONFIG_HOME",
            "Where the folder lagzero holds the configuration, instead of ~/.config."
        ),
        ("ACCESSIBLE", "If 1, the wizard is read line by line, as with --plain."),
        ("NO_COLOR", "If not empty, there are no colours."),
    ]
}

extension ExitStatus {
    /// For people.
    var meaning: String {
        switch self {
        case .done: "Done."
        case .failed: "Failed, the reason is on stderr."
        case .usage: "Usage."
        case .validationFailed: "Validation failed, no data was touched."
        case .differences: "Verification found differences, nothing was cut over."
        case .expired: "The time for the cutover has passed."
        case .alreadyRunning: "`agent run`: another agent runs already."
        case .interrupted: "Interrupted; `migrate --resume` goes on with what was begun."
        }
    }
}
