internal import ControlAPI
internal import Terminal

/// What `y` copies: what it is, in a word or two, and its text.
struct Copied: Sendable, Equatable, Codable {
    var name: String
    var text: String

    /// In one line, as what a server says may be pasted at a shell, which runs what stands before a line break.
    init(_ name: String, _ text: String) {
        self.name = name
        self.text = Self.harmless(text)
    }

    /// Several lines, which everybody can see.
    init(_ name: String, lines text: String) {
        self.name = name
        self.text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Self.harmless(String($0)) }.joined(separator: "\n")
    }

    private static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// What went wrong, with its remedy.
    init(_ error: ControlError) { self.init("error", Words.error(error)) }

    var binding: KeyMap.Binding {
        .init(.character("y"), label: "Copy \(name)", isForScreens: true)
    }

    /// Where the footer has no room for it, but the help.
    static func helped(_ copied: Copied?) -> [KeyMap.Binding] {
        guard var binding = copied?.binding else { return [] }
        binding.isInFooter = false
        return [binding]
    }

    var actions: [Action] {
        [.copy(text), .say("Sent the \(name) to the terminal's clipboard.", .text)]
    }
}
