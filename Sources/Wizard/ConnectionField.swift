package import Terminal

/// A line for a connection string. A password in it is neither drawn nor encoded, and from the colon on that may begin
/// one nothing is shown either until it is clear that it began a port.
package struct ConnectionField: Widget, CustomStringConvertible, CustomReflectable {
    private var characters: [Character] = []

    package init() {}

    /// With its password.
    var text: String { String(characters).trimmingSpaces }
    var isEmpty: Bool { text.isEmpty }

    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): characters.append(character)
        case .paste(let text): characters += text.filter { !$0.isWhitespace }
        case .backspace: _ = characters.popLast()
        case .control("u"): characters = []
        // The cursor is always at the end: where it is would tell the length.
        case .left, .right, .home, .end, .delete: break
        default: return false
        }
        return true
    }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let rect = rect.line(0)
        let style = Style(isFocused ? .fieldFocus : .field)
        canvas.fill(rect, style)
        let text = ConnectionText(text).shown
        let hidden = max(0, Width.of(text) - rect.columns + 1)
        canvas.clipped(to: rect) { canvas in
            if text.isEmpty {
                canvas.put("mongodb://... or mongodb+srv://...", at: rect.origin, .dim)
            }
            let end = canvas.put(text, at: Point(rect.column - hidden, rect.row), style)
            if isFocused { canvas.showCursor(at: Point(end, rect.row)) }
        }
    }

    package var description: String { isEmpty ? "ConnectionField(empty)" : "ConnectionField" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private enum CodingKeys: CodingKey {}

    package init(from decoder: any Decoder) throws { self.init() }
    package func encode(to encoder: any Encoder) throws {
        _ = encoder.container(keyedBy: CodingKeys.self)
    }
}

/// The parts of a connection string, as far as it is typed.
struct ConnectionText {
    /// `mongodb://`; empty while it is not complete.
    let scheme: String
    /// Nil where none is named.
    let user: String?
    /// As it is written, that is percent-encoded; nil where there is none.
    let password: String?
    /// What comes behind the `@`: hosts, database, options.
    let rest: String

    init(_ text: String) {
        guard let end = text.firstRange(of: "://") else {
            (scheme, user, password, rest) = ("", nil, nil, text)
            return
        }
        scheme = String(text[..<end.upperBound])
        let behind = text[end.upperBound...]
        // A password that was not encoded may hold any character, so the last one ends it.
        guard let at = behind.lastIndex(of: "@") else {
            (user, password, rest) = (nil, nil, String(behind))
            return
        }
        let login = behind[..<at].split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        user = login.first.map(String.init)
        password = login.count > 1 ? String(login[1]) : nil
        rest = String(behind[behind.index(after: at)...])
    }

    /// The text with every secret as `***`.
    var shown: String {
        guard !scheme.isEmpty else { return rest }
        let shownRest = ConnectionText.withoutSecretOptions(rest)
        if let user {
            return scheme + user + (password == nil ? "" : ":***") + "@" + shownRest
        }
        // A user and the beginning of a password look like a host and its port, until the hosts are at their end.
        guard let colon = rest.firstIndex(of: ":") else { return scheme + shownRest }
        return scheme + (hasPlainHosts ? shownRest : rest[...colon] + "***")
    }

    /// Whether hosts with ports, and nothing else, stand before the database or the options.
    private var hasPlainHosts: Bool {
        guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return false }
        return rest[..<end].split(separator: ",").allSatisfy { host in
            let parts = host.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count < 2 || host.hasPrefix("[") || parts[1].allSatisfy(\.isNumber)
        }
    }

    /// With the password put in where the text has a user without one; it is encoded as a string needs it.
    func adding(password new: String) -> String {
        guard let user, password == nil, !new.isEmpty else { return whole }
        return scheme + user + ":" + ConnectionText.encoded(new) + "@" + rest
    }

    private var whole: String {
        guard let user else { return scheme + rest }
        return scheme + user + (password.map { ":" + $0 } ?? "") + "@" + rest
    }

    /// A short name: the replica set's, or the first host's.
    var name: String {
        let parts = rest.split(separator: "?", maxSplits: 1)
        let options = parts.count > 1 ? parts[1].split(separator: "&") : []
        let host = parts.first?.prefix { !".:/,".contains($0) } ?? ""
        let set = options.first { $0.lowercased().hasPrefix("replicaset=") }?.dropFirst(11)
        return String(host.isEmpty ? set ?? "" : host)
    }

    private static func withoutSecretOptions(_ rest: String) -> String {
        guard let question = rest.firstIndex(of: "?") else { return rest }
        let options = rest[rest.index(after: question)...].split(
            separator: "&", omittingEmptySubsequences: false)
        let shown = options.map { option in
            let name = option.prefix { $0 != "=" }.lowercased()
            let isSecret = name.contains("password") || name.contains("mechanismproperties")
            return isSecret ? option.prefix { $0 != "=" } + "=***" : String(option)
        }
        return rest[...question] + shown.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if character.isASCII, character.isLetter || character.isNumber { return "\(character)" }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
