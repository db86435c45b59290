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
        guard let place = placeOfID else { return nil }
        return withExtendedLifetime(storage) {
            body(
                storage.byte(at: place.start - 5),
                UnsafeRawBufferPointer(start: storage.base + place.start, count: place.count))
        }
    }

    /// Of its value. Nearly always it is the first element.
    private var placeOfID: Place? {
        guard let current else { return nil }
        let (first, end) = (current.start + 4, current.start + current.count - 1)
        if end - first >= 5, isNamedID(first + 1),
            let size = storage.sizeOfValue(type: storage.byte(at: first), at: first + 5, end: end)
        {
            return Place(start: first + 5, count: size)
        }
        var elements = ElementIterator(storage: storage, position: first, end: end)
        while let (_, nameStart, valueStart) = elements.step() {
            guard valueStart - nameStart == 4, isNamedID(nameStart) else { continue }
            return Place(start: valueStart, count: elements.position - valueStart)
        }
        return nil
    }

    private func isNamedID(_ start: Int) -> Bool { memcmp(storage.base + start, "_id", 4) == 0 }
}
