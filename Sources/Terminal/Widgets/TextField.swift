/// A line to type in. Newlines in a paste become spaces; nothing here submits.
package struct TextField: Widget {
    private var editor: LineEditor
    /// Shown while it is empty.
    package var placeholder: String

    package init(_ text: String = "", placeholder: String = "") {
        editor = LineEditor(text)
        self.placeholder = placeholder
    }

    package var text: String {
        get { editor.text }
        set { editor.set(newValue) }
    }

    package mutating func handle(_ key: Key) -> Bool { editor.handle(key) }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let rect = rect.line(0)
        guard !rect.isEmpty else { return }
        canvas.note(.field(text, placeholder: placeholder, isSecret: false), in: rect)
        let style = Style(isFocused ? .fieldFocus : .field)
        canvas.fill(rect, style)
        let before = Width.of(String(editor.characters[..<editor.cursor]))
        // The cursor stays inside; what is before it moves out to the left.
        let hidden = isFocused ? max(0, before - rect.columns + 1) : 0
        canvas.clipped(to: rect) { canvas in
            if editor.characters.isEmpty {
                canvas.put(placeholder, in: rect, Style(style.role, .dim))
            } else {
                canvas.put(editor.text, at: Point(rect.column - hidden, rect.row), style)
            }
            if isFocused {
                canvas.showCursor(at: Point(rect.column + before - hidden, rect.row))
            }
        }
    }
}

/// A line for a secret: neither the text nor its length is drawn, encoded or described.
package struct SecretField: Widget, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private var editor = LineEditor("")
    package var placeholder: String

    package init(placeholder: String = "") { self.placeholder = placeholder }

    /// The secret itself; goes into a message to who needs it and nowhere else.
    package var value: String { editor.text }
    package var isEmpty: Bool { editor.characters.isEmpty }

    package mutating func clear() { editor.set("") }

    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        // The cursor is always at the end: where it is would tell the length.
        case .left, .right, .home, .end, .delete: true
        default: editor.handle(key)
        }
    }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let rect = rect.line(0)
        canvas.note(
            .field(
                isEmpty ? "" : "filled in, not shown", placeholder: placeholder, isSecret: true),
            in: rect)
        let style = Style(isFocused ? .fieldFocus : .field)
        canvas.fill(rect, style)
        canvas.clipped(to: rect) { canvas in
            let bullets = String(repeating: canvas.glyphs.bullet, count: Tuning.bullets)
            let end = canvas.put(isEmpty ? "" : bullets, at: rect.origin, style)
            if isEmpty { canvas.put(placeholder, in: rect, Style(style.role, .dim)) }
            if isFocused {
                canvas.showCursor(
                    at: Point(min(end, max(rect.column, rect.endColumn - 1)), rect.row))
            }
        }
    }

    package var description: String { isEmpty ? "SecretField(empty)" : "SecretField(hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private enum CodingKeys: CodingKey { case placeholder }
}
