/// Columns in which the cells of many lines stand one below the other.
package struct Table: Sendable, Hashable {
    package struct Column: Sendable, Hashable {
        /// What its head says.
        package var title: String
        /// Its columns; nil shares what the others leave.
        package var width: Int?
        package var alignment: Alignment

        package init(_ title: String = "", width: Int? = nil, alignment: Alignment = .left) {
            self.title = title
            self.width = width
            self.alignment = alignment
        }
    }

    package var columns: [Column]

    package init(_ columns: [Column]) { self.columns = columns }

    /// The line above the others.
    package func head(_ style: Style, columns total: Int, _ glyphs: Glyphs) -> [Run] {
        row(columns.map { Run($0.title, style) }, columns: total, glyphs)
    }

    /// A cell per column, one column between them, over so many columns in all.
    package func row(_ cells: [Run], columns total: Int, _ glyphs: Glyphs) -> [Run] {
        let widths = widths(total)
        let runs = zip(cells, columns).enumerated().map { index, cell in
            let text = Text.padded(
                cell.0.text, to: widths[index], alignment: cell.1.alignment,
                ellipsis: glyphs.ellipsis)
            // Painted like the cell, as changing to nothing and back costs 18 bytes.
            return Run(index < widths.count - 1 ? text + " " : text, cell.0.style)
        }
        return runs
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
