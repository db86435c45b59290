/// A box over the page with a text and buttons. While it is open it takes every key.
package struct Modal: Widget {
    package var title: String
    package var body: TextBlock
    package var buttons: [Button]
    /// Index of the button with the focus.
    package var focused: Int
    /// What Esc means: index of a button; nil when it means nothing.
    package var escape: Int?
    /// Index of the button that was pressed; the page closes the dialog then.
    package private(set) var choice: Int?

    package init(
        _ title: String, _ body: [Run], buttons: [Button], focused: Int = 0, escape: Int? = nil
    ) {
        self.title = title
        self.body = TextBlock(body)
        self.buttons = buttons
        self.focused = focused
        self.escape = escape
    }

    package mutating func handle(_ key: Key) -> Bool { handle(key, in: Dialog.endless) }

    /// Answers a key where it is drawn in so many columns and rows.
    @discardableResult
    package mutating func handle(_ key: Key, in size: Size) -> Bool {
        switch key {
        case .tab, .right: move(1)
        case .backTab, .left: move(-1)
        case .escape: choice = escape
        default:
            if buttons.indices.contains(focused), buttons[focused].activates(key) {
                choice = focused
            } else {
                _ = body.handle(key, in: parts(in: Rect(size)).text.size)
            }
        }
        return true
    }

    /// What its keys do now, in the words of its buttons, where it is drawn in so many columns and rows.
    package func keys(in size: Size) -> KeyMap {
        var bindings = Dialog.scrolling(body, in: parts(in: Rect(size)).text)
        if buttons.count == 1, escape == focused {
            bindings.append(.init(.enter, .escape, label: buttons[0].title))
            return KeyMap(bindings)
        }
        if buttons.count > 1 { bindings.append(.init(.tab, label: "Next")) }
        if buttons.indices.contains(focused) {
            bindings.append(.init(.enter, label: buttons[focused].title))
        }
        if let escape, buttons.indices.contains(escape) {
            bindings.append(.init(.escape, label: buttons[escape].title))
        }
        return KeyMap(bindings)
    }

    /// Scrolls to where one of the text's runs begins, where it is drawn in so many columns and rows.
    package mutating func show(run index: Int, in size: Size) {
        let text = parts(in: Rect(size)).text
        let before = Text.wrapped(body.runs[..<index] + [Run("x")], to: text.columns).count - 1
        body.offset = max(min(body.offset, before), before - max(0, text.rows - 1))
    }

    private mutating func move(_ step: Int) {
        guard !buttons.isEmpty else { return }
        focused = (focused + step + buttons.count) % buttons.count
    }

    private func parts(in rect: Rect) -> (box: Rect, text: Rect, gap: Rect, buttons: Rect) {
        let box = Dialog.box(rows: { body.rows(columns: $0) + 2 }, in: rect)
        let (buttons, above) = box.inset(columns: 2, rows: 1).bottom(1)
        let (gap, text) = above.bottom(1)
        return (box, text, gap, buttons)
    }

    /// Draws the box in the middle of the rectangle, as large as its text.
    package func draw(in rect: Rect, isFocused: Bool = true, on canvas: inout Canvas) {
        let (box, text, gap, row) = parts(in: rect)
        Dialog.draw(title, box, &canvas)
        Dialog.draw(body, in: text, gap, &canvas)
        Button.drawRow(buttons, focused: isFocused ? focused : nil, in: row, on: &canvas)
    }
}

/// The box of a dialog.
enum Dialog {
    /// For a dialog of which nobody says where it is drawn: nothing of it is hidden then.
    static let endless = Size(1_000, 10_000)

    /// It in the middle, its border included; `rows` tells the rows wanted inside for a number of columns there.
    static func box(rows: (Int) -> Int, in rect: Rect) -> Rect {
        let columns = min(rect.columns, 72)
        return rect.centred(Size(columns, rows(columns - 4) + 2))
    }

    static func draw(_ title: String, _ box: Rect, _ canvas: inout Canvas) {
        canvas.hideCursor()
        canvas.cover(by: title)
        canvas.fill(box)
        canvas.box(box)
        canvas.put(
            " " + Text.truncated(title, to: box.columns - 6, ellipsis: canvas.glyphs.ellipsis)
                + " ", at: Point(box.column + 2, box.row), .title)
    }

    /// Draws a text, and on the line below how much of it is hidden.
    static func draw(_ text: TextBlock, in rect: Rect, _ below: Rect, _ canvas: inout Canvas) {
        text.draw(in: rect, on: &canvas)
        canvas.offerScrolling(in: rect)
        let hidden = text.hiddenRows(below: rect)
        if hidden > 0 { canvas.put(more(hidden, canvas.glyphs), in: below, .dim) }
    }

    static func more(_ rows: Int, _ glyphs: Glyphs) -> String { "\(glyphs.arrowDown) \(rows) more" }

    /// The keys that scroll a text; none where all of it is seen.
    static func scrolling(_ text: TextBlock, in rect: Rect) -> [KeyMap.Binding] {
        text.isLonger(than: rect.size) ? [.init(.up, .down, label: "Scroll")] : []
    }
}

