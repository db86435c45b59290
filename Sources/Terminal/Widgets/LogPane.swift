/// The lines of a log as far as they are here, oldest first.
package protocol LogLines {
    var count: Int { get }

    /// It stays with its line, and rises from one to the next.
    func number(_ index: Int) -> Int

    /// What is searched.
    func text(_ index: Int) -> String

    /// The line, below what is said above it, such as its day.
    func rows(_ index: Int) -> [[Run]]

    /// Whether there are lines before the first one that can still be read.
    var hasUnread: Bool { get }

    /// Said over the first line; nil where nothing is before it.
    var older: String? { get }
}

/// Where a log is looked at, and a search in it. Follows what is added until scrolled up; End follows again. To be drawn
/// over the full width of the screen: only then does a new line cost no more than itself. Where it is read and not seen,
/// no line is shortened: long ones take several rows.
package struct LogPane: Sendable, Equatable, Codable {
    package private(set) var search = Search()
    /// The number of the last line that is shown; nil follows the log.
    private(set) var last: Int?
    private(set) var outcome = Outcome.none

    /// What came of the search.
    enum Outcome: Sendable, Equatable, Codable {
        case none, noMatch
        /// The number of a line.
        case found(Int)
        /// None of the lines from that number on; those before it are not here yet.
        case looking(before: Int)
    }

    package init() {}

    package var isFollowing: Bool { last == nil }

    /// Whether the search goes on with lines that are not here yet.
    package var isLooking: Bool { if case .looking = outcome { true } else { false } }

    /// Index of the line that was found last.
    package func found(in lines: some LogLines) -> Int? {
        guard case .found(let number) = outcome else { return nil }
        return index(of: number, lines).flatMap { lines.number($0) == number ? $0 : nil }
    }

    /// How many lines there are up to the last one that is shown.
    package func end(_ lines: some LogLines) -> Int {
        guard let last else { return lines.count }
        return index(of: last, lines).map { $0 + 1 } ?? min(1, lines.count)
    }

    /// The last line of that number or a lower one.
    private func index(of number: Int, _ lines: some LogLines) -> Int? {
        var (low, high) = (0, lines.count)
        while low < high {
            let middle = (low + high) / 2
            if lines.number(middle) <= number { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    /// Answers a key that scrolls; false for all others. `page`: how many lines a page key moves by. `rows`: those of the
    /// pane where it is seen; every key changes then what is shown, at the beginning too.
    package mutating func scroll(
        _ key: Key, _ lines: some LogLines, page: Int, rows: Int = 1
    ) -> Bool {
        let first = firstPage(lines, rows)
        let end = max(end(lines), first)
        let target: Int
        switch key {
        case .up: target = end - 1
        case .down: target = end + 1
        case .pageUp: target = end - page
        case .pageDown: target = end + page
        case .home: target = first
        case .end: target = lines.count
        default: return false
        }
        let shown = max(first, target)
        last = shown < lines.count ? lines.number(shown - 1) : nil
        return true
    }

    /// Whether no key scrolls, as all lines have room on that many rows.
    package func isWhole(_ lines: some LogLines, rows: Int) -> Bool {
        firstPage(lines, rows) >= lines.count
    }

    /// How many lines have room on that many rows from the first one on, at least one.
    private func firstPage(_ lines: some LogLines, _ rows: Int) -> Int {
        var left = rows
        let fitting = (0..<lines.count).prefix {
            left -= lines.rows($0).count
            return left >= 0
        }
        return max(1, fitting.count)
    }

    // MARK: The search

    /// Answers a key of the search, or one that scrolls; false for all others. What is typed is looked for from the last
    /// line that is shown on, backwards.
    package mutating func handle(
        _ key: Key, _ lines: some LogLines, page: Int, rows: Int = 1
    ) -> Bool {
        guard let act = search.handle(key) else {
            return scroll(key, lines, page: page, rows: rows)
        }
        let found = found(in: lines)
        switch act {
        case .find: look(from: found ?? end(lines) - 1, by: -1, lines, page)
        case .next: look(from: (found ?? end(lines)) - 1, by: -1, lines, page)
        case .previous: look(from: found.map { $0 + 1 } ?? 0, by: 1, lines, page)
        case .stay: if !search.isActive { outcome = .none }
        }
        return true
    }

    /// Goes on with lines that have come.
    package mutating func lookOn(_ lines: some LogLines, page: Int) {
        guard case .looking(let number) = outcome else { return }
        let first = index(of: number, lines).map { lines.number($0) < number ? $0 + 1 : $0 } ?? 0
        look(from: first - 1, by: -1, lines, page)
    }

    /// Round and round, but for lines that are not here yet: those are waited for.
    private mutating func look(
        from start: Int, by step: Int, _ lines: some LogLines, _ page: Int
    ) {
        guard !search.text.isEmpty, lines.count > 0 else {
            outcome = .none
            return
        }
        let toTheEnd = stride(from: start, through: step < 0 ? 0 : lines.count - 1, by: step)
        let isMatch = { [search] (index: Int) in search.matches(lines.text(index)) }
        if let index = toTheEnd.first(where: isMatch) { return show(index, lines, page) }
        if step < 0, lines.hasUnread {
            outcome = .looking(before: lines.number(0))
            return
        }
        let all = stride(
            from: step < 0 ? lines.count - 1 : 0, through: step < 0 ? 0 : lines.count - 1, by: step)
        guard let index = all.first(where: isMatch) else {
            outcome = .noMatch
            return
        }
        show(index, lines, page)
    }

    /// In the middle of the page, where it was not on it.
    private mutating func show(_ index: Int, _ lines: some LogLines, _ page: Int) {
        outcome = .found(lines.number(index))
        let end = end(lines)
        // What is said above lines takes rows, too.
        let isShown = (max(0, end - page + 2)..<max(2, end)).contains(index)
        last = lines.number(isShown ? end - 1 : min(lines.count, index + 1 + page / 2) - 1)
    }

    // MARK: Drawing

    /// `foot`: a line below for the search; empty where none is made.
    package func draw(
        _ lines: some LogLines, in rect: Rect, foot: Rect = Rect(Size(0, 0)),
        on canvas: inout Canvas
    ) {
        drawSearch(lines, in: foot, on: &canvas)
        guard !rect.isEmpty else { return }
        canvas.offerScrolling(in: rect)
        if canvas.isPlain { return drawWrapped(lines, in: rect, on: &canvas) }
        let shown = shown(lines, rect.rows)
        let found = found(in: lines)
        for (row, shown) in shown.rows.enumerated() {
            let line = rect.line(row)
            canvas.put(shown.runs, in: line)
            guard let index = shown.line, search.matches(lines.text(index)) else { continue }
            canvas.restyle(line, index == found ? .selection : Style(.match))
        }
        if shown.first == 0, let older = lines.older {
            canvas.put(" \(older) ", in: rect.line(0), .selection, alignment: .right)
        }
        let hidden = lines.count - shown.end
        guard hidden > 0 else { return }
        let more = " \(hidden) more \(canvas.glyphs.arrowDown) End "
        canvas.put(more, in: rect.line(rect.rows - 1), .selection, alignment: .right)
    }

    /// The rows that have room, each with its line where it is one, and the end of the lines among them. What is said above
    /// lines takes rows, too.
    private func shown(
        _ lines: some LogLines, _ room: Int
    ) -> (rows: [(runs: [Run], line: Int?)], first: Int, end: Int) {
        let end = min(lines.count, max(end(lines), firstPage(lines, room)))
        let first = max(0, end - room)
        let rows = (first..<end).flatMap { index -> [(runs: [Run], line: Int?)] in
            let rows = lines.rows(index)
            return rows.indices.map { (rows[$0], $0 == rows.count - 1 ? index : nil) }
        }
        return (Array(rows.suffix(room)), first, end)
    }

    private func drawSearch(_ lines: some LogLines, in foot: Rect, on canvas: inout Canvas) {
        let text: String =
            switch outcome {
            case .none: ""
            case .noMatch: "no match"
            case .looking: "looking in older lines"
            // Which line it is is not seen where it is read.
            case .found: canvas.isPlain ? found(in: lines).map { lines.text($0) } ?? "" : ""
            }
        guard canvas.isPlain, !foot.isEmpty else {
            return search.draw(text, in: foot, on: &canvas)
        }
        let below = foundBelow(lines, columns: foot.columns)
        search.draw(below.isEmpty ? text : "", in: foot.line(0), on: &canvas)
        for (row, line) in below.enumerated() { canvas.put(line, in: foot.line(1 + row)) }
    }
}
