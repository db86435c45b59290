/// The last lines of a log. Follows what is added until scrolled up; End follows again. To be drawn over the full
/// width of the screen: only then does a new line cost no more than itself.
package struct LogPane: Widget {
    package private(set) var lines: [[Run]] = []
    /// Lines below the last one shown; 0 follows.
    package private(set) var back = 0

    package init(_ lines: [[Run]] = []) {
        for line in lines { append(line) }
    }

    package var isFollowing: Bool { back == 0 }

    /// Older lines than it keeps are dropped.
    package mutating func append(_ line: [Run]) {
        lines.append(line)
        if lines.count > Tuning.logLines { lines.removeFirst(lines.count - Tuning.logLines) }
        if back > 0 { back = min(back + 1, lines.count - 1) }
    }

    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .up, .character("k"): move(1)
        case .down, .character("j"): move(-1)
        case .pageUp: move(Tuning.listHeight)
        case .pageDown: move(-Tuning.listHeight)
        case .home: move(lines.count)
        case .end: back = 0
        default: return false
        }
        return true
    }

    private mutating func move(_ rows: Int) { back = max(0, min(back + rows, lines.count - 1)) }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        let end = max(min(rect.rows, lines.count), lines.count - back)
        let shown = lines[max(0, end - rect.rows)..<end]
        for (row, line) in shown.enumerated() { canvas.put(line, in: rect.line(row)) }
        if end < lines.count {
            let more = " \(lines.count - end) more \(canvas.glyphs.arrowDown) End "
            canvas.put(more, in: rect.line(rect.rows - 1), .selection, alignment: .right)
        }
    }
}
