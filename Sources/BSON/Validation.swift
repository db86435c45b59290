extension Document {
    /// How deeply documents may nest: above what servers accept (180 for stored ones, 200 for
    /// commands).
    static let maximumDepth = 256

    /// Whether every element, at every depth, fits into its document and is of a known type.
    ///
    /// Names and strings are not required to be UTF-8: servers store such.
    package var isWellFormed: Bool { isWellFormed(depth: 0) }

    private func isWellFormed(depth: Int) -> Bool {
        guard depth < Document.maximumDepth else { return false }
        var iterator = makeIterator()
        while let element = iterator.next() {
            switch element.value {
            case nil: return false
            case .document(let inner), .array(let inner), .javascriptWithScope(_, let inner):
                guard inner.isWellFormed(depth: depth + 1) else { return false }
            default: break
            }
        }
        return !iterator.isMalformed && iterator.isAtEnd
    }
}

extension ElementIterator {
    /// Whether the walk came exactly to the document's final zero.
    var isAtEnd: Bool { position == end }
}
