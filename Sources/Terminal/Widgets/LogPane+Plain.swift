/// A log that is read and not seen: its lines are whole, on as many rows as they take.
extension LogPane {
    /// How many lines a page key moves by there, in a pane of that size: never past one that was not read.
    package func spokenPage(_ key: Key, _ lines: some LogLines, in size: Size) -> Int {
        // What is said of the lines that are not shown may take two rows.
        var left = max(1, size.rows - 2)
        let end = end(lines)
        let indices =
            key == .pageDown
            ? stride(from: end, to: lines.count, by: 1) : stride(from: end - 1, to: -1, by: -1)
        var count = 0
        for index in indices {
            left -= Self.rows(lines, index, columns: size.columns).count
            guard left >= 0 else { break }
            count += 1
        }
        return max(1, count)
    }

    /// How many rows the search takes there: a line that was found and has no room beside what is searched stands below.
    package func spokenSearchRows(_ lines: some LogLines, columns: Int) -> Int {
        1 + foundBelow(lines, columns: columns).count
    }

    /// Empty where it has room beside what is searched, or there is none. No row is one of the log's: what has been read is
    /// not read again.
    func foundBelow(_ lines: some LogLines, columns: Int) -> [String] {
        guard let text = found(in: lines).map({ lines.text($0) }),
            Width.of(text) > search.spokenRoom(columns)
        else { return [] }
        let mark = "found: "
        return Text.wrapped(text, to: columns - Width.of(mark)).map { mark + $0 }
    }

    func drawWrapped(_ lines: some LogLines, in rect: Rect, on canvas: inout Canvas) {
        var rect = rect
        let hidden = lines.count - end(lines)
        if hidden > 0, rect.rows > 1 {
            let (foot, above) = rect.bottom(1)
            canvas.put("\(hidden) more \(canvas.glyphs.arrowDown) End", in: foot)
            rect = above
        }
        if let older = lines.older, rect.rows > 1 {
            let (head, below) = rect.top(1)
            if shown(lines, in: below).first == 0 { canvas.put(older, in: head) }
            rect = below
        }
        let rows = shown(lines, in: rect).flatMap {
            Self.rows(lines, $0, columns: rect.columns)
        }
        for (row, runs) in rows.suffix(rect.rows).enumerated() {
            canvas.put(runs, in: rect.line(row))
        }
    }

    /// Those that have room, up to the last one that is shown, and behind it where the log begins before the room ends.
    private func shown(_ lines: some LogLines, in rect: Rect) -> Range<Int> {
        let wanted = end(lines)
        var (first, last, left) = (wanted, wanted, rect.rows)
        func takes(_ index: Int) -> Bool {
            let rows = Self.rows(lines, index, columns: rect.columns).count
            guard rows <= left || first == last else { return false }
            left -= rows
            return true
        }
        while first > 0, takes(first - 1) { first -= 1 }
        while first == 0, last < lines.count, takes(last) { last += 1 }
        return first..<last
    }

    private static func rows(_ lines: some LogLines, _ index: Int, columns: Int) -> [[Run]] {
        lines.rows(index).flatMap { Text.wrapped($0, to: columns) }
    }
}
