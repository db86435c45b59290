/// Columns and rows.
package struct Size: Sendable, Hashable, Codable {
    package var columns: Int
    package var rows: Int

    package init(_ columns: Int, _ rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

/// A cell's place; the upper left one is 0, 0.
package struct Point: Sendable, Hashable, Codable {
    package var column: Int
    package var row: Int

    package init(_ column: Int, _ row: Int) {
        self.column = column
        self.row = row
    }
}

/// A part of the canvas. Never of negative size.
package struct Rect: Sendable, Hashable, Codable {
    package var column: Int
    package var row: Int
    package var columns: Int
    package var rows: Int

    package init(_ column: Int, _ row: Int, _ columns: Int, _ rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    package init(_ size: Size) { self.init(0, 0, size.columns, size.rows) }

    package var origin: Point { Point(column, row) }
    package var size: Size { Size(columns, rows) }
    /// The first column and row beyond it.
    package var endColumn: Int { column + columns }
    package var endRow: Int { row + rows }
    package var isEmpty: Bool { columns == 0 || rows == 0 }

    package func contains(_ point: Point) -> Bool {
        (column..<endColumn).contains(point.column) && (row..<endRow).contains(point.row)
    }

    package func intersection(_ other: Rect) -> Rect {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rect(
            left, top, min(endColumn, other.endColumn) - left, min(endRow, other.endRow) - top)
    }

    /// Without a margin on every side.
    package func inset(columns horizontal: Int, rows vertical: Int) -> Rect {
        Rect(
            column + horizontal, row + vertical, columns - 2 * horizontal, rows - 2 * vertical)
    }

    /// Row `index` of it, counted from its top; empty when it has no such row.
    package func line(_ index: Int) -> Rect {
        (0..<rows).contains(index)
            ? Rect(column, row + index, columns, 1) : Rect(column, row, 0, 0)
    }

    /// Its first rows and the rest.
    package func top(_ count: Int) -> (Rect, rest: Rect) {
        let count = min(max(0, count), rows)
        return (
            Rect(column, row, columns, count), Rect(column, row + count, columns, rows - count)
        )
    }

    /// Its last rows and the rest above them.
    package func bottom(_ count: Int) -> (Rect, rest: Rect) {
        let count = min(max(0, count), rows)
        return (
            Rect(column, endRow - count, columns, count), Rect(column, row, columns, rows - count)
        )
    }

    /// Its first columns and the rest.
    package func left(_ count: Int) -> (Rect, rest: Rect) {
        let count = min(max(0, count), columns)
        return (
            Rect(column, row, count, rows), Rect(column + count, row, columns - count, rows)
        )
    }

    /// A part of that size in its middle, smaller when it does not fit.
    package func centred(_ size: Size) -> Rect {
        let columns = min(size.columns, self.columns)
        let rows = min(size.rows, self.rows)
        return Rect(
            column + (self.columns - columns) / 2, row + (self.rows - rows) / 2, columns, rows)
    }
}
