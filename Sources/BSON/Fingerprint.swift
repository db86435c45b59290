internal import CXXHash

/// 128 bits that stand for a document's bytes while they cannot be kept: a hash that is keyed anew in every process, so
/// that different documents have the same one with a probability of 2^-128. Valid in this process only.
package struct Fingerprint: Hashable, Sendable {
    package let low: UInt64
    package let high: UInt64

    private static let key = UInt64.random(in: .min ... .max)

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    package init(_ document: Document) {
        self = document.withBytes { Fingerprint($0) }
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        let hash = cxxhash_128(bytes.baseAddress, bytes.count, Fingerprint.key)
        self.init(low: hash.low, high: hash.high)
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