/// A dialog for what cannot be undone: it is confirmed by typing a name, never by pasting it. The focus is in the
/// field first, then on the way back; the other button is grey until the name is right.
package struct ConfirmByName: Widget {
    package enum Choice: String, Sendable, Codable { case confirmed, cancelled }
    private enum Part: String, Sendable, Codable { case field, cancel, confirm }

    /// What is said to a paste, here and wherever else a name is typed to confirm something.
    package static let noPaste =
        "Please type the name again, key by key; pasting is refused here."

    /// What is said where something else was typed than the name; spaces, which nobody sees, by their place.
    package static func unlike(_ name: String, _ typed: String) -> String {
        let places = [
            typed.hasPrefix(" ") && !name.hasPrefix(" ") ? "before" : nil,
            typed.hasSuffix(" ") && !name.hasSuffix(" ") ? "behind" : nil,
        ].compactMap(\.self)
        guard !places.isEmpty, typed.contains(where: { $0 != " " }) else {
            return "First type the name \(name)."
        }
        return "There is a space \(places.joined(separator: " and ")) it: type only \(name)."
    }

    package var title: String
    package var consequences: TextBlock
    /// What has to be typed, letter for letter.
    package let name: String
    package var cancelTitle: String
    package var confirmTitle: String
    private var field = TextField()
    private var focus = FocusRing<Part>([.field, .cancel, .confirm])
    /// Why a key was refused.
    package private(set) var refusal: String?
    /// The page closes the dialog when there is one.
    package private(set) var choice: Choice?

    package init(
        _ title: String, _ consequences: [Run], name: String, cancel: String = "Back",
        confirm: String
    ) {
        self.title = title
        self.consequences = TextBlock(consequences)
        self.name = name
        cancelTitle = cancel
        confirmTitle = confirm
    }

    /// What its keys do now, where it is drawn in so many columns and rows.
    package func keys(in size: Size) -> KeyMap {
        let enter: String =
            switch focus.focused {
            case .confirm: confirmTitle
            case .cancel: cancelTitle
            case .field, nil: "To the buttons"
            }
        return KeyMap(
            Dialog.scrolling(consequences, in: parts(in: Rect(size)).text) + [
                .init(.tab, label: "Next"),
                .init(.enter, label: enter, takesClicks: !focus.isFocused(.confirm)),
                .init(.escape, label: cancelTitle),
            ])
    }

    package var isNameTyped: Bool { field.text == name }
    package var typed: String { field.text }

    private var cancel: Button { Button(cancelTitle) }
    private var confirm: Button {
        var button = Button(confirmTitle, isNameTyped ? .ready : .grey(reason: ""))
        button.takesClicks = false
        return button
    }

    package mutating func handle(_ key: Key) -> Bool { handle(key, in: Dialog.endless) }

    /// Answers a key where it is drawn in so many columns and rows.
    @discardableResult
    package mutating func handle(_ key: Key, in size: Size) -> Bool {
        refusal = nil
        if case .paste = key {
            refusal = ConfirmByName.noPaste
            return true
        }
        if focus.handle(key) { return true }
        if key == .escape {
            choice = .cancelled
            return true
        }
        switch focus.focused {
        case .cancel where cancel.activates(key): choice = .cancelled
        case .confirm where confirm.activates(key): choice = .confirmed
        case .field where key == .enter && isNameTyped: focus.focus(.confirm)
        case .field where key == .enter, .confirm where key == .enter:
            refusal = ConfirmByName.unlike(name, field.text)
        case .field where field.handle(key): break
        default: _ = consequences.handle(key, in: parts(in: Rect(size)).text.size)
        }
        return true
    }

    private func parts(in rect: Rect) -> (box: Rect, text: Rect, gap: Rect, lower: Rect) {
        let box = Dialog.box(rows: { consequences.rows(columns: $0) + 6 }, in: rect)
        let (lower, above) = box.inset(columns: 2, rows: 1).bottom(5)
        let (gap, text) = above.bottom(1)
        return (box, text, gap, lower)
    }

    package func draw(in rect: Rect, isFocused: Bool = true, on canvas: inout Canvas) {
        let (box, text, gap, lower) = parts(in: rect)
        Dialog.draw(title, box, &canvas)
        Dialog.draw(consequences, in: text, gap, &canvas)
        canvas.put("Type \(name) to confirm:", in: lower.line(0), .label)
        field.draw(
            in: lower.line(1), isFocused: isFocused && focus.isFocused(.field), on: &canvas)
        if let refusal { canvas.put(refusal, in: lower.line(2), .warning) }
        canvas.offer(focus, .field, in: lower.line(1))
        Button.drawRow(
            [(.cancel, cancel), (.confirm, confirm)], focus, isFocused: isFocused,
            in: lower.line(4), on: &canvas)
    }
}

/// A line that is shown for a while.
package struct Toast: Widget {
    package var text: String
    package var role: Role
    /// Uptime at which it is over.
    package var until: Duration

    package init(_ text: String, _ role: Role = .ok, until: Duration) {
        self.text = text
        self.role = role
        self.until = until
    }

    package func isOver(at uptime: Duration) -> Bool { uptime >= until }

    package mutating func handle(_ key: Key) -> Bool { false }

    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        canvas.put(canvas.glyphs.marked(text, role), in: rect, Style(role))
    }
}
