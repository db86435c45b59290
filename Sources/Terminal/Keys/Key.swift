/// What a user does at the keyboard. The mouse types keys, too: what the canvas offers at its place.
package enum Key: Sendable, Hashable, Codable {
    /// A printable character, never a control character.
    case character(Character)
    case enter, escape, tab, backTab
    case up, down, left, right
    case home, end, pageUp, pageDown
    case backspace, delete, insert
    case function(Int)
    /// Ctrl and a lower-case letter.
    case control(Character)
    /// A text in one piece, newlines as "\n". Never submits anything.
    case paste(String)
    /// A report of the mouse, before it has become keys; no program is given one.
    case mouse(Mouse)

    package static let space = Key.character(" ")

    /// As the footer and the help call it.
    package var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .function(let number): "F\(number)"
        case .control(let character): "Ctrl-\(character.uppercased())"
        case .paste: "paste"
        case .mouse: "mouse"
        }
    }
}

extension Key {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let key = Key(coded: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no key: \(text)"))
        }
        self = key
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .paste(let text) = self {
            try container.encode("paste:" + text)
        } else {
            try container.encode(name)
        }
    }

    private static let named: [Key] = [
        .enter, .escape, .tab, .backTab, .up, .down, .left, .right, .home, .end, .pageUp,
        .pageDown, .backspace, .delete, .insert, .space,
    ]

    private init?(coded text: String) {
        if let key = Key.named.first(where: { $0.name == text }) {
            self = key
        } else if text.count == 1, let character = text.first {
            self = .character(character)
        } else if text.hasPrefix("paste:") {
            self = .paste(String(text.dropFirst(6)))
        } else if text.hasPrefix("Ctrl-"), let character = text.dropFirst(5).lowercased().first {
            self = .control(character)
        } else if text.first == "F", let number = Int(text.dropFirst()) {
            self = .function(number)
        } else {
            return nil
        }
    }
}
