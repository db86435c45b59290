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

    /// Whether the name of the first field after `_id`, or of the first one, begins with `$`: servers take a replacement by such a document for
    /// an update.
    package var beginsWithDollar: Bool {
        for element in self.prefix(2) {
            if element.withName({ $0.first == UInt8(ascii: "$") }) { return true }
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
