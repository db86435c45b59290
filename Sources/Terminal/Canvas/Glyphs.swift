/// The marks of the program, each of one column, in UTF-8 or in ASCII.
package struct Glyphs: Sendable, Hashable, Codable {
    package let isUnicode: Bool
    package let done: String
    package let current: String
    package let waiting: String
    package let failed: String
    package let warning: String
    package let stale: String
    package let ellipsis: String
    package let bullet: String
    package let arrowRight: String
    package let arrowUp: String
    package let arrowDown: String
    package let dropDown: String
    package let separator: String
    package let horizontal: String
    package let vertical: String
    package let topLeft: String
    package let topRight: String
    package let bottomLeft: String
    package let bottomRight: String
    package let full: String
    package let track: String
    /// Heights of a sparkline, from lowest to highest.
    package let heights: [String]
    package let spinner: [String]

    package static let unicode = Glyphs(
        isUnicode: true, done: "✔", current: "▶", waiting: "○", failed: "✘", warning: "!",
        stale: "◌", ellipsis: "…", bullet: "•", arrowRight: "▶", arrowUp: "↑", arrowDown: "↓",
        dropDown: "▾", separator: "·", horizontal: "─", vertical: "│", topLeft: "┌",
        topRight: "┐", bottomLeft: "└", bottomRight: "┘", full: "█", track: "░",
        heights: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"])

    package static let ascii = Glyphs(
        isUnicode: false, done: "+", current: ">", waiting: "o", failed: "x", warning: "!",
        stale: "~", ellipsis: "~", bullet: "*", arrowRight: ">", arrowUp: "^", arrowDown: "v",
        dropDown: "v", separator: "|", horizontal: "-", vertical: "|", topLeft: "+",
        topRight: "+", bottomLeft: "+", bottomRight: "+", full: "#", track: ".",
        heights: ["_", ".", ":", "-", "=", "+", "*", "#"], spinner: ["|", "/", "-", "\\"])

    /// Stand-ins that no text has (of the private use area): what is drawn with them is read with `words`.
    static let spoken = Glyphs(
        isUnicode: true, done: "\u{E000}", current: "\u{E001}", waiting: "\u{E002}",
        failed: "\u{E003}", warning: "\u{E004}", stale: "\u{E005}", ellipsis: "\u{E006}",
        bullet: "\u{E007}", arrowRight: "\u{E008}", arrowUp: "\u{E009}", arrowDown: "\u{E00A}",
        dropDown: picture, separator: "\u{E00B}", horizontal: picture, vertical: picture,
        topLeft: picture, topRight: picture, bottomLeft: picture, bottomRight: picture,
        full: picture, track: picture, heights: [picture], spinner: [picture])

    /// What is there to be seen only.
    private static let picture = "\u{E00C}"

    /// What the stand-ins are read as.
    static let words: [String: String] = [
        spoken.done: "ok:", spoken.current: "current:", spoken.waiting: "waiting:",
        spoken.failed: "failed:", spoken.warning: "warning:", spoken.stale: "out of date:",
        spoken.ellipsis: "...", spoken.bullet: "note:", spoken.arrowRight: "to",
        spoken.arrowUp: "above", spoken.arrowDown: "below", spoken.separator: ",", picture: "",
    ]

    /// What tells a text of this role without colour; nil where nothing has to.
    package func mark(_ role: Role) -> String? {
        switch role {
        case .ok: done
        case .warning: warning
        case .error: failed
        default: nil
        }
    }

    /// The text behind the mark of its role.
    package func marked(_ text: String, _ role: Role) -> String {
        mark(role).map { "\($0) \(text)" } ?? text
    }

    /// The picture of a spinner that turns ten times a second, after so much time.
    package func spinner(at uptime: Duration) -> String {
        let (seconds, fraction) = uptime.components
        let tenths = seconds * 10 + fraction / 100_000_000_000_000_000
        return spinner[Int(tenths % Int64(spinner.count))]
    }
}
