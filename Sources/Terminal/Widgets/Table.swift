/// Columns with a head, and rows of which one is selected.
package struct Table: Widget {
    package struct Column: Sendable, Hashable, Codable {
        package var title: String
        /// Its columns; nil shares what the others leave.
        package var width: Int?
        package var alignment: Alignment

        package init(_ title: String, width: Int? = nil, alignment: Alignment = .left) {
            self.title = title
            self.width = width
            self.alignment = alignment
        }
    }

    package var columns: [Column]
    /// A run per column.
    package var rows: [[Run]] {
        didSet { scroll.clamp(count: rows.count) }
    }
    package var scroll = Scroll()

    package init(_ columns: [Column], rows: [[Run]] = []) {
        self.columns = columns
        self.rows = rows
    }

    package var selected: Int? { rows.indices.contains(scroll.selected) ? scroll.selected : nil }

    package mutating func handle(_ key: Key) -> Bool { scroll.handle(key, count: rows.count) }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let widths = widths(rect.columns)
        let (head, body) = rect.top(1)
        draw(columns.map { Run($0.title, Style(.label, .underline)) }, widths, head, &canvas)
        let first = scroll.first(count: rows.count, rows: body.rows)
        for (row, runs) in rows.dropFirst(first).prefix(body.rows).enumerated() {
            draw(runs, widths, body.line(row), &canvas)
            if isFocused, first + row == scroll.selected {
                canvas.restyle(body.line(row), .selection)
            }
        }
    }

    private func draw(_ runs: [Run], _ widths: [Int], _ line: Rect, _ canvas: inout Canvas) {
        var column = line.column
        for (index, run) in runs.prefix(columns.count).enumerated() {
            let place = Rect(column, line.row, widths[index], line.rows).intersection(line)
            canvas.put(run.text, in: place, run.style, alignment: columns[index].alignment)
            column += widths[index] + 1
        }
    }

    private func widths(_ total: Int) -> [Int] {
        let shared = columns.filter { $0.width == nil }.count
        let taken = columns.reduce(columns.count - 1) { $0 + ($1.width ?? 0) }
        let free = max(0, total - taken)
        var extra = shared > 0 ? free % shared : 0
        return columns.map { column in
            if let width = column.width { return width }
            defer { extra = max(0, extra - 1) }
            return free / shared + (extra > 0 ? 1 : 0)
        }
    }
}
