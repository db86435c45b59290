/// Text of several styles, wrapped; scrolls when it is longer than its place.
package struct TextBlock: Widget {
    package var runs: [Run]
    /// The first line shown.
    package var offset = 0

    package init(_ runs: [Run]) { self.runs = runs }

    package init(_ text: String, _ style: Style = .text) { self.init([Run(text, style)]) }

    /// How many rows it takes.
    package func rows(columns: Int) -> Int { Text.wrapped(runs, to: columns).count }

    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .up: offset = max(0, offset - 1)
        case .down: offset += 1
        case .pageUp: offset = max(0, offset - Tuning.listHeight)
        case .pageDown: offset += Tuning.listHeight
        case .home: offset = 0
        default: return false
        }
        return true
    }

    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        let lines = Text.wrapped(runs, to: rect.columns)
        let first = min(offset, max(0, lines.count - rect.rows))
        for (row, line) in lines.dropFirst(first).prefix(rect.rows).enumerated() {
            canvas.put(line, in: rect.line(row))
        }
    }
}
