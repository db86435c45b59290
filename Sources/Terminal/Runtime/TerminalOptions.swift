internal import CTerminal

/// How a program is shown.
package struct TerminalOptions: Sendable {
    /// The descriptions to try, the best first.
    package var terms: [String]
    /// Whether colours may be used at all.
    package var hasColours: Bool
    package var glyphs: Glyphs
    package var theme: Theme
    package var escapeDelay: Duration
    /// The terminal.
    package var device = "/dev/tty"
    /// Called with every frame that was sent, on the terminal's thread.
    package var onFrame: (@Sendable (FrameReport) -> Void)?

    /// What may say that a terminal is far away. sudo drops what SSH says, but who is behind it may be far away as well.
    private static let remoteSigns = ["SSH_TTY", "SSH_CONNECTION", "SUDO_USER"]

    /// What is read of the environment.
    package static let variables = ["TERM", "NO_COLOR"] + remoteSigns

    /// From `variables`, and the locale's character set. Nil when TERM is missing or describes a terminal without a
    /// screen: then the program is to be used line by line.
    package init?(environment: [String: String], theme: Theme = .standard) {
        let term = environment["TERM"] ?? ""
        guard !term.isEmpty, term != "dumb" else { return nil }
        terms = Self.ladder(term)
        hasColours = (environment["NO_COLOR"] ?? "").isEmpty
        glyphs = cterminal_locale_is_utf8() ? .unicode : .ascii
        self.theme = theme
        let isRemote = Self.remoteSigns.contains { environment[$0] != nil }
        escapeDelay = isRemote ? Tuning.remoteEscapeDelay : Tuning.escapeDelay
    }

    /// Many servers lack the description of a newer terminal; most of these understand xterm.
    static func ladder(_ term: String) -> [String] {
        let base = term.split(separator: "-").first.map(String.init) ?? term
        let family = term.hasPrefix("xterm") ? ["xterm-256color", base] : [base, "xterm-256color"]
        var terms: [String] = []
        for name in [term] + family + ["xterm", "vt100"] where !terms.contains(name) {
            terms.append(name)
        }
        return terms
    }
}

/// What a frame was, and what it cost.
package struct FrameReport: Sendable, Hashable {
    /// All that was sent for it.
    package var bytes: Int
    /// What draws it: bells, titles and the clipboard left out.
    package var content: [UInt8]
    package var size: Size
    package var uptime: Duration
}

/// How a run ended.
package enum Ending: String, Sendable, Codable {
    /// The program asked for it.
    case exit
    /// By SIGTERM.
    case terminated
    /// The terminal has gone.
    case hungUp
}

/// Why a program could not be shown.
package struct TerminalError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
