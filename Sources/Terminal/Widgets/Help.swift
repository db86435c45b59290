/// What the keys of a page do; the footer and the help are generated from it.
package struct KeyMap: Sendable, Equatable, Codable {
    package struct Binding: Sendable, Equatable, Codable {
        package var keys: [Key]
        package var label: String
        /// The headline in the help that it stands under.
        package var group: String
        /// Whether it is in the footer too.
        package var isInFooter: Bool
        /// Stays in the footer where there is no room for all.
        package var isEssential: Bool
        /// Why it does nothing now; nil when it works.
        package var reason: String?
        /// False for what cannot be undone: only the keyboard does it.
        package var takesClicks: Bool
        /// Whether it is about how the page is seen, and means nothing where it is read line by line.
        package var isForScreens: Bool

        package init(
            _ keys: Key..., label: String, group: String = "This page", isInFooter: Bool = true,
            isEssential: Bool? = nil, reason: String? = nil, takesClicks: Bool = true,
            isForScreens: Bool = false
        ) {
            self.keys = keys
            self.label = label
            self.group = group
            self.isInFooter = isInFooter
            self.isEssential = isEssential ?? keys.contains(.escape)
            self.reason = reason
            self.takesClicks = takesClicks
            self.isForScreens = isForScreens
        }

        package var names: String { keys.map(\.name).joined(separator: " ") }

        /// In the footer.
        var columns: Int { Width.of(names) + 1 + Width.of(label) }
    }

    package var bindings: [Binding]

    package init(_ bindings: [Binding]) { self.bindings = bindings }

    package static func + (left: KeyMap, right: KeyMap) -> KeyMap {
        KeyMap(left.bindings + right.bindings)
    }

    /// Draws `Tab Next field   Enter Continue   Esc Back`; a click on one of them presses its first key.
    package func drawFooter(in rect: Rect, on canvas: inout Canvas) {
        guard rect.rows > 0 else { return }
        var column = rect.column
        let bindings = footer(columns: rect.columns)
        for (index, binding) in bindings.enumerated() {
            // Painted like the label, as changing to nothing and back costs 18 bytes.
            let gap = index < bindings.count - 1 ? String(repeating: " ", count: KeyMap.gap) : ""
            canvas.put(
                [Run(binding.names, .key), Run(" " + binding.label + gap, .dim)],
                at: Point(column, rect.row))
            if binding.takesClicks, let key = binding.keys.first, ![.up, .left].contains(key) {
                canvas.offer([key], in: Rect(column, rect.row, binding.columns, 1))
            }
            column += binding.columns + KeyMap.gap
        }
    }

    /// What the footer names: everything that works now. Where that is too long, the last that is not essential is left
    /// out first, Enter after all others.
    package func footer(columns: Int) -> [Binding] {
        var kept = bindings.filter { $0.isInFooter && $0.reason == nil }
        while kept.reduce(-KeyMap.gap, { $0 + $1.columns + KeyMap.gap }) > columns,
            let last = kept.lastIndex(where: { !$0.isEssential && !$0.keys.contains(.enter) })
                ?? kept.lastIndex(where: { !$0.isEssential }) ?? kept.indices.last
        {
            kept.remove(at: last)
        }
        return kept
    }

    private static let gap = 3
}

/// All keys of a page in a box. Esc, Enter, `?` and `q` close it; the arrows scroll.
package struct Help: Widget {
    package static let keys = KeyMap([
        .init(.up, .down, label: "Scroll"), .init(.escape, label: "Close"),
    ])

    package var keyMap: KeyMap
    package private(set) var isClosed = false
    private var block = TextBlock("")

    package init(_ keyMap: KeyMap) {
        self.keyMap = keyMap
        block = TextBlock(Self.runs(keyMap))
    }

    package mutating func handle(_ key: Key) -> Bool { handle(key, in: Dialog.endless) }

    /// Answers a key where it is drawn in so many columns and rows.
    @discardableResult
    package mutating func handle(_ key: Key, in size: Size) -> Bool {
        switch key {
        case .escape, .enter, .character("?"), .character("q"): isClosed = true
        default:
            _ = block.handle(key, in: box(in: Rect(size)).inset(columns: 2, rows: 1).size)
        }
        return true
    }

    private func box(in rect: Rect) -> Rect {
        Dialog.box(rows: { block.rows(columns: $0) }, in: rect)
    }

    package func draw(in rect: Rect, isFocused: Bool = true, on canvas: inout Canvas) {
        let box = box(in: rect)
        let inner = box.inset(columns: 2, rows: 1)
        Dialog.draw("Help", box, &canvas)
        block.draw(in: inner, on: &canvas)
        canvas.offerScrolling(in: inner)
        let hidden = block.hiddenRows(below: inner)
        guard hidden > 0 else { return }
        canvas.put(
            " \(Dialog.more(hidden, canvas.glyphs)) ", at: Point(inner.column, inner.endRow), .dim)
    }

    private static func runs(_ keyMap: KeyMap) -> [Run] {
        var groups: [String] = []
        for binding in keyMap.bindings where !groups.contains(binding.group) {
            groups.append(binding.group)
        }
        let width = keyMap.bindings.map { Width.of($0.names) }.max() ?? 0
        var lines: [[Run]] = []
        for group in groups {
            if !lines.isEmpty { lines.append([]) }
            lines.append([Run(group, .label)])
            for binding in keyMap.bindings where binding.group == group {
                let names = Text.padded(binding.names, to: width)
                var line = [Run("  " + names + "  ", .key), Run(binding.label)]
                if let reason = binding.reason { line.append(Run(" (\(reason))", .dim)) }
                lines.append(line)
            }
        }
        return Array(lines.joined(separator: [Run("\n")]))
    }
}
