/// One line of text with a cursor; what text fields and secret fields have in common.
struct LineEditor: Sendable, Equatable, Codable {
    private(set) var characters: [Character] = []
    /// Before which character it is.
    private(set) var cursor = 0

    init(_ text: String) { set(text) }

    var text: String { String(characters) }

    mutating func set(_ text: String) {
        characters = Array(Self.line(text).prefix(Tuning.fieldLimit))
        cursor = characters.count
    }

    mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert([character])
        case .paste(let text): insert(Array(Self.line(text)))
        case .backspace: if cursor > 0 { remove((cursor - 1)..<cursor) }
        case .delete, .control("d"):
            if cursor < characters.count { remove(cursor..<(cursor + 1)) }
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"): remove(0..<cursor)
        case .control("k"): remove(cursor..<characters.count)
        case .control("w"): remove(startOfWord..<cursor)
        default: return false
        }
        return true
    }

    private var startOfWord: Int {
        let end = characters[..<cursor].lastIndex { $0 != " " } ?? 0
        return characters[..<end].lastIndex(of: " ").map { $0 + 1 } ?? 0
    }

    private mutating func insert(_ new: [Character]) {
        let new = new.prefix(Tuning.fieldLimit - characters.count)
        characters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func remove(_ range: Range<Int>) {
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    /// On one line: newlines at the ends are dropped, others become spaces.
    private static func line(_ text: String) -> String {
        let text = String(text.drop { $0.isNewline })
        let end = text.lastIndex { !$0.isNewline }.map(text.index(after:)) ?? text.startIndex
        return String(text[..<end].map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }

    init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
