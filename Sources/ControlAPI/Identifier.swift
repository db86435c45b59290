/// Names one thing for good: 24 hexadecimal digits in lower case, four bytes of time and eight at random, as MongoDB's
/// own identifiers have.
package struct Identifier: Hashable, Sendable, Comparable {
    package let text: String

    /// Nil unless the text is 24 hexadecimal digits.
    package init?(_ text: String) {
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
        }
        guard text.utf8.count == 24, isHexadecimal else { return nil }
        self.text = text.lowercased()
    }

    /// A new one, never given before. `seconds`: since 1970.
    package init(at seconds: Int64) {
        func digits(_ number: UInt64, _ count: Int) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: max(0, count - digits.count))
                + digits.suffix(count)
        }
        text =
            digits(UInt64(UInt32(truncatingIfNeeded: seconds)), 8)
            + digits(UInt64.random(in: 0 ... .max), 16)
    }

    package static func < (left: Identifier, right: Identifier) -> Bool { left.text < right.text }
}

extension Identifier: CustomStringConvertible {
    package var description: String { text }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let identifier = Identifier(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an identifier is 24 hexadecimal digits")
        }
        self = identifier
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
