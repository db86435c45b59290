internal import Glibc

/// Walks over the documents of an array, such as a server's batch, without a `Document` for each: for loops in which
/// counting references would cost more than the work.
package struct DocumentCursor: Sendable {
    private let storage: Storage
    private var rest: ElementIterator
    private var current: Place?
    private var following: Place?

    private struct Place {
        var start: Int
        var count: Int
    }

    /// At the first document. Elements that are none are skipped.
    package init(_ array: Document) {
        storage = array.storage
        rest = array.makeIterator()
        advance()
        advance()
    }

    package var isAtEnd: Bool { current == nil }

    package mutating func advance() {
        current = following
        following = nil
        while let (type, _, start) = rest.step() {
            guard type == BSONType.document, rest.position - start >= 5,
                storage.byte(at: rest.position - 1) == 0
            else { continue }
            following = Place(start: start, count: rest.position - start)
            return
        }
    }

    /// Whether both are at documents of the same bytes.
    package func isEqual(to other: DocumentCursor) -> Bool {
        DocumentCursor.areEqual(current, storage, other.current, other.storage)
    }

    /// Whether the document behind this one has the same bytes as the one that the other is at.
    package func isFollowed(by other: DocumentCursor) -> Bool {
        DocumentCursor.areEqual(following, storage, other.current, other.storage)
    }

    private static func areEqual(
        _ left: Place?, _ leftStorage: Storage, _ right: Place?, _ rightStorage: Storage
    ) -> Bool {
        guard let left, let right, left.count == right.count else { return false }
        return memcmp(leftStorage.base + left.start, rightStorage.base + right.start, left.count)
            == 0
    }

    /// Of the document that it is at; of no bytes at the end.
    package var fingerprint: Fingerprint {
        withExtendedLifetime(storage) {
            Fingerprint(
                UnsafeRawBufferPointer(
                    start: storage.base + (current?.start ?? 0), count: current?.count ?? 0))
        }
    }

    /// Type and bytes of the first `_id` of the document that it is at; nil where there is none.
    package func withID<R>(_ body: (UInt8, UnsafeRawBufferPointer) -> R) -> R? {
        guard let current else { return nil }
        var elements = ElementIterator(
            storage: storage, position: current.start + 4, end: current.start + current.count - 1)
        while let (type, nameStart, valueStart) = elements.step() {
            guard valueStart - nameStart == 4, memcmp(storage.base + nameStart, "_id", 4) == 0
            else { continue }
            return withExtendedLifetime(storage) {
                body(
                    type,
                    UnsafeRawBufferPointer(
                        start: storage.base + valueStart, count: elements.position - valueStart))
            }
        }
        return nil
    }
}
