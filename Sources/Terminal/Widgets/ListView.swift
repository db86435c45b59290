/// The rows of a list, as a page has them. How one looks is asked only where it is seen.
package protocol ListRows {
    var count: Int { get }

    /// Whether the cursor goes to it; headlines and blank lines are passed over.
    func isItem(_ index: Int) -> Bool

    /// What is searched.
    func text(_ index: Int) -> String

    func runs(_ index: Int, columns: Int, _ glyphs: Glyphs) -> [Run]

    /// Which thing it is, where its words may change; nil where they say it.
    func identity(_ index: Int) -> String?
}

/// A list with a cursor, and a search in it: what is typed leads to the next row that contains it. Which row the cursor is
/// on the page knows: rows come and go.
package struct ListView: Sendable, Equatable, Codable {
    package private(set) var search = Search()

    package init() {}

    /// Answers a key: true where it is one of the list's, and `cursor` is the row that it leads to. `page`: how many items
    /// a page key goes by.
    package mutating func handle(
        _ key: Key, _ rows: some ListRows, cursor: inout Int?, page: Int
    ) -> Bool {
        if let act = search.handle(key) {
            let start = cursor ?? 0
            switch act {
            case .find: find(from: start, by: 1, rows, &cursor)
            case .next: find(from: start + 1, by: 1, rows, &cursor)
            case .previous: find(from: start - 1, by: -1, rows, &cursor)
            case .stay: break
            }
            return true
        }
        let items = (0..<rows.count).filter(rows.isItem)
        let now = cursor.flatMap { items.firstIndex(of: $0) } ?? 0
        let next: Int
        switch key {
        case .up, .character("k"): next = now - 1
        case .down, .character("j"): next = now + 1
        case .pageUp: next = now - page
        case .pageDown: next = now + page
        case .home: next = 0
        case .end: next = items.count - 1
        default: return false
        }
        if !items.isEmpty { cursor = items[max(0, min(items.count - 1, next))] }
        return true
    }

    /// Round and round.
    private func find(
        from start: Int, by step: Int, _ rows: some ListRows, _ cursor: inout Int?
    ) {
        let count = rows.count
        let order = (0..<count).lazy.map { ((start + $0 * step) % count + count) % count }
        if let found = order.first(where: { isMatch($0, rows) }) { cursor = found }
    }

    private func isMatch(_ index: Int, _ rows: some ListRows) -> Bool {
        rows.isItem(index) && search.matches(rows.text(index))
    }

    /// The row of the cursor is always seen. `foot`: a line below, for the search and for how many items are above and
    /// below those that are seen.
    package func draw(
        _ rows: some ListRows, cursor: Int?, in rect: Rect, foot: Rect, on canvas: inout Canvas
    ) {
        let current = cursor ?? 0
        // The headline of a part is seen with its first item.
        let first = max(0, min(max(0, current - rect.rows + 2), rows.count - rect.rows))
        let end = max(first, min(rows.count, first + rect.rows))
        canvas.offerScrolling(in: rect)
        func items(_ range: Range<Int>) -> Int { range.count(where: rows.isItem) }
        var steps = items(0..<first) - items(0..<min(current, rows.count))
        for index in first..<end {
            let line = rect.line(index - first)
            canvas.put(rows.runs(index, columns: line.columns, canvas.glyphs), in: line)
            guard rows.isItem(index) else { continue }
            canvas.offer(
                steps == 0 ? [.enter] : .moving(steps), in: line, as: rows.identity(index))
            steps += 1
            if isMatch(index, rows) { canvas.restyle(line, Style(.match)) }
            if index == cursor {
                canvas.put(canvas.glyphs.current, at: line.origin)
                canvas.restyle(line, .selection)
            }
        }
        search.draw(outcome(rows, cursor), in: foot, on: &canvas)
        let hidden = [
            (items(0..<first), canvas.glyphs.arrowUp),
            (items(end..<rows.count), canvas.glyphs.arrowDown),
        ].filter { $0.0 > 0 }
        guard !hidden.isEmpty else { return }
        let text = hidden.map { "\($0) more \($1)" }.joined(separator: "  ")
        canvas.put(" \(text) ", in: foot, .selection, alignment: .right)
    }

    /// `3 of 17`.
    private func outcome(_ rows: some ListRows, _ cursor: Int?) -> String {
        guard search.isActive else { return "" }
        let matches = (0..<rows.count).filter { isMatch($0, rows) }
        if matches.isEmpty { return "no match" }
        let place = cursor.flatMap { matches.firstIndex(of: $0) }
        return place.map { "\($0 + 1) of \(matches.count)" }
            ?? (matches.count == 1 ? "1 match" : "\(matches.count) matches")
    }
}
