internal import CTerminal

/// How a program is read line by line.
package struct PlainOptions: Sendable {
    /// Whether it begins so.
    package var isWanted = false
    /// Whether it is read at a terminal, which is taken then; otherwise lines come from standard input.
    package var isTerminal = true
    package var isASCII = !cterminal_locale_is_utf8()
    /// The terminal.
    package var device = "/dev/tty"
    /// Read first: why it is so.
    package var reason: String?
    /// Called with whatever was sent, on the terminal's thread.
    package var onFrame: (@Sendable (FrameReport) -> Void)?

    package init() {}
}
