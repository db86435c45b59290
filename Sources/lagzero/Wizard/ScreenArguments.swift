import ArgumentParser
import Terminal

/// How the wizard is drawn, and whether that is recorded.
struct ScreenArguments: ParsableArguments {
    @Flag(help: "Draw with ASCII characters only, whatever the locale says.")
    var ascii = false

    @Option(
        help: ArgumentHelp(
            "Record what is shown in a new file, as an asciicast; --replay shows it.",
            valueName: "file"))
    var record: String?

    /// Nil where none is wanted. Throws a `UsageError` where it cannot be made.
    func recording() throws -> Recording? { try record.map(Recording.init) }

    /// Nil where TERM says that the terminal has no screen.
    var terminalOptions: TerminalOptions? {
        var options = TerminalWizard.terminalOptions()
        if ascii { options?.glyphs = .ascii }
        return options
    }
}
