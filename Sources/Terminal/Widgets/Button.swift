/// `( title )`. Whether it was pressed is asked with `activates`, before the key is handled.
package struct Button: Widget {
    package enum State: Sendable, Hashable, Codable {
        case normal
        /// The step that is wanted now.
        case ready
        /// Cannot be pressed, and why; the reason is drawn beside it.
        case grey(reason: String)
    }

    package var title: String
    package var state: State
    /// False for what cannot be undone: a click leads there, and the keyboard presses it.
    package var takesClicks = true

    package init(_ title: String, _ state: State = .normal) {
        self.title = title
        self.state = state
    }

    package var isEnabled: Bool {
        if case .grey = state { false } else { true }
    }

    /// Columns of the button alone.
    package var columns: Int { Width.of(title) + 4 }

    /// Whether the key presses it: Enter or Space, when it is not grey.
    package func activates(_ key: Key) -> Bool { isEnabled && (key == .enter || key == .space) }

    /// True for the keys that press it, also when it is grey.
    package mutating func handle(_ key: Key) -> Bool { key == .enter || key == .space }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let rect = rect.line(0)
        guard !rect.isEmpty else { return }
        canvas.note(.button(self), in: rect)
        let role: Role =
            switch state {
            case .grey: .buttonGrey
            case .ready: .buttonReady
            case .normal: isFocused ? .buttonFocus : .button
            }
        let (own, rest) = rect.left(columns)
        canvas.put("( \(title) )", in: own, Style(role, isFocused ? .reverse : []))
        if isFocused { canvas.showCursor(at: Point(own.column + 2, own.row)) }
        if case .grey(let reason) = state, rest.columns > 3 {
            canvas.put(reason, in: rest.inset(columns: 2, rows: 0), .dim)
        }
    }

    /// Draws buttons side by side with two columns between them, at the right end of the rectangle. The keys Left and
    /// Right lead from one to another.
    package static func drawRow(
        _ buttons: [Button], focused: Int?, in rect: Rect, on canvas: inout Canvas
    ) {
        drawRow(buttons, focused: focused, in: rect, on: &canvas) { index in
            focused.map { Array(repeating: index < $0 ? .left : .right, count: abs(index - $0)) }
        }
    }

    /// The same for buttons that are parts of a page; with `isFocused` false none of them has the focus.
    package static func drawRow<ID>(
        _ buttons: [(part: ID, button: Button)], _ focus: FocusRing<ID>, isFocused: Bool = true,
        in rect: Rect, on canvas: inout Canvas
    ) {
        let focused = buttons.firstIndex { isFocused && focus.isFocused($0.part) }
        drawRow(buttons.map(\.button), focused: focused, in: rect, on: &canvas) {
            focus.keys(to: buttons[$0].part)
        }
    }

    /// `keys` leads to a button; nil where it cannot be reached.
    private static func drawRow(
        _ buttons: [Button], focused: Int?, in rect: Rect, on canvas: inout Canvas,
        keys: (Int) -> [Key]?
    ) {
        let total = buttons.reduce(0) { $0 + $1.columns } + 2 * max(0, buttons.count - 1)
        var column = max(rect.column, rect.endColumn - total)
        for (index, button) in buttons.enumerated() {
            let place = Rect(column, rect.row, button.columns, min(1, rect.rows)).intersection(rect)
            button.draw(in: place, isFocused: index == focused, on: &canvas)
            if let keys = keys(index) {
                canvas.offer(keys + (button.takesClicks ? [.enter] : []), in: place)
            }
            column += button.columns + 2
        }
    }
}
