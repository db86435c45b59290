internal import ControlAPI
internal import Terminal

/// A drop-down list of things that have identifiers. While it is open its items stay as they were, whatever the agent
/// reports.
struct OpenList: Sendable, Equatable, Codable {
    private let ids: [Identifier]
    private var list: DropDown
    /// Taken by the last key.
    private(set) var taken: Identifier?

    init(
        _ items: [(Identifier, String)], selected: Identifier?, placeholder: String,
        emptyText: String = "", isOpen: Bool = false
    ) {
        let ids = items.map(\.0)
        self.ids = ids
        list = DropDown(
            items.map(\.1), selected: selected.flatMap { ids.firstIndex(of: $0) },
            placeholder: items.isEmpty ? "none" : placeholder, emptyText: emptyText)
        if isOpen { _ = list.handle(.enter) }
    }

    var isOpen: Bool { list.isOpen }

    /// The name of what is chosen.
    var chosen: String? { list.value }

    /// False for the keys that lead on: Tab and Shift-Tab.
    mutating func handle(_ key: Key) -> Bool {
        taken = nil
        let isHandled = list.handle(key)
        if key == .enter, !list.isOpen { taken = list.selected.map { ids[$0] } }
        return isHandled
    }

    func draw(in rect: Rect, isFocused: Bool, _ canvas: inout Canvas) {
        list.draw(in: rect, isFocused: isFocused, on: &canvas)
    }

    /// Draws the items at the field's place, wider where their names are, within the page.
    func drawOpen(at field: Rect, in body: Rect, on canvas: inout Canvas) {
        let wanted = (list.items.map(Width.of).max() ?? Width.of(list.emptyText)) + 4
        let columns = min(body.columns, max(field.columns, wanted))
        let column = min(field.column, body.endColumn - columns)
        list.drawOpen(at: Rect(column, field.row, columns, 1), on: &canvas)
    }

    /// Whether a closed list of so many columns shows its item in full.
    static func shows(_ name: String, columns: Int) -> Bool { Width.of(name) <= columns - 5 }

    static let keys = KeyMap([
        .init(.enter, label: "Take"), .init(.escape, label: "Leave as it was"),
        .init(.up, .down, label: "Move"),
    ])
}
