/// One of several texts. Enter, Space or Down opens the list; typing narrows it; Enter takes, Esc leaves it as it was.
package struct DropDown: Widget {
    package var items: [String] {
        didSet { if let selected, !items.indices.contains(selected) { self.selected = nil } }
    }
    /// Index of the item taken; nil when none is.
    package var selected: Int?
    package var placeholder: String
    /// Why there is nothing to choose, in the open list.
    package var emptyText: String
    package private(set) var isOpen = false
    package private(set) var filter = ""
    private var highlighted = 0

    package init(
        _ items: [String], selected: Int? = nil, placeholder: String = "",
        emptyText: String = "nothing to choose"
    ) {
        self.items = items
        self.selected = selected.flatMap { items.indices.contains($0) ? $0 : nil }
        self.placeholder = placeholder
        self.emptyText = emptyText
    }

    package var value: String? { selected.map { items[$0] } }

    /// Indexes of the items that match the filter.
    private var matches: [Int] {
        filter.isEmpty
            ? Array(items.indices)
            : items.indices.filter { items[$0].lowercased().contains(filter.lowercased()) }
    }

    package mutating func close() {
        isOpen = false
        filter = ""
    }

    package mutating func handle(_ key: Key) -> Bool {
        isOpen ? handleOpen(key) : handleClosed(key)
    }

    private mutating func handleClosed(_ key: Key) -> Bool {
        guard key == .enter || key == .space || key == .down else { return false }
        isOpen = true
        filter = ""
        highlighted = selected ?? 0
        return true
    }

    private mutating func handleOpen(_ key: Key) -> Bool {
        switch key {
        case .up: highlighted = max(0, highlighted - 1)
        case .down: highlighted = min(max(0, matches.count - 1), highlighted + 1)
        case .pageUp: highlighted = max(0, highlighted - Tuning.dropDownRows)
        case .pageDown:
            highlighted = min(max(0, matches.count - 1), highlighted + Tuning.dropDownRows)
        case .home: highlighted = 0
        case .end: highlighted = max(0, matches.count - 1)
        case .enter:
            if matches.indices.contains(highlighted) { selected = matches[highlighted] }
            close()
        case .escape: close()
        // The page moves on; what was taken before stays.
        case .tab, .backTab:
            close()
            return false
        case .backspace: setFilter(String(filter.dropLast()))
        case .character(let character): setFilter(filter + String(character))
        case .paste(let text): setFilter(filter + text.filter { !$0.isNewline })
        default: break
        }
        return true
    }

    private mutating func setFilter(_ text: String) {
        filter = text
        highlighted = 0
    }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let rect = rect.line(0)
        guard rect.columns >= 4 else { return }
        canvas.note(.list(value ?? placeholder), in: rect)
        let style = Style(isFocused ? .fieldFocus : .field)
        canvas.put("[", at: rect.origin, style)
        canvas.put("]", at: Point(rect.endColumn - 1, rect.row), style)
        canvas.fill(rect.inset(columns: 1, rows: 0), style)
        let text = Rect(rect.column + 2, rect.row, rect.columns - 5, 1)
        if let shown = isOpen && !filter.isEmpty ? filter : value {
            canvas.put(shown, in: text, style)
        } else {
            canvas.put(placeholder, in: text, Style(style.role, .dim))
        }
        canvas.put(canvas.glyphs.dropDown, at: Point(rect.endColumn - 2, rect.row), style)
        if isFocused { canvas.showCursor(at: text.origin) }
    }

    /// Draws the open list below (or, without room, above) the field at `rect`. To be called after all else on the
    /// page; does nothing when it is closed.
    package func drawOpen(at rect: Rect, on canvas: inout Canvas) {
        guard isOpen else { return }
        canvas.cover(by: "Choose from the list")
        canvas.offer([.escape], in: canvas.bounds)
        let matches = matches
        let most = canvas.isPlain ? Tuning.plainDropDownRows : Tuning.dropDownRows
        let rows = min(most, max(1, matches.count)) + 2
        let isBelow = rect.row + 1 + rows <= canvas.size.rows
        let box = Rect(
            rect.column, isBelow ? rect.row + 1 : max(0, rect.row - rows), rect.columns, rows)
        canvas.fill(box, Style(.field))
        canvas.box(box)
        canvas.offerScrolling(in: box)
        let inner = box.inset(columns: 1, rows: 1)
        if matches.isEmpty {
            canvas.put(" " + (items.isEmpty ? emptyText : "no match"), in: inner, .dim)
        }
        let first = max(0, min(highlighted - inner.rows / 2, matches.count - inner.rows))
        for (row, match) in matches.dropFirst(first).prefix(inner.rows).enumerated() {
            let isHighlighted = first + row == highlighted
            let style = Style(isHighlighted ? .selection : .field)
            canvas.fill(inner.line(row), style)
            canvas.put(" " + items[match], in: inner.line(row), style)
            canvas.offer(.moving(first + row - highlighted) + [.enter], in: inner.line(row))
        }
    }
}
