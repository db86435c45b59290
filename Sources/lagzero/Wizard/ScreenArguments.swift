import ArgumentParser
import Glibc
import Terminal

/// How the wizard is drawn, and whether that is recorded.
struct ScreenArguments: ParsableArguments {
    @Flag(help: "Draw with ASCII characters only, whatever the locale says.")
    var ascii = false

    @Flag(
        help:
            "Read and answer line by line: for screen readers, serial lines and scripts. ACCESSIBLE=1 means the same."
    )
    var plain = false

    @Option(
        help: ArgumentHelp(
            "Record what is shown in a new file, as an asciicast; --replay shows it.",
            valueName: "file"), completion: .file())
    var record: String?

    /// Nil where none is wanted. Throws a `UsageError` where it cannot be made.
    func recording() throws -> Recording? { try record.map(Recording.init) }

    /// Line by line where that is wanted, and where nothing else can be. Throws a `UsageError` for somebody who types and
    /// would see nothing: what is typed for a cutover has to be taken key by key.
    func plainOptions() throws -> PlainOptions {
        if isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 0 {
            throw UsageError(
                "the input is a terminal and the output is none; to keep what is shown, use --record FILE"
            )
        }
        var options = PlainOptions()
        options.isTerminal = TerminalWizard.hasTerminal
        options.isASCII = options.isASCII || ascii
        options.isWanted = plain || TerminalWizard.isAccessible || !options.isTerminal
        if !plain, !options.isTerminal {
            options.reason = "There is no terminal, so the wizard is read line by line."
        } else if !options.isWanted, terminalOptions == nil {
            options.reason =
                "TERM says that this terminal has no screen, so the wizard is read line by line."
        }
        return options
    }

    /// Nil where TERM says that the terminal has no screen.
    var terminalOptions: TerminalOptions? {
        var options = TerminalWizard.terminalOptions()
        if ascii { options?.glyphs = .ascii }
        return options
    }
}
