/// What the keys of a page do; the footer and the help are generated from it.
package struct KeyMap: Sendable, Equatable, Codable {
    package struct Binding: Sendable, Equatable, Codable {
        package var keys: [Key]
        package var label: String
        /// The headline in the help that it stands under.
        package var group: String
        /// Whether it is in the footer too.
        package var isInFooter: Bool
        /// Why it does nothing now; nil when it works.
        package var reason: String?

        package init(
            _ keys: Key..., label: String, group: String = "This page", isInFooter: Bool = true,
            reason: String? = nil
        ) {
            self.keys = keys
            self.label = label
            self.group = group
            self.isInFooter = isInFooter
            self.reason = reason
        }

        var names: String { keys.map(\.name).joined(separator: " ") }

        /// In the footer.
        var columns: Int { Width.of(names) + 1 + Width.of(label) }
    }

    package var bindings: [Binding]

    package init(_ bindings: [Binding]) { self.bindings = bindings }

    package static func + (left: KeyMap, right: KeyMap) -> KeyMap {
        KeyMap(left.bindings + right.bindings)
    }

    /// Draws `Tab next field   Enter Continue`; bindings that do not fit are left out, the last first. Returns the
    /// column where another footer goes on.
    @discardableResult
    package func drawFooter(in rect: Rect, on canvas: inout Canvas) -> Int {
        var column = rect.column
        for binding in inFooter {
            guard column + binding.columns <= rect.endColumn, rect.rows > 0 else { break }
            let place = Point(column, rect.row)
            canvas.put(
                [Run(binding.names, .key), Run(" " + binding.label, .dim)], at: place)
            column += binding.columns + 3
        }
        return column
    }

    /// How many columns the whole footer takes.
    package var footerColumns: Int { inFooter.reduce(-3) { $0 + $1.columns + 3 } }

    private var inFooter: [Binding] { bindings.filter { $0.isInFooter && $0.reason == nil } }
}

/// All keys of a page in a box. Esc, Enter, `?` and `q` close it; the arrows scroll.
package struct Help: Widget {
    package var keyMap: KeyMap
    package private(set) var isClosed = false
    private var block = TextBlock("")

    package init(_ keyMap: KeyMap) {
        self.keyMap = keyMap
        block = TextBlock(Self.runs(keyMap))
    }

    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .escape, .enter, .character("?"), .character("q"): isClosed = true
        default: _ = block.handle(key)
        }
        return true
    }

    package func draw(in rect: Rect, isFocused: Bool = true, on canvas: inout Canvas) {
        let inner = Dialog.draw("Help", rows: { block.rows(columns: $0) }, in: rect, &canvas)
        block.draw(in: inner, on: &canvas)
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
