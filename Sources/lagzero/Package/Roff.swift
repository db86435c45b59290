import FoundationEssentials

/// A page in the language of man(7). What is put in is plain text, in which `this` is set bold.
struct Roff {
    private(set) var text: String

    /// `name` and `version` stand in its first and last lines.
    init(name: String, version: String) {
        text = ".TH \(Roff.plain(name.uppercased())) 1 \"\" \"lagzero \(version)\"\n"
    }

    mutating func section(_ title: String) { text += ".SH \"\(Roff.plain(title.uppercased()))\"\n" }

    mutating func subsection(_ title: String) { text += ".SS \"\(Roff.plain(title))\"\n" }

    /// Empty lines part paragraphs, and lines stay lines.
    mutating func paragraphs(_ words: String) {
        for paragraph in words.components(separatedBy: "\n\n") {
            text += ".PP\n" + lines(paragraph)
        }
    }

    /// One line of what is typed: bold and italic words.
    mutating func synopsis(_ words: [String]) {
        text += ".PP\n" + words.joined(separator: " ") + "\n"
    }

    /// `term` as `bold` and `italic` made it.
    mutating func item(_ term: String, _ words: String) {
        text += ".TP\n\(term)\n" + lines(words)
    }

    /// What is typed as it stands.
    static func bold(_ text: String) -> String { "\\fB\(plain(text))\\fR" }

    /// What stands for something else.
    static func italic(_ text: String) -> String { "\\fI\(plain(text))\\fR" }

    private func lines(_ words: String) -> String {
        words.split(separator: "\n").map { Roff.marked(String($0)) + "\n" }.joined(
            separator: ".br\n")
    }

    private static func marked(_ line: String) -> String {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        let text = parts.enumerated().map { index, part in
            index % 2 == 0 ? plain(String(part)) : bold(String(part))
        }.joined()
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    private static func plain(_ text: String) -> String {
        let special: [Character: String] = [
            "\\": "\\e", "-": "\\-", "~": "\\(ti", "^": "\\(ha", "`": "\\(ga", "\"": "\\(dq",
        ]
        return text.map { special[$0] ?? String($0) }.joined()
    }
}
