internal import FoundationEssentials

/// A message as RFC 5322 has it, for `sendmail -t`: lines end with a newline alone, as programs of this machine expect.
struct Mail: Sendable {
    /// Addresses as `NotificationSettings.isAddress` wants them.
    var from: String
    var to: [String]
    var message: Message
    var host: String

    var text: String {
        let headers = [
            "From: \(from)", "To: \(to.joined(separator: ",\n "))",
            "Subject: \(Mail.encoded(message.letter.subject))", "Date: \(UTC.header(message.time))",
            "Message-ID: <\(message.id)@\(Mail.isHostName(host) ? host : "localhost")>",
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        return headers.joined(separator: "\n") + "\n\n" + Mail.quotedPrintable(message.letter.text)
    }

    private static func isHostName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }

    /// The text of a header: as it is where that is short and printable ASCII, else as encoded words (RFC 2047).
    static func encoded(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
            && text.utf8.count <= lineLimit - "Subject: ".utf8.count
        if isPlain { return text }
        var words: [String] = []
        var part = ""
        for scalar in text.unicodeScalars {
            if part.utf8.count + UTF8.width(scalar) > wordLimit {
                words.append(part)
                part = ""
            }
            part.unicodeScalars.append(scalar)
        }
        return (words + [part])
            .map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\n ")
    }

    /// RFC 2045, 6.7.
    static func quotedPrintable(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var result = ""
            var column = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isPlain =
                    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
                    || byte == UInt8(ascii: " ") && !isLast
                let piece =
                    isPlain ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
                // With the mark of a soft line break the line has one more.
                if column + piece.utf8.count > lineLimit - 1 {
                    result += "=\n"
                    column = 0
                }
                result += piece
                column += piece.utf8.count
            }
            return result
        }.joined(separator: "\n")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    /// Columns of a line (RFC 2045).
    private static let lineLimit = 76
    /// Bytes in an encoded word, which has 75 columns at most.
    private static let wordLimit = 45
}
