extension Document {
    /// Whether some field of the document itself, not of one nested in it, is `Timestamp(0, 0)`: servers replace such a
    /// value by the current time on insert and replace.
    package var hasZeroTimestamp: Bool {
        var iterator = makeIterator()
        while let (type, start) = iterator.nextTypeAndStart() {
            if type == BSONType.timestamp, storage.load(UInt64.self, at: start) == 0 { return true }
        }
        return false
    }

    /// Whether servers do not store it as it is when it is given as a replacement: they change a zero timestamp, and refuse
    /// the document where the name of a field of the document itself begins with `$`.
    package var changesAsReplacement: Bool {
        var iterator = makeIterator()
        while let (type, name, start) = iterator.step() {
            if storage.byte(at: name) == UInt8(ascii: "$") { return true }
            if type == BSONType.timestamp, storage.load(UInt64.self, at: start) == 0 { return true }
        }
        return false
    }
}

extension ElementIterator {
    /// Steps over an element without making one: for scans of every document.
    fileprivate mutating func nextTypeAndStart() -> (type: UInt8, start: Int)? {
        step().map { ($0.type, $0.valueStart) }
    }
}
