package import Terminal

/// A line for a connection string. A password in it is neither drawn nor encoded. While it is typed nothing is shown from
/// the colon on that may begin one, until it is clear that it began a port, nor behind an `@`, which may be one of the
/// password's: where the hosts are is known when the field is left. What it was opened with has no secret; what is
/// encoded is what is drawn.
package struct ConnectionField: Widget, CustomStringConvertible, CustomReflectable {
    private var characters: [Character] = []
    /// Before which character it is. Always at the end while something is hidden: where it is would tell the length.
    private var cursor = 0
    private var known = ""
    /// As it was when the focus left it: all of it was typed then.
    private var whole = ""

    private static let placeholder = "mongodb://... or mongodb+srv://..."

    package init() {}

    /// `text`: without a secret.
    init(_ text: String) {
        known = text
        characters = Array(text)
        cursor = characters.count
    }

    /// With its password.
    var text: String { String(characters).trimmingSpaces }
    var isEmpty: Bool { text.isEmpty }
    private var shown: String {
        if text == known { return known }
        let parts = ConnectionText(text)
        return isTyped ? parts.shownSoFar : parts.shown
    }
    /// Whether more of it may be to come: the focus is here, and the login is not the one that it was opened with.
    private var isTyped: Bool {
        if text == known || text == whole { return false }
        let login = ConnectionText(known)
        return login.password != ConnectionText.redaction || !text.hasPrefix(login.login)
    }
    private var isPlain: Bool { shown == text }
    var hasSecret: Bool { !isPlain }
    /// As it is drawn, with the hosts that are certain.
    var withoutSecrets: ConnectionField {
        ConnectionField(isTyped ? ConnectionText(text).kept : shown)
    }

    /// The focus goes on.
    mutating func leave() { whole = text }

    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert([character])
        case .paste(let text): insert(text.filter { !$0.isWhitespace })
        case .backspace: if cursor > 0 { remove(cursor - 1) }
        case .delete: if cursor < characters.count { remove(cursor) }
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor += 1
        case .home: cursor = 0
        case .end: cursor = characters.count
        case .control("u"): characters = []
        default: return false
        }
        cursor = isPlain ? min(cursor, characters.count) : characters.count
        return true
    }

    private mutating func insert(_ new: some Collection<Character>) {
        characters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func remove(_ index: Int) {
        characters.remove(at: index)
        cursor = index
    }

    package func draw(in rect: Rect, isFocused: Bool, on canvas: inout Canvas) {
        let rect = rect.line(0)
        let style = Style(isFocused ? .fieldFocus : .field)
        canvas.fill(rect, style)
        let text = shown
        canvas.note(.field(text, placeholder: Self.placeholder, isSecret: true), in: rect)
        let before = Width.of(isPlain ? String(characters[..<cursor]) : text)
        let hidden = isFocused ? max(0, before - rect.columns + 1) : 0
        canvas.clipped(to: rect) { canvas in
            if text.isEmpty {
                canvas.put(Self.placeholder, at: rect.origin, .dim)
            }
            canvas.put(text, at: Point(rect.column - hidden, rect.row), style)
            if isFocused { canvas.showCursor(at: Point(rect.column + before - hidden, rect.row)) }
        }
    }

    package var description: String { isEmpty ? "ConnectionField(empty)" : "ConnectionField" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private enum CodingKeys: CodingKey { case shown }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(try values.decodeIfPresent(String.self, forKey: .shown) ?? "")
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(shown, forKey: .shown)
    }
}

/// The parts of a connection string, as far as it is typed.
struct ConnectionText {
    /// In the place of a secret that is not shown.
    static let redaction = "***"

    private static let schemes = ["mongodb://", "mongodb+srv://"]
    /// Those that servers have where nobody chose another: no password begins with one and a slash.
    private static let usualPorts: Set<Substring> = ["27017", "27018", "27019"]

    /// `mongodb://`; empty while it is not complete.
    let scheme: String
    /// Nil where none is named.
    let user: String?
    /// As it is written, that is percent-encoded; nil where there is none.
    let password: String?
    /// What comes behind the `@`: hosts, database, options.
    let rest: String

