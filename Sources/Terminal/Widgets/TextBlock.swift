/// Text of several styles, wrapped; scrolls when it is longer than its place.
package struct TextBlock: Widget {
    package var runs: [Run]
    /// The first line shown.
    package var offset = 0

    package init(_ runs: [Run]) { self.runs = runs }

    package init(_ text: String, _ style: Style = .text) { self.init([Run(text, style)]) }

    /// How many rows it takes.
    package func rows(columns: Int) -> Int { Text.wrapped(runs, to: columns).count }

    /// By itself it takes no key: how far it can be scrolled depends on where it is drawn.
    package mutating func handle(_ key: Key) -> Bool { false }

    /// Answers a key where it is drawn in so many columns and rows; it goes to its last line and no further.
    package mutating func handle(_ key: Key, in size: Size) -> Bool {
        let last = max(0, rows(columns: size.columns) - size.rows)
        let first = min(offset, last)
        switch key {
        case .up: offset = first - 1
        case .down: offset = first + 1
        case .pageUp: offset = first - max(1, size.rows)
        case .pageDown: offset = first + max(1, size.rows)
        case .home: offset = 0
        case .end: offset = last
        default: return false
        }
        offset = max(0, min(offset, last))
        return true
    }

    /// Whether there is more than so many columns and rows can show at once.
    package func isLonger(than size: Size) -> Bool { rows(columns: size.columns) > size.rows }

    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        let lines = Text.wrapped(runs, to: rect.columns)
        for (row, line) in lines.dropFirst(first(lines, rect)).prefix(rect.rows).enumerated() {
            canvas.put(line, in: rect.line(row))
        }
    }

    private func first(_ lines: [[Run]], _ rect: Rect) -> Int {
        min(offset, max(0, lines.count - rect.rows))
    }

    /// How many lines there are below those that are drawn in the rectangle.
    package func hiddenRows(below rect: Rect) -> Int {
        let lines = Text.wrapped(runs, to: rect.columns)
        return max(0, lines.count - first(lines, rect) - rect.rows)
    }
}
