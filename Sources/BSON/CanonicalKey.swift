/// Bytes that are the same for every `_id` a server holds for equal under the simple collation:
/// numerically equal numbers are one (1, 1L, 1.0, Decimal 1; 0 and -0; all NaN), recursively in
/// sub-documents. Names in arrays do not count, as an index does not hold them.
///
/// The other direction does not hold: decimals beyond a double's precision can share a key. Whoever
/// keys by it keeps every raw id beside it.
package struct CanonicalKey: Hashable, Sendable {
    package let bytes: [UInt8]
    /// FNV-1a over the bytes: the same on every host and in every run, so that it can route to
    /// lanes.
    package let hash: UInt64

    package init(_ id: RawValue) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(id.count + 2)
        CanonicalKey.write(id, depth: 0, into: &bytes)
        self.init(bytes: bytes)
    }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.hash = hash
    }

    package static func == (left: CanonicalKey, right: CanonicalKey) -> Bool {
        left.hash == right.hash && left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    private static func write(_ value: RawValue, depth: Int, into bytes: inout [UInt8]) {
        switch value.type {
        case BSONType.double, BSONType.int32, BSONType.int64, BSONType.decimal128:
            writeNumber(value, into: &bytes)
        case BSONType.document, BSONType.array:
            guard depth < Document.maximumDepth, let document = value.document else { fallthrough }
            bytes.append(value.type)
            write(document, isArray: value.type == BSONType.array, depth: depth, into: &bytes)
        case BSONType.javascriptWithScope:
            guard depth < Document.maximumDepth, let scope = value.scope else { fallthrough }
            bytes.append(value.type)
            // Without the length of the whole, which depends on how the numbers in the scope are
            // stored.
            value.withBytes { bytes.append(contentsOf: $0[4..<$0.count - scope.count]) }
            write(scope, isArray: false, depth: depth, into: &bytes)
        default:
            // Strings and symbols compare equal, everything else only within its type.
            bytes.append(value.type == BSONType.symbol ? BSONType.string : value.type)
            value.withBytes { bytes.append(contentsOf: $0) }
        }
    }

    /// A one before each element and a zero after the last, so that no name can look like the end.
    private static func write(
        _ document: Document, isArray: Bool, depth: Int, into bytes: inout [UInt8]
    ) {
        for element in document {
            bytes.append(1)
            if !isArray {
                element.withName { bytes.append(contentsOf: $0) }
                bytes.append(0)
            }
            write(element.raw, depth: depth + 1, into: &bytes)
        }
        bytes.append(0)
    }

    private static func writeNumber(_ value: RawValue, into bytes: inout [UInt8]) {
        bytes.append(BSONType.int64)
        let number = CanonicalNumber(value)
        let (tag, bits): (UInt8, UInt64) =
            switch number {
            case .integer(let integer): (0, UInt64(bitPattern: integer))
            case .real(let real): (1, real.bitPattern)
            case .notANumber: (2, 0)
            }
        bytes.append(tag)
        withUnsafeBytes(of: bits.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// A number without the type it was stored in.
private enum CanonicalNumber {
    case integer(Int64)
    case real(Double)
    case notANumber

    init(_ value: RawValue) {
        switch value.value {
        case .int32(let number): self = .integer(Int64(number))
        case .int64(let number): self = .integer(number)
        case .double(let number): self.init(number)
        case .decimal128(let decimal): self.init(decimal)
        default: self = .notANumber
        }
    }

    init(_ number: Double) {
        if number.isNaN {
            self = .notANumber
        } else if let integer = Int64(exactly: number) {
            self = .integer(integer)
        } else {
            self = .real(number)
        }
    }

    init(_ decimal: Decimal128) {
        guard case .finite(let isNegative, let coefficient, let exponent) = decimal.parts else {
            if case .infinity(let isNegative) = decimal.parts {
                self = .real(isNegative ? -.infinity : .infinity)
            } else {
                self = .notANumber
            }
            return
        }
        if let magnitude = CanonicalNumber.wholeNumber(coefficient, exponent: exponent),
            let integer = Int64(exactly: isNegative ? -magnitude : magnitude)
        {
            self = .integer(integer)
        } else {
            // Parsing rounds correctly, so a decimal that equals a double becomes that double.
            self = .real(Double(decimal.description) ?? .nan)
        }
    }

    /// `coefficient * 10^exponent` where that is whole and below 10^19.
    private static func wholeNumber(_ coefficient: UInt128, exponent: Int) -> Int128? {
        var magnitude = coefficient
        if magnitude == 0 { return 0 }
        if exponent >= 0 {
            guard exponent < 19 else { return nil }
            for _ in 0..<exponent {
                magnitude *= 10
                guard magnitude < 10_000_000_000_000_000_000 else { return nil }
            }
        } else {
            guard exponent > -35 else { return nil }
            for _ in 0..<(-exponent) {
                guard magnitude % 10 == 0 else { return nil }
                magnitude /= 10
            }
        }
        return Int128(exactly: magnitude)
    }
}