    init(_ text: String) {
        guard let scheme = ConnectionText.schemes.first(where: { text.hasPrefix($0) }) else {
            (self.scheme, user, password, rest) = ("", nil, nil, text)
            return
        }
        self.scheme = scheme
        let behind = text.dropFirst(scheme.count)
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
        let shownRest = ConnectionText.withoutSecretOptions(rest)
        guard !scheme.isEmpty else {
            let isBegun = ConnectionText.schemes.contains { $0.hasPrefix(rest) }
            return isBegun ? rest : ConnectionText.withoutSecrets(behindColon: shownRest)
        }
        if let user {
            let hosts =
                isUpToHostsPlain ? shownRest : ConnectionText.withoutSecrets(behindColon: rest)
            return scheme + user + (password == nil ? "" : ":\(ConnectionText.redaction)") + "@"
                + hosts
        }
        return scheme
            + (areHostsCertain ? shownRest : ConnectionText.withoutSecrets(behindColon: shownRest))
    }

    /// The same while it is typed: whatever is behind the first colon may be of a password.
    var shownSoFar: String {
        let shownRest = ConnectionText.withoutSecretOptions(rest)
        guard let user else {
            guard !scheme.isEmpty, !isFirstHostCertain else { return shown }
            return scheme + ConnectionText.withoutSecrets(behindColon: shownRest)
        }
        guard password != nil else {
            return scheme + user + "@" + ConnectionText.withoutSecrets(behindColon: shownRest)
        }
        let hidden = rest.isEmpty ? "" : ConnectionText.redaction
        return "\(scheme)\(user):\(ConnectionText.redaction)@\(hidden)"
    }

    /// What may be kept of it where it is lost while it is typed: more than is shown, since hosts are much to type; only
    /// those that no password looks like.
    var kept: String {
        let shown = shownSoFar
        guard !scheme.isEmpty, shown != whole else { return shown }
        let all = hosts
        let certain = all.prefix { isCertain($0) }
        // What could still be a password that has only begun.
        let isOpen = user == nil && all.count == 1 && !rest.contains { $0 == "/" || $0 == "?" }
        guard let first = certain.first, !isOpen || ConnectionText.isAddress(first.name) else {
            return shown
        }
        let secret = password == nil ? "" : ":\(ConnectionText.redaction)"
        let login = user.map { $0 + secret + "@" } ?? ""
        let names = certain.map { host in host.name + (host.port.map { ":" + $0 } ?? "") }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let behind =
            certain.count < all.count
            ? "" : ConnectionText.withoutSecretOptions(String(rest[end...]))
        return scheme + login + names.joined(separator: ",") + behind
    }

    private static func withoutSecrets(behindColon text: String) -> String {
        guard let colon = text.firstIndex(of: ":") else { return text }
        return text[...colon] + redaction
    }

    /// With their ports, before the database and the options.
    private typealias Host = (name: Substring, port: Substring?)

