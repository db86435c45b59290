internal import Glibc

/// A BSON document as the bytes it came in: a slice of a `Storage`, read lazily, never changed.
///
/// Only the frame (length and final zero) is checked when a document is made. Reading stops at the
/// first element that does not fit, so no input can crash it; `isWellFormed` looks at everything.
package struct Document: Sendable {
    package let storage: Storage
    let start: Int
    /// Length in bytes, as the first four bytes say.
    package let count: Int

    /// A slice of `storage`; nil when the frame is not sound.
    package init?(storage: Storage, start: Int, limit: Int) {
        guard start >= 0, limit <= storage.count, limit - start >= 5 else { return nil }
        let length = Int(storage.load(Int32.self, at: start))
        guard length >= 5, length <= limit - start, storage.byte(at: start + length - 1) == 0 else {
            return nil
        }
        self.init(trusting: storage, start: start, count: length)
    }

    /// Copies the bytes; nil when the frame is not sound or bytes are left over.
    package init?(copying bytes: UnsafeRawBufferPointer) {
        self.init(storage: Storage(copying: bytes), start: 0, limit: bytes.count)
        guard count == bytes.count else { return nil }
    }

    /// Copies the bytes; nil when the frame is not sound or bytes are left over.
    package init?(_ bytes: [UInt8]) {
        guard let document = bytes.withUnsafeBytes({ Document(copying: $0) }) else { return nil }
        self = document
    }

    init(trusting storage: Storage, start: Int, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    /// The empty document, five bytes.
    package init() { self = DocumentBuilder().finish() }

    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withExtendedLifetime(storage) {
            try body(UnsafeRawBufferPointer(start: storage.base + start, count: count))
        }
    }

    package var bytes: [UInt8] { withBytes { Array($0) } }

    package var isEmpty: Bool { count == 5 }

    /// The same document in a storage of its own: for one that outlives the reply it came in.
    package func copied() -> Document {
        withBytes { Document(trusting: Storage(copying: $0), start: 0, count: count) }
    }

    /// The first element of that name.
    package func element(_ name: String) -> Element? {
        var name = name
        return name.withUTF8 { wanted in
            var iterator = makeIterator()
            while let element = iterator.next() {
                if element.hasName(UnsafeRawBufferPointer(wanted)) { return element }
            }
            return nil
        }
    }

    /// The value of the first element of that name as it is stored.
    package func raw(_ name: String) -> RawValue? { element(name)?.raw }

    /// The value of the first element of that name; nil when absent or malformed.
    package subscript(_ name: String) -> Value? { element(name)?.value }

    package func has(_ name: String) -> Bool { element(name) != nil }
}

extension Document: Sequence {
    package func makeIterator() -> ElementIterator {
        ElementIterator(storage: storage, position: start + 4, end: start + count - 1)
    }
}

extension Document: Hashable {
    /// Equal means: the same bytes.
    package static func == (left: Document, right: Document) -> Bool {
        guard left.count == right.count else { return false }
        return memcmp(left.storage.base + left.start, right.storage.base + right.start, left.count)
            == 0
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}

/// Walks over the elements of a document; ends early at the first one that does not fit into it.
package struct ElementIterator: IteratorProtocol {
    let storage: Storage
    /// Offset in the storage of the next element, and of the document's final zero.
    var position: Int
    let end: Int

    /// Where the walk ended because of a malformed element.
    package private(set) var isMalformed = false

    init(storage: Storage, position: Int, end: Int) {
        self.storage = storage
        self.position = position
        self.end = end
    }

    package mutating func next() -> Element? {
        guard let (type, nameStart, valueStart) = step() else { return nil }
        return Element(
            raw: RawValue(
                storage: storage, type: type, start: valueStart, count: position - valueStart),
            nameStart: nameStart, nameCount: valueStart - nameStart - 1)
    }

    /// Moves behind the next element and says where its parts are; nil at the end or at a malformed one.
    mutating func step() -> (type: UInt8, nameStart: Int, valueStart: Int)? {
        guard position < end, !isMalformed else { return nil }
        let type = storage.byte(at: position)
        let nameStart = position + 1
        guard let terminator = memchr(storage.base + nameStart, 0, end - nameStart) else {
            isMalformed = true
            return nil
        }
        let valueStart = UnsafeRawPointer(terminator) - storage.base + 1
        guard let size = storage.sizeOfValue(type: type, at: valueStart, end: end) else {
            isMalformed = true
            return nil
        }
        position = valueStart + size
        return (type, nameStart, valueStart)
    }
}
