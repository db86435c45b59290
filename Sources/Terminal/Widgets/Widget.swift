/// A part of a page as a value in the model. It knows neither its place nor the time: the page says where it is drawn
/// and hands it the keys while it has the focus.
package protocol Widget: Sendable, Equatable, Codable {
    /// Changes the widget; false when the key means nothing to it, so that the page may use it.
    mutating func handle(_ key: Key) -> Bool

    func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas)
}

/// Which of a page's parts has the focus. Tab and Shift-Tab move it around the ring.
package struct FocusRing<ID: Hashable & Sendable & Codable>: Sendable, Equatable, Codable {
    package private(set) var ids: [ID]
    package private(set) var focused: ID?

    /// Nil as focus means the first.
    package init(_ ids: [ID], focused: ID? = nil) {
        self.ids = ids
        self.focused = focused.flatMap { ids.contains($0) ? $0 : nil } ?? ids.first
    }

    package func isFocused(_ id: ID) -> Bool { focused == id }

    package mutating func focus(_ id: ID) {
        if ids.contains(id) { focused = id }
    }

    /// Changes the parts; the focus stays where it is, or goes to the first when its part is gone.
    package mutating func update(_ ids: [ID]) {
        self.ids = ids
        if focused.map(ids.contains) != true { focused = ids.first }
    }

    package mutating func move(by step: Int) {
        guard let index = ids.firstIndex(where: { $0 == focused }), !ids.isEmpty else { return }
        focused = ids[((index + step) % ids.count + ids.count) % ids.count]
    }

    /// What is typed to get to a part from where the focus is: Tab or Shift-Tab, whatever is shorter. Nil where there
    /// is no such part.
    package func keys(to id: ID) -> [Key]? {
        guard let from = ids.firstIndex(where: { $0 == focused }), let to = ids.firstIndex(of: id)
        else { return nil }
        let ahead = (to - from + ids.count) % ids.count
        let isAhead = ahead <= ids.count / 2
        return Array(
            repeating: isAhead ? .tab : .backTab, count: isAhead ? ahead : ids.count - ahead)
    }

    /// True for Tab and Shift-Tab.
    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .tab: move(by: 1)
        case .backTab: move(by: -1)
        default: return false
        }
        return true
    }
}
