internal import ControlAPI
internal import Terminal

/// The last lines of an event log, with their times.
enum LogView {
    /// Lines that a page key moves by.
    static let page = 5

    /// How many lines there are up to the one of that number; all where it is nil.
    static func end(of lines: [LogLine], last: Int?) -> Int {
        guard let last else { return lines.count }
        return lines.lastIndex { $0.sequence <= last }.map { $0 + 1 } ?? min(1, lines.count)
    }

    /// A line with its time; above it the day, where that is not the day of the line before, or today for the first.
    static func rows(_ line: LogLine, after before: Int64?) -> [[Run]] {
        let row = [Run(" " + Times.time(line.time) + "  ", .dim), Run(line.text)]
        guard let before, !Times.isSameDay(before, line.time) else { return [row] }
        return [[Run(" " + Times.day(line.time), .dim)], row]
    }

    /// `now`: what the agent's clock shows.
    static func draw(
        _ lines: [LogLine], last: Int?, now: Int64?, in rect: Rect, on canvas: inout Canvas
    ) {
        guard !rect.isEmpty else { return }
        let end = max(min(rect.rows, lines.count), end(of: lines, last: last))
        let first = max(0, end - rect.rows)
        let rows = lines[first..<end].indices.flatMap { index in
            Self.rows(lines[index], after: index > 0 ? lines[index - 1].time : now)
        }
        for (row, runs) in rows.suffix(rect.rows).enumerated() {
            canvas.put(runs, in: rect.line(row))
        }
        if end < lines.count {
            let more = " \(lines.count - end) more \(canvas.glyphs.arrowDown) End "
            canvas.put(more, in: rect.line(rect.rows - 1), .selection, alignment: .right)
        }
    }
}
