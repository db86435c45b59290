/// What is searched for in a list or in a log. `/` begins to type it, Enter or Tab ends that, Esc leaves the search; then
/// `n` and `N` go from one match to the next.
package struct Search: Sendable, Equatable, Codable {
    /// What a key asks for.
    enum Act: Sendable {
        /// Another text: the next match from here on.
        case find
        case next, previous
        /// Nothing more.
        case stay
    }

    package private(set) var text = ""
    package private(set) var isTyping = false

    package init() {}

    package var isActive: Bool { isTyping || !text.isEmpty }

    /// Whether upper and lower case are the same does not matter.
    package func matches(_ line: String) -> Bool {
        !text.isEmpty && line.lowercased().contains(text.lowercased())
    }

    /// Nil for a key that means nothing to a search.
    mutating func handle(_ key: Key) -> Act? {
        if isTyping { return type(key) }
        switch key {
        case .character("/"):
            text = ""
            isTyping = true
        case .character("n") where isActive: return .next
        case .character("N") where isActive: return .previous
        case .escape where isActive: text = ""
        default: return nil
        }
        return .stay
    }

    private mutating func type(_ key: Key) -> Act? {
        switch key {
        case .character(let character): text.append(character)
        case .paste(let pasted): text += pasted.filter { !$0.isNewline }
        case .backspace: text = String(text.dropLast())
        case .control("u"): text = ""
        case .enter, .tab, .escape:
            isTyping = false
            if key == .escape { text = "" }
            return .stay
        case .up, .down, .pageUp, .pageDown: return nil
        default: return .stay
        }
        return .find
    }

    /// The keys of a search; `next` and `previous` name its matches.
    package func keys(next: String, previous: String) -> KeyMap {
        if isTyping {
            return KeyMap([
                .init(.enter, label: "Search"), .init(.escape, label: "Leave the search"),
            ])
        }
        let begin = KeyMap.Binding(.character("/"), label: "Search", isForScreens: true)
        guard isActive else { return KeyMap([begin]) }
        return KeyMap([
            .init(.character("n"), label: next), .init(.character("N"), label: previous),
            .init(.escape, label: "Leave the search"), begin,
        ])
    }

    private static let spokenLabel = " Search "

    /// What is left of a line for what came of it, where it is read.
    func spokenRoom(_ columns: Int) -> Int {
        columns - Width.of(Self.spokenLabel) - max(1, Width.of(text)) - 2
    }

    /// On one line: what is searched, and what came of it. Nothing while nothing is, but where it is read.
    func draw(_ outcome: String, in rect: Rect, on canvas: inout Canvas) {
        guard isActive || canvas.isPlain, !rect.isEmpty else { return }
        let label = canvas.isPlain ? Self.spokenLabel : " /"
        let start = canvas.put(label, at: rect.origin, .key)
        let field = Rect(start, rect.row, max(1, Width.of(text)), 1).intersection(rect)
        canvas.put(text, in: field, Style(.match))
        canvas.note(.field(text, placeholder: "", isSecret: false), in: field)
        if canvas.isPlain { canvas.offer(isTyping ? [] : [.character("/")], in: field) }
        if isTyping { canvas.showCursor(at: Point(start + Width.of(text), rect.row)) }
        guard !text.isEmpty else { return }
        let rest = Rect(field.endColumn + 2, rect.row, rect.endColumn - field.endColumn - 2, 1)
        canvas.put(outcome, in: rest, .dim)
    }
}
