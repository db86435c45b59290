internal import Glibc

/// The type byte of a BSON element.
package enum BSONType {
    package static let double: UInt8 = 0x01
    package static let string: UInt8 = 0x02
    package static let document: UInt8 = 0x03
    package static let array: UInt8 = 0x04
    package static let binary: UInt8 = 0x05
    package static let undefined: UInt8 = 0x06
    package static let objectID: UInt8 = 0x07
    package static let bool: UInt8 = 0x08
    package static let date: UInt8 = 0x09
    package static let null: UInt8 = 0x0A
    package static let regex: UInt8 = 0x0B
    package static let dbPointer: UInt8 = 0x0C
    package static let javascript: UInt8 = 0x0D
    package static let symbol: UInt8 = 0x0E
    package static let javascriptWithScope: UInt8 = 0x0F
    package static let int32: UInt8 = 0x10
    package static let timestamp: UInt8 = 0x11
    package static let int64: UInt8 = 0x12
    package static let decimal128: UInt8 = 0x13
    package static let minKey: UInt8 = 0xFF
    package static let maxKey: UInt8 = 0x7F
}

/// A value as it is stored: its type and its bytes, a slice of a `Storage`. Equal means: the same
/// type and bytes.
package struct RawValue: Hashable, Sendable {
    let storage: Storage
    package let type: UInt8
    let start: Int
    /// Length of the value in bytes, without type and name.
    package let count: Int

    init(storage: Storage, type: UInt8, start: Int, count: Int) {
        self.storage = storage
        self.type = type
        self.start = start
        self.count = count
    }

    /// Copies the bytes, which must be those of a value of this type.
    package init(type: UInt8, copying bytes: UnsafeRawBufferPointer) {
        self.init(storage: Storage(copying: bytes), type: type, start: 0, count: bytes.count)
    }

    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withExtendedLifetime(storage) {
            try body(UnsafeRawBufferPointer(start: storage.base + start, count: count))
        }
    }

    package static func == (left: RawValue, right: RawValue) -> Bool {
        left.type == right.type && left.count == right.count
            && memcmp(left.storage.base + left.start, right.storage.base + right.start, left.count)
                == 0
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        withBytes { hasher.combine(bytes: $0) }
    }

    /// The same value in a storage of its own: for one that outlives the reply it came in.
    package func copied() -> RawValue {
        withBytes { RawValue(type: type, copying: $0) }
    }

    /// The sub-document or array, without copying; nil for other types.
    package var document: Document? {
        guard type == BSONType.document || type == BSONType.array else { return nil }
        return Document(storage: storage, start: start, limit: start + count)
    }
}

extension RawValue {
    /// Whether it comes before another value of its type: by value for texts, dates and numbers, by bytes for others.
    package func precedes(_ other: RawValue) -> Bool {
        guard type == other.type else { return false }
        switch (value, other.value) {
        case (.string(let left), .string(let right)): return left < right
        case (.date(let left), .date(let right)): return left < right
        case (let left?, let right?):
            if let left = left.double, let right = right.double { return left < right }
            return withBytes { left in other.withBytes { left.lexicographicallyPrecedes($0) } }
        default: return false
        }
    }
}

/// One name and value of a document.
package struct Element: Sendable {
    package let raw: RawValue
    let nameStart: Int
    let nameCount: Int

    package var type: UInt8 { raw.type }

    /// The name; bytes that are not UTF-8 are repaired, so two different names can read the same
    /// here.
    package var name: String { withName { String(decoding: $0, as: UTF8.self) } }

    package var value: Value? { raw.value }

    package var document: Document? { raw.document }

    package func withName<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withExtendedLifetime(raw.storage) {
            try body(UnsafeRawBufferPointer(start: raw.storage.base + nameStart, count: nameCount))
        }
    }

    package func hasName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count == nameCount else { return false }
        guard let other = name.baseAddress else { return true }
        return memcmp(raw.storage.base + nameStart, other, nameCount) == 0
    }

    /// Byte by byte: two spellings that Unicode holds for the same are two names to a server.
    func hasName(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { hasName(UnsafeRawBufferPointer($0)) }
    }

    package func hasName(_ name: StaticString) -> Bool {
        hasName(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
}

extension Storage {
    /// Length of the value at `offset`, or nil when it does not end before `end` or its own length
    /// is wrong.
    func sizeOfValue(type: UInt8, at offset: Int, end: Int) -> Int? {
        let room = end - offset
        func fixed(_ size: Int) -> Int? { size <= room ? size : nil }
        /// A length prefix of four bytes that counts `extra` bytes less than the whole value takes.
        func prefixed(extra: Int, minimum: Int) -> Int? {
            guard room >= 4 else { return nil }
            let length = Int(load(Int32.self, at: offset))
            guard length >= minimum, length <= room - extra else { return nil }
            return length + extra
        }
        func zeroTerminated(from position: Int) -> Int? {
            guard position < end, let zero = memchr(base + position, 0, end - position) else {
                return nil
            }
            return UnsafeRawPointer(zero) - base + 1
        }
        switch type {
        case BSONType.double, BSONType.date, BSONType.timestamp, BSONType.int64: return fixed(8)
        case BSONType.int32: return fixed(4)
        case BSONType.decimal128: return fixed(16)
        case BSONType.objectID: return fixed(12)
        case BSONType.bool: return fixed(1)
        case BSONType.null, BSONType.undefined, BSONType.minKey, BSONType.maxKey: return 0
        case BSONType.string, BSONType.javascript, BSONType.symbol:
            guard let size = prefixed(extra: 4, minimum: 1), byte(at: offset + size - 1) == 0 else {
                return nil
            }
            return size
        case BSONType.dbPointer:
            guard let size = prefixed(extra: 16, minimum: 1), byte(at: offset + size - 13) == 0
            else {
                return nil
            }
            return size
        case BSONType.binary: return prefixed(extra: 5, minimum: 0)
        case BSONType.document, BSONType.array, BSONType.javascriptWithScope:
            return prefixed(extra: 0, minimum: 5)
        case BSONType.regex:
            guard let options = zeroTerminated(from: offset),
                let end = zeroTerminated(from: options)
            else { return nil }
            return end - offset
        default: return nil
        }
    }
}
