internal import ControlAPI
internal import Terminal

/// What `y` copies: what it is, in a word or two, and its text.
struct Copied: Sendable, Equatable, Codable {
    var name: String
    var text: String

    init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    /// What went wrong, with its remedy.
    init(_ error: ControlError) { self.init("error", Words.error(error)) }

    var binding: KeyMap.Binding {
        .init(.character("y"), label: "Copy \(name)", isForScreens: true)
    }

    var actions: [Action] {
        [.copy(text), .say("Sent the \(name) to the terminal's clipboard.", .text)]
    }
}
