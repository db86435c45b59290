/// Text fitted into columns.
package enum Text {
    /// The text itself when it fits, else its beginning and the ellipsis.
    package static func truncated(
        _ text: String, to columns: Int, ellipsis: String = Glyphs.unicode.ellipsis
    ) -> String {
        truncated([Run(text)], to: columns, ellipsis: ellipsis).map(\.text).joined()
    }

    package static func truncated(
        _ runs: [Run], to columns: Int, ellipsis: String = Glyphs.unicode.ellipsis
    ) -> [Run] {
        if runs.reduce(0, { $0 + Width.of($1.text) }) <= columns { return runs }
        var free = columns - Width.of(ellipsis)
        guard free >= 0 else { return [] }
        var kept: [Run] = []
        for run in runs {
            var text = ""
            for glyph in Glyph.all(of: run.text) {
                free -= glyph.width
                if free < 0 { return kept + [Run(text + ellipsis, run.style)] }
                text += glyph.text
            }
            kept.append(Run(text, run.style))
        }
        return kept
    }

    /// Filled up with spaces, or shortened, to exactly so many columns.
    package static func padded(
        _ text: String, to columns: Int, alignment: Alignment = .left,
        ellipsis: String = Glyphs.unicode.ellipsis
    ) -> String {
        let text = truncated(text, to: columns, ellipsis: ellipsis)
        let free = max(0, columns - Width.of(text))
        let left = alignment == .left ? 0 : alignment == .right ? free : free / 2
        return String(repeating: " ", count: left) + text
            + String(repeating: " ", count: free - left)
    }

    /// Lines of at most so many columns, broken between words, inside a word only when it is longer than a line.
    /// Newlines break too. One line at least.
    package static func wrapped(_ text: String, to columns: Int) -> [String] {
        wrapped([Run(text)], to: columns).map { $0.map(\.text).joined() }
    }

    /// Lines that are full but for the last, broken wherever they end: put together they are the text again.
    package static func broken(_ text: String, to columns: Int) -> [String] {
        var lines = [""]
        var width = 0
        for glyph in Glyph.all(of: text) {
            if width > 0, width + glyph.width > columns {
                lines.append("")
                width = 0
            }
            lines[lines.count - 1] += glyph.text
            width += glyph.width
        }
        return lines
    }

    package static func wrapped(_ runs: [Run], to columns: Int) -> [[Run]] {
        var lines = LineBreaker(columns: max(1, columns))
        for run in runs {
            let parts = run.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index > 0 { lines.breakLine() }
                lines.add(String(part), run.style)
            }
        }
        return lines.finish()
    }
}

/// Puts glyphs on lines; remembers the last place where a line may end.
private struct LineBreaker {
    let columns: Int
    private var lines: [[(Glyph, Style)]] = []
    private var line: [(Glyph, Style)] = []
    private var width = 0

    init(columns: Int) { self.columns = columns }

    mutating func add(_ text: String, _ style: Style) {
        for glyph in Glyph.all(of: text) {
            if width + glyph.width > columns {
                // The space at which a line ends is not drawn.
                if glyph.text == " " {
                    breakLine()
                    continue
                }
                wrap()
            }
            line.append((glyph, style))
            width += glyph.width
        }
    }

    mutating func breakLine() {
        lines.append(line)
        line = []
        width = 0
    }

    mutating func finish() -> [[Run]] {
        breakLine()
        return lines.map { line in
            var runs: [Run] = []
            for (glyph, style) in line {
                if let last = runs.indices.last, runs[last].style == style {
                    runs[last].text += glyph.text
                } else {
                    runs.append(Run(glyph.text, style))
                }
            }
            return runs
        }
    }

    private mutating func wrap() {
        guard let space = line.lastIndex(where: { $0.0.text == " " }) else { return breakLine() }
        let rest = Array(line[(space + 1)...])
        line.removeSubrange(space...)
        while line.last?.0.text == " " { line.removeLast() }
        breakLine()
        line = rest
        width = rest.reduce(0) { $0 + $1.0.width }
    }
}
