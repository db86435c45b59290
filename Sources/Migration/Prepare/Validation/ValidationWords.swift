internal import BSON
internal import Mongo

extension Validation {
    /// Turns what servers and libraries say into words that may be shown: short, and never with a secret in them.
    struct Words: Sendable {
        private let secrets: [String]

        init(_ connectionStrings: ConnectionString...) {
            secrets = connectionStrings.flatMap(\.secrets)
        }

        /// One line of an error; what the driver adds behind a command's text is cut off.
        func of(_ error: MongoError) -> String {
            if error.isUnauthorized { return "the server does not allow it to this user" }
            var text = error.description[...]
            // "No suitable servers found (...): [what happened calling hello on 'host']"
            if error.kind == .serverSelection, let open = text.firstIndex(of: "["),
                let close = text.lastIndex(of: "]")
            {
                text = text[text.index(after: open)..<close]
            }
            for mark in [" to execute command", " { ", "\n"] {
                if let cut = text.firstRange(of: mark) { text = text[..<cut.lowerBound] }
            }
            let limit = 200
            return quoted(text.count > limit ? text.prefix(limit) + "..." : text)
        }

        /// A foreign text, or a note in its place when it repeats a secret.
        func quoted(_ text: some StringProtocol) -> String {
            let text = String(text)
            guard !secrets.contains(where: text.contains) else {
                return "(not shown: it repeats a secret)"
            }
            // No terminal control through a server's words.
            return String(
                text.map {
                    $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? " " : $0
                })
        }
    }

    /// "a, b, c and 4 more".
    static func listed(_ names: some Collection<String>, limit: Int = Tuning.shownNames) -> String {
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }

    /// "1 collection", "3 collections", "88,102,113 documents".
    static func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        if number == 1 { return "1 \(noun)" }
        var digits = String(number)[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",") + " \(plural ?? noun + "s")"
    }

    /// "1.5 GB", with 1 GB = 10^9 bytes as disks are sold.
    static func size(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        if unit == 0 { return "\(bytes) bytes" }
        let tenths = Int((value * 10).rounded())
        return tenths >= 100
            ? "\((tenths + 5) / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// "3 d 4 h", "2 h 5 min", "40 s"; from a month on no more than that.
    static func time(seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(max(seconds, 0)) s"
        case ..<3_600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        case (30 * 86_400)...: "more than 30 d"
        default: "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
        }
    }
}

extension ConnectionString {
    /// What must not be shown, as it is and as it is written in a connection string.
    var secrets: [String] {
        let hidden = options.filter {
            $0.key.contains("password") || $0.key.contains("mechanismproperties")
        }
        // `AWS_SESSION_TOKEN:...,SERVICE_NAME:...`
        let parts = hidden.values.flatMap {
            $0.split(separator: ",").compactMap { $0.split(separator: ":").last }
        }
        let plain = [password].compactMap(\.self) + hidden.values + parts.map(String.init)
        return plain.filter { !$0.isEmpty }.flatMap { secret in
            [secret, secret.utf8.map(ConnectionString.percent).joined()]
        }
    }

    private static func percent(_ byte: UInt8) -> String {
        let isPlain =
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
            || Array("-._~*".utf8).contains(byte)
        return isPlain ? String(UnicodeScalar(byte)) : "%" + hexadecimal([byte]).uppercased()
    }
}
