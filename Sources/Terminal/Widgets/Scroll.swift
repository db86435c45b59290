extension [Key] {
    /// What moves a selection by so many rows, down where that is positive.
    package static func moving(_ rows: Int) -> [Key] {
        Array(repeating: rows < 0 ? .up : .down, count: abs(rows))
    }
}

/// The selected row of a list and the part of it that is shown.
package struct Scroll: Sendable, Equatable, Codable {
    package var selected = 0
    package private(set) var offset = 0
    /// Rows that are shown; the page may set it from its size, so that pages are moved by exactly it.
    package var height = Tuning.listHeight

    package init() {}

    /// Moves; false when the key is none that moves.
    package mutating func handle(_ key: Key, count: Int) -> Bool {
        switch key {
        case .up, .character("k"): selected -= 1
        case .down, .character("j"): selected += 1
        case .pageUp: selected -= height
        case .pageDown: selected += height
        case .home: selected = 0
        case .end: selected = count - 1
        default: return false
        }
        clamp(count: count)
        return true
    }

    package mutating func clamp(count: Int) {
        selected = max(0, min(selected, count - 1))
        offset = first(count: count, rows: height)
    }

    /// The first row to draw so that the selected one is seen.
    package func first(count: Int, rows: Int) -> Int {
        let rows = max(1, rows)
        let seen = min(max(offset, selected - rows + 1), selected)
        return max(0, min(seen, count - rows))
    }
}
