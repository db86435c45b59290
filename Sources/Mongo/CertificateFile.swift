internal import Glibc

/// A file of PEM certificates, as far as it must be understood before TLS is tried.
package struct CertificateFile: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        case missing
        /// With the system's words.
        case unreadable(String)
        /// No `BEGIN CERTIFICATE` in it.
        case noCertificate
        /// A certificate is cut off or damaged.
        case malformed
    }

    /// From when until when a certificate counts, seconds since 1970.
    package struct Validity: Hashable, Sendable {
        package let begin: Int64
        package let end: Int64
    }

    /// One a certificate, in the order of the file.
    package let validities: [Validity]

    /// The time of this host's clock, seconds since 1970.
    package static var now: Int64 { Int64(time(nil)) }

    /// Reads a file of at most 16 MB. Blocks for the disk.
    package init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < 16 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        try self.init(pem: String(decoding: bytes, as: UTF8.self))
    }

    package init(pem: String) throws(Failure) {
        var found: [Validity] = []
        var rest = pem[...]
        while let begin = rest.firstRange(of: "-----BEGIN CERTIFICATE-----") {
            rest = rest[begin.upperBound...]
            guard let end = rest.firstRange(of: "-----END CERTIFICATE-----"),
                let bytes = decodedBase64(rest[..<end.lowerBound]),
                let validity = Validity(certificate: bytes)
            else { throw .malformed }
            found.append(validity)
            rest = rest[end.upperBound...]
        }
        guard !found.isEmpty else { throw .noCertificate }
        validities = found
    }
}

private func decodedBase64(_ text: Substring) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text.utf8 where character > 0x20 && character != UInt8(ascii: "=") {
        guard let digit = alphabet.firstIndex(of: character) else { return nil }
        bits = bits << 6 | UInt32(digit)
        count += 6
        if count >= 8 {
            count -= 8
            bytes.append(UInt8(bits >> UInt32(count) & 0xFF))
        }
    }
    return bytes
}

extension CertificateFile.Validity {
    /// From a certificate in DER. Source of the layout: RFC 5280, 4.1: the time is the fifth part of the first part, or
    /// the fourth where the version is left out.
    fileprivate init?(certificate: [UInt8]) {
        var outer = DER(bytes: certificate[...])
        guard var certificate = outer.next(DER.sequence), var body = certificate.next(DER.sequence)
        else { return nil }
        if body.nextTag == DER.version { _ = body.next(DER.version) }
        // Serial number, signature algorithm, issuer.
        guard body.next(DER.integer) != nil, body.next(DER.sequence) != nil,
            body.next(DER.sequence) != nil,
            var validity = body.next(DER.sequence),
            let begin = validity.nextTime(), let end = validity.nextTime()
        else { return nil }
        self.init(begin: begin, end: end)
    }
}

/// The parts of a DER value, one after another.
private struct DER {
    static let integer: UInt8 = 0x02
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let sequence: UInt8 = 0x30
    static let version: UInt8 = 0xA0

    var bytes: ArraySlice<UInt8>

    var nextTag: UInt8? { bytes.first }

    /// The content of the next part; nil when it has another tag or does not fit.
    mutating func next(_ tag: UInt8) -> DER? {
        guard bytes.first == tag, bytes.count >= 2 else { return nil }
        var rest = bytes.dropFirst()
        var length = Int(rest.removeFirst())
        if length & 0x80 != 0 {
            let digits = length & 0x7F
            guard digits <= 4, rest.count >= digits else { return nil }
            length = rest.prefix(digits).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(digits)
        }
        guard length <= rest.count else { return nil }
        bytes = rest.dropFirst(length)
        return DER(bytes: rest.prefix(length))
    }

    /// Seconds since 1970.
    mutating func nextTime() -> Int64? {
        let isShort = nextTag == DER.utcTime
        guard let part = next(isShort ? DER.utcTime : DER.generalizedTime) else { return nil }
        var digits = part.bytes.prefix { (0x30...0x39).contains($0) }.map { Int64($0 - 0x30) }
        if isShort, digits.count >= 2 {
            // RFC 5280, 4.1.2.5.1: 50 and above is the twentieth century.
            digits = (digits[0] >= 5 ? [1, 9] : [2, 0]) + digits
        }
        guard digits.count == 14 else { return nil }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + $1 } }
        let days = daysSince1970(year: number(0..<4), month: number(4..<6), day: number(6..<8))
        return days * 86_400 + number(8..<10) * 3_600 + number(10..<12) * 60 + number(12..<14)
    }
}

/// Days from 1970-01-01 in the Gregorian calendar. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}
