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

    /// A line with its time; above it the day, where that is not the day of the line before, or today for the first, and
    /// how many lines were lost there.
    static func rows(_ line: LogLine, after before: Int64?, lost: Int) -> [[Run]] {
        var rows = [[Run(" " + Times.time(line.time) + "  ", .dim), Run(line.text)]]
        if let before, !Times.isSameDay(before, line.time) {
            rows.insert([Run(" " + Times.day(line.time), .dim)], at: 0)
        }
        if lost > 0 {
            let lines = Figure.counted(lost, "line")
            rows.insert([Run(" \(lines) lost: the store could not be written", .warning)], at: 0)
        }
        return rows
    }

    /// `now`: what the agent's clock shows.
    static func draw(
        _ log: EventLog, last: Int?, now: Int64?, in rect: Rect, on canvas: inout Canvas
    ) {
        guard !rect.isEmpty else { return }
        canvas.offerScrolling(in: rect)
        let lines = log.lines
        let wanted = end(of: lines, last: last)
        let end = max(min(rect.rows, lines.count), wanted)
        let first = max(0, end - rect.rows)
        let rows = (first..<end).map { index in
            Self.rows(
                lines[index], after: index > 0 ? lines[index - 1].time : now,
                lost: log.lost(before: index))
        }
        // Days take rows, too: at the beginning it is the last lines that have no room.
        let isAtBeginning = wanted <= rect.rows && last != nil
        var hidden = lines.count - end
        var shown = rows.flatMap(\.self)
        if isAtBeginning {
            let fitting = fitting(rows, rect.rows)
            hidden += rows.count - fitting
            shown = rows.prefix(fitting).flatMap(\.self)
        }
        for (row, runs) in shown.suffix(rect.rows).enumerated() {
            canvas.put(runs, in: rect.line(row))
        }
        if first == 0, let older = older(than: log) {
            canvas.put(" \(older) ", in: rect.line(0), .selection, alignment: .right)
        }
        if hidden > 0 {
            let more = " \(hidden) more \(canvas.glyphs.arrowDown) End "
            canvas.put(more, in: rect.line(rect.rows - 1), .selection, alignment: .right)
        }
    }

    /// How many lines have room, where each takes these rows.
    private static func fitting(_ lines: [[[Run]]], _ rows: Int) -> Int {
        var left = rows
        return lines.prefix {
            left -= $0.count
            return left >= 0
        }.count
    }

    /// What is said over lines before which there are others; nil where there are none.
    static func older(than log: EventLog) -> String? {
        guard !log.lines.isEmpty, log.hasOlder else { return nil }
        return log.lines.count < Tuning.keptLogLines
            ? "reading older lines" : "older lines are not shown here"
    }
}
