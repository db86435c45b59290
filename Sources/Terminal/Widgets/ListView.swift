/// Rows of which one is selected. `/` searches: what is typed then selects the next row that contains it; `n` and `N`
/// go on; Enter or Esc ends the typing.
package struct ListView: Widget {
    /// A row as runs; its text is what is searched.
    package var rows: [[Run]] {
        didSet { scroll.clamp(count: rows.count) }
    }
    package var scroll = Scroll()
    package private(set) var search = ""
    package private(set) var isSearching = false

    package init(_ rows: [[Run]]) { self.rows = rows }

    package init(_ rows: [String]) { self.init(rows.map { [Run($0)] }) }

    /// Nil when there are no rows.
    package var selected: Int? { rows.indices.contains(scroll.selected) ? scroll.selected : nil }

    /// How many rows contain what is searched.
    package var matches: Int { rows.indices.filter(isMatch).count }

    package mutating func select(_ index: Int) {
        scroll.selected = index
        scroll.clamp(count: rows.count)
    }

    package mutating func handle(_ key: Key) -> Bool {
        if isSearching { return handleSearch(key) }
        switch key {
        case .character("/"):
            search = ""
            isSearching = true
        case .character("n") where !search.isEmpty: find(from: scroll.selected + 1, by: 1)
        case .character("N") where !search.isEmpty: find(from: scroll.selected - 1, by: -1)
        case .escape where !search.isEmpty: search = ""
        default: return scroll.handle(key, count: rows.count)
        }
        return true
    }

    private mutating func handleSearch(_ key: Key) -> Bool {
        switch key {
        case .enter: isSearching = false
        case .escape:
            isSearching = false
            search = ""
        case .backspace: search = String(search.dropLast())
        case .character(let character): search.append(character)
        case .paste(let text): search += text.filter { !$0.isNewline }
        default: return scroll.handle(key, count: rows.count)
        }
        find(from: scroll.selected, by: 1)
        return true
    }

    private mutating func find(from start: Int, by step: Int) {
        let count = rows.count
        guard count > 0, !search.isEmpty else { return }
        let order = (0..<count).map { ((start + $0 * step) % count + count) % count }
        if let found = order.first(where: isMatch) { select(found) }
    }

    private func isMatch(_ index: Int) -> Bool {
        let text = rows[index].map(\.text).joined()
        return !search.isEmpty && text.lowercased().contains(search.lowercased())
    }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        var rect = rect
        if isSearching || !search.isEmpty {
            let (line, rest) = rect.bottom(1)
            canvas.put(
                [Run("/" + search, Style(.match)), Run("  \(matches)/\(rows.count)", .dim)],
                in: line)
            if isSearching {
                canvas.showCursor(at: Point(line.column + 1 + Width.of(search), line.row))
            }
            rect = rest
        }
        let first = scroll.first(count: rows.count, rows: rect.rows)
        for (row, runs) in rows.dropFirst(first).prefix(rect.rows).enumerated() {
            let line = rect.line(row)
            canvas.put(runs, in: line)
            if isMatch(first + row) { canvas.restyle(line, Style(.match)) }
            if first + row == scroll.selected {
                canvas.restyle(line, Style(.selection, isFocused ? [] : .dim))
            }
        }
    }
}
