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

    static func draw(
        _ lines: [LogLine], last: Int?, in rect: Rect, on canvas: inout Canvas
    ) {
        guard !rect.isEmpty else { return }
        let end = max(min(rect.rows, lines.count), end(of: lines, last: last))
        for (row, line) in lines[max(0, end - rect.rows)..<end].enumerated() {
            let runs = [Run(" " + Times.time(line.time) + "  ", .dim), Run(line.text)]
            canvas.put(runs, in: rect.line(row))
        }
        if end < lines.count {
            let more = " \(lines.count - end) more \(canvas.glyphs.arrowDown) End "
            canvas.put(more, in: rect.line(rect.rows - 1), .selection, alignment: .right)
        }
    }
}
