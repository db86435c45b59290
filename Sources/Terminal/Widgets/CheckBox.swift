/// `[x] label`. Space changes it.
package struct CheckBox: Widget {
    package var label: String
    package var isOn: Bool
    package var isEnabled = true

    package init(_ label: String, isOn: Bool = false) {
        self.label = label
        self.isOn = isOn
    }

    package mutating func handle(_ key: Key) -> Bool {
        guard key == .space else { return false }
        if isEnabled { isOn.toggle() }
        return true
    }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        canvas.note(.checkBox(label, isOn: isOn), in: rect.line(0))
        let role: Role = !isEnabled ? .buttonGrey : isFocused ? .selection : .text
        canvas.put("[\(isOn ? "x" : " ")] " + label, in: rect, Style(role))
        if isFocused { canvas.showCursor(at: Point(rect.column + 1, rect.row)) }
    }
}
