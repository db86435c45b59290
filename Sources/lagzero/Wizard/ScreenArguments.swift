import ArgumentParser
import Terminal

/// How the wizard is drawn.
struct ScreenArguments: ParsableArguments {
    @Flag(help: "Draw with ASCII characters only, whatever the locale says.")
    var ascii = false

    /// Nil where TERM says that the terminal has no screen.
    var terminalOptions: TerminalOptions? {
        var options = TerminalWizard.terminalOptions()
        if ascii { options?.glyphs = .ascii }
        return options
    }
}
