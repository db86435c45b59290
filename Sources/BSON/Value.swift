/// A BSON timestamp: seconds since 1970 and a counter within the second. The unit of cluster times.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var seconds: UInt32
    package var increment: UInt32

    package init(seconds: UInt32, increment: UInt32) {
        self.seconds = seconds
        self.increment = increment
    }

    /// From the eight bytes in which BSON keeps it: increment in the low half.
    package init(bits: UInt64) {
        self.init(seconds: UInt32(bits >> 32), increment: UInt32(truncatingIfNeeded: bits))
    }

    package var bits: UInt64 { UInt64(seconds) << 32 | UInt64(increment) }

    /// The time just before this one.
    package var predecessor: Timestamp { Timestamp(bits: bits == 0 ? 0 : bits - 1) }

    package static let zero = Timestamp(bits: 0)

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.bits < right.bits }
}

extension Timestamp: CustomStringConvertible {
    /// `"seconds.increment"`.
    package var description: String { "\(seconds).\(increment)" }
}

/// The twelve bytes of an ObjectId.
package struct ObjectID: Hashable, Sendable {
    package let bytes: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 12 else { return nil }
        self.bytes = bytes
    }
}

extension ObjectID: CustomStringConvertible {
    package var description: String { hexadecimal(bytes) }
}

/// The 128 bits of an IEEE 754-2008 decimal in BID encoding, as BSON stores them.
package struct Decimal128: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A collection's UUID: binary subtype 4, sixteen bytes.
package struct BinaryUUID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (index, byte) in bytes.enumerated() {
            if index < 8 {
                words.0 = words.0 << 8 | UInt64(byte)
            } else {
                words.1 = words.1 << 8 | UInt64(byte)
            }
        }
        self.init(high: words.0, low: words.1)
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
        }
    }
}

extension BinaryUUID: CustomStringConvertible {
    package var description: String {
        let hex = Array(hexadecimal(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(
            separator: "-")
    }
}

/// Lower-case hexadecimal digits, two a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// A decoded BSON value.
///
/// Equal means what it means in Swift: 0.0 is -0.0, no NaN is another, and strings are compared as
/// text. To compare what is stored, compare `RawValue`.
package enum Value: Hashable, Sendable {
    case double(Double)
    case string(String)
    case document(Document)
    case array(Document)
    case binary(subtype: UInt8, [UInt8])
    case undefined
    case objectID(ObjectID)
    case bool(Bool)
    /// Milliseconds since 1970.
    case date(Int64)
    case null
    case regex(pattern: String, options: String)
    case dbPointer(namespace: String, ObjectID)
    case javascript(String)
    case symbol(String)
    case javascriptWithScope(String, Document)
    case int32(Int32)
    case timestamp(Timestamp)
    case int64(Int64)
    case decimal128(Decimal128)
    case minKey
    case maxKey
}

extension Value {
    package static func uuid(_ uuid: BinaryUUID) -> Value { .binary(subtype: 4, uuid.bytes) }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var document: Document? {
        switch self {
        case .document(let document), .array(let document): document
        default: nil
        }
    }

    package var bool: Bool? {
        switch self {
        case .bool(let flag): flag
        case .int32(let number): number != 0
        case .int64(let number): number != 0
        case .double(let number): number != 0
        default: nil
        }
    }

    /// Any number that is a whole one and fits.
    package var integer: Int? {
        switch self {
        case .int32(let number): Int(number)
        case .int64(let number): Int(number)
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    package var double: Double? {
        switch self {
        case .int32(let number): Double(number)
        case .int64(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    package var timestamp: Timestamp? {
        guard case .timestamp(let time) = self else { return nil }
        return time
    }

    package var uuid: BinaryUUID? {
        guard case .binary(let subtype, let bytes) = self, subtype == 4 else { return nil }
        return BinaryUUID(bytes)
    }

    /// The values of an array or document, in order.
    package var elements: [Value] { document?.compactMap(\.value) ?? [] }
}

extension RawValue {
    /// The decoded value; nil for a type this version of BSON does not know.
    package var value: Value? {
        func text(_ offset: Int, _ count: Int) -> String {
            String(decoding: slice(offset, count), as: UTF8.self)
        }
        switch type {
        case BSONType.double: return .double(Double(bitPattern: integer(UInt64.self)))
        case BSONType.string: return .string(text(4, count - 5))
        case BSONType.document: return document.map(Value.document)
        case BSONType.array: return document.map(Value.array)
        case BSONType.binary:
            return .binary(subtype: storage.byte(at: start + 4), Array(slice(5, count - 5)))
        case BSONType.undefined: return .undefined
        case BSONType.objectID: return ObjectID(Array(slice(0, 12))).map(Value.objectID)
        case BSONType.bool: return .bool(storage.byte(at: start) != 0)
        case BSONType.date: return .date(integer(Int64.self))
        case BSONType.null: return .null
        case BSONType.regex:
            let parts = slice(0, count).split(
                separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            return .regex(
                pattern: String(decoding: parts[0], as: UTF8.self),
                options: String(decoding: parts[1], as: UTF8.self))
        case BSONType.dbPointer:
            return ObjectID(Array(slice(count - 12, 12))).map {
                .dbPointer(namespace: text(4, count - 17), $0)
            }
        case BSONType.javascript: return .javascript(text(4, count - 5))
        case BSONType.symbol: return .symbol(text(4, count - 5))
        case BSONType.javascriptWithScope:
            return scope.map { .javascriptWithScope(text(8, count - 9 - $0.count), $0) }
        case BSONType.int32: return .int32(integer(Int32.self))
        case BSONType.timestamp: return .timestamp(Timestamp(bits: integer(UInt64.self)))
        case BSONType.int64: return .int64(integer(Int64.self))
        case BSONType.decimal128:
            return .decimal128(
                Decimal128(
                    high: storage.load(UInt64.self, at: start + 8),
                    low: storage.load(UInt64.self, at: start)))
        case BSONType.minKey: return .minKey
        case BSONType.maxKey: return .maxKey
        default: return nil
        }
    }

    /// The scope of JavaScript code; nil for other types, and unless code and scope fill the value.
    var scope: Document? {
        guard type == BSONType.javascriptWithScope, count >= 14 else { return nil }
        let codeLength = Int(storage.load(Int32.self, at: start + 4))
        guard codeLength >= 1, codeLength <= count - 13 else { return nil }
        let scopeStart = start + 8 + codeLength
        guard storage.byte(at: scopeStart - 1) == 0,
            let scope = Document(storage: storage, start: scopeStart, limit: start + count),
            scopeStart + scope.count == start + count
        else { return nil }
        return scope
    }

    private func integer<T: FixedWidthInteger>(_ type: T.Type) -> T {
        storage.load(type, at: start)
    }

    private func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.base + start + offset, count: Swift.max(count, 0))
    }
}
