internal import Terminal

/// A dialog that is there to be read, and to be copied from.
struct DetailsDialog: Sendable, Equatable, Codable {
    var modal: Modal
    /// What `y` copies; nil for the whole text.
    var copied: String?

    init(_ title: String, _ body: [Run], copies copied: String? = nil) {
        modal = Modal(title, body, buttons: [Button("Close")], escape: 0)
        self.copied = copied
    }

    var isClosed: Bool { modal.choice != nil }

    func keys(in size: Size) -> KeyMap {
        modal.keys(in: size) + KeyMap([.init(.character("y"), label: "Copy", isForScreens: true)])
    }

    mutating func handle(_ key: Key, in size: Size) -> [Action] {
        guard key == .character("y") else {
            modal.handle(key, in: size)
            return []
        }
        return [
            .copy(copied ?? modal.body.runs.map(\.text).joined()),
            .say("Sent to the terminal's clipboard.", .text),
        ]
    }

    func draw(in rect: Rect, on canvas: inout Canvas) { modal.draw(in: rect, on: &canvas) }
}
