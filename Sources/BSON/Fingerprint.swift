/// 128 bits that stand for a document's bytes while they cannot be kept: two keyed hashes, so that
/// different documents have the same one with a probability of 2^-128. Valid in this process only.
package struct Fingerprint: Hashable, Sendable {
    private let first: Int
    private let second: Int

    package init(_ document: Document) {
        var hashers = (Hasher(), Hasher())
        hashers.0.combine(UInt8(0))
        hashers.1.combine(UInt8(1))
        document.withBytes { bytes in
            hashers.0.combine(bytes: bytes)
            hashers.1.combine(bytes: bytes)
        }
        first = hashers.0.finalize()
        second = hashers.1.finalize()
    }
}

extension Document {
    /// How many elements there are, and the last one, by a single walk that makes no other element.
    package func countAndLast() -> (count: Int, last: Element?) {
        var iterator = makeIterator()
        var count = 0
        var last: (type: UInt8, nameStart: Int, valueStart: Int, end: Int)?
        while let (type, nameStart, valueStart) = iterator.step() {
            count += 1
            last = (type, nameStart, valueStart, iterator.position)
        }
        guard let last else { return (0, nil) }
        let raw = RawValue(
            storage: storage, type: last.type, start: last.valueStart,
            count: last.end - last.valueStart)
        return (
            count,
            Element(
                raw: raw, nameStart: last.nameStart,
                nameCount: last.valueStart - last.nameStart - 1)
        )
    }
}
