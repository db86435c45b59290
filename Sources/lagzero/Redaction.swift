import Mongo

/// Takes the secrets out of text that people or logs will see.
struct Redaction: Sendable {
    /// What is replaced wherever it stands, and by what; the longest first.
    private var known: [(secret: String, shown: String)] = []

    /// Any texts; those that hold a connection string with a password are remembered, so that even
    /// a malformed one is recognised when a message repeats it.
    init(connectionStrings: [String] = []) { add(connectionStrings) }

    mutating func add(_ connectionStrings: [String]) {
        for text in connectionStrings {
            let secrets = Redaction.secretRanges(in: Array(text.utf8))
            guard !secrets.isEmpty else { continue }
            known.append((text, Redaction.shown(text)))
            let bytes = Array(text.utf8)
            let raw = secrets.map { String(decoding: bytes[$0], as: UTF8.self) }
            let decoded = (try? ConnectionString(text))?.password
            for secret in raw + (decoded.map { [$0] } ?? [])
            where secret.utf8.count >= Tuning.shortestKnownSecret {
                known.append((secret, "***"))
                let quoted = Redaction.quoted(secret)
                if quoted != secret { known.append((quoted, "***")) }
            }
        }
        known.sort { $0.secret.utf8.count > $1.secret.utf8.count }
    }

    func callAsFunction(_ text: String) -> String {
        let text = known.reduce(text) { $0.replacing($1.secret, with: $1.shown) }
        guard text.contains("://") else { return text }
        return Redaction.words(of: text).map { Redaction.shown(String($0)) }.joined()
    }

    /// One connection string, or another text, with every secret in it as `***`.
    static func shown(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for range in secretRanges(in: bytes).reversed() {
            bytes.replaceSubrange(range, with: Array("***".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where the secrets of a connection string stand, in ascending order: the password, which ends
    /// at the last `@`, as one that was not percent-encoded may hold any character; and options
    /// with secret values.
    static func secretRanges(in text: [UInt8]) -> [Range<Int>] {
        guard let scheme = text.firstRange(of: Array("://".utf8)) else { return [] }
        var ranges: [Range<Int>] = []
        var rest = scheme.upperBound
        if let at = text[rest...].lastIndex(of: UInt8(ascii: "@")) {
            if let colon = text[rest..<at].firstIndex(of: UInt8(ascii: ":")), colon + 1 < at {
                ranges.append(colon + 1..<at)
            }
            rest = at
        }
        guard let question = text[rest...].firstIndex(of: UInt8(ascii: "?")) else { return ranges }
        let separators = Set("&;".utf8)
        for option in text[(question + 1)...].split(whereSeparator: separators.contains) {
            guard let equals = option.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: option[..<equals], as: UTF8.self).lowercased()
            let isSecret = name.contains("password") || name.contains("mechanismproperties")
            if isSecret, equals + 1 < option.endIndex {
                ranges.append(equals + 1..<option.endIndex)
            }
        }
        return ranges
    }

    /// As it stands in JSON.
    private static func quoted(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    /// The text cut at spaces and quotes, nothing left out.
    private static func words(of text: String) -> [Substring] {
        var words: [Substring] = []
        var rest = text[...]
        while let end = rest.firstIndex(where: { $0.isWhitespace || "'\"`<>".contains($0) }) {
            words.append(rest[..<end])
            words.append(rest[end...end])
            rest = rest[rest.index(after: end)...]
        }
        return words + [rest]
    }
}