    private var hosts: [Host] {
        rest.prefix { $0 != "/" && $0 != "?" }.split(separator: ",").map { host in
            if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
                let port = host[host.index(after: end)...]
                return (host[...end], port.isEmpty ? nil : port.dropFirst())
            }
            guard let colon = host.firstIndex(of: ":") else { return (host, nil) }
            return (host[..<colon], host[host.index(after: colon)...])
        }
    }

    /// Behind a login: whether what stands behind each colon is a port, as far as it is typed.
    private var isUpToHostsPlain: Bool {
        hosts.allSatisfy { $0.port.map { ConnectionText.isPort($0) || $0.isEmpty } ?? true }
    }

    /// Without a login: whether what stands there can be nothing but hosts. A user and the beginning of a password look
    /// like a host and its port; what tells them apart is that all is typed up to the database or the options, and a
    /// name, a port or several hosts that no login has.
    private var areHostsCertain: Bool {
        let hosts = hosts
        return isFirstHostCertain
            || hosts.count > 1 && hosts.allSatisfy { $0.port != nil } && arePortsTyped
    }

    /// The same as long as more hosts may be to come.
    private var isFirstHostCertain: Bool {
        guard let first = hosts.first(where: { $0.port != nil }), let port = first.port else {
            return !rest.contains(":")
        }
        return arePortsTyped
            && (ConnectionText.isAddress(first.name) || ConnectionText.usualPorts.contains(port))
    }

    /// Whether every port is one, and none may be to come.
    private var arePortsTyped: Bool {
        rest.contains { $0 == "/" || $0 == "?" }
            && hosts.allSatisfy { $0.port.map(ConnectionText.isPort) ?? true }
    }

    /// Whether a host may be kept while it is not known whether it is one: a password has no usual port in it, and no
    /// name of three parts; without a colon before it nothing is a password.
    private func isCertain(_ host: Host) -> Bool {
        let isBehindPassword = password != nil
        let isName =
            ConnectionText.isAddress(host.name)
            || isBehindPassword && host.name.split(separator: ".").count > 2
                && host.name.allSatisfy { $0.isLetter || $0.isNumber || "-.".contains($0) }
        guard let port = host.port else { return isName || !isBehindPassword }
        return ConnectionText.usualPorts.contains(port) || isName && ConnectionText.isPort(port)
    }

    /// What no user is called.
    private static func isAddress(_ name: Substring) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.hasPrefix("[") || name == "localhost"
            || parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.count) && text.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// With the password put in where the text has a user without one; it is encoded as a string needs it.
    func adding(password new: String) -> String {
        guard let user, password == nil, !new.isEmpty else { return whole }
        return scheme + user + ":" + ConnectionText.encoded(new) + "@" + rest
    }

    /// Where a password was that is not shown there is none, so that it can be given apart.
    var withoutRedactedPassword: String {
        guard let user, password == ConnectionText.redaction else { return whole }
        return scheme + user + "@" + rest
    }

    private var whole: String { login + rest }

    /// Up to the hosts.
    var login: String {
        user.map { scheme + $0 + (password.map { ":" + $0 } ?? "") + "@" } ?? scheme
    }

    // MARK: The CA file

    private static let caOptions: Set = ["tlscafile", "sslcertificateauthorityfile"]

    private static func isCAFile(_ option: some StringProtocol) -> Bool {
        caOptions.contains(option.prefix { $0 != "=" }.lowercased())
    }

    /// What stands before the options, and each of them.
    private var restParts: (head: String, options: [Substring]) {
        guard let question = rest.firstIndex(of: "?") else { return (rest, []) }
        let options = rest[rest.index(after: question)...].split(separator: "&")
        return (String(rest[..<question]), options)
    }

    /// The path that is named among the options; nil where there is none.
    var caFile: String? {
        restParts.options.last { Self.isCAFile($0) }?.split(separator: "=", maxSplits: 1).last
            .map { ConnectionText.decoded(String($0)) }
    }

    /// The whole text without that option.
    var withoutCAFile: String {
        let (head, options) = restParts
        guard options.contains(where: { Self.isCAFile($0) }) else { return whole }
        let others = options.filter { !Self.isCAFile($0) }.joined(separator: "&")
        return login + head + (others.isEmpty ? "" : "?" + others)
    }

    /// The whole text with this path and no other; an empty one leaves the text as it is.
    func setting(caFile path: String) -> String {
        guard !path.isEmpty else { return whole }
        let text = withoutCAFile
        let option = "tlsCAFile=" + ConnectionText.encoded(path)
        if let question = text.firstIndex(of: "?") {
            return text + (text[question...].count > 1 ? "&" : "") + option
        }
        let hasPath = text.dropFirst(scheme.count).contains("/")
        return text + (hasPath ? "?" : "/?") + option
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
            return isSecret ? option.prefix { $0 != "=" } + "=\(redaction)" : String(option)
        }
        return rest[...question] + shown.joined(separator: "&")
    }

    /// What is not percent-encoded as it should be stays as it is.
    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2,
                let value = UInt8(digits, radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
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
