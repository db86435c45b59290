internal import BSON

/// Compares two sequences of documents as multisets, batch by batch: the order counts for the speed alone.
///
/// A document whose bytes are equal to the next one of the other side matches at once. What is out of step goes into a
/// `DifferenceTable`, where it cancels out when the other side comes to it.
struct MultisetMatcher: Sendable {
    private var source = DocumentCursor(Document())
    private var destination = DocumentCursor(Document())
    private var table: DifferenceTable?
    /// What a table has to have room for.
    private let documents: Int
    /// Documents of each side that were looked at.
    private(set) var sourceCount = 0
    private(set) var destinationCount = 0

    /// `documents`: about how many each side has.
    init(documents: Int) { self.documents = documents }

    var needsSource: Bool { source.isAtEnd }
    var needsDestination: Bool { destination.isAtEnd }

    /// Takes the next batches; where there is none, that side has ended.
    mutating func match(source newSource: Document?, destination newDestination: Document?) {
        if needsSource, needsDestination, let newSource, newSource == newDestination {
            let count = newSource.countAndLast().count
            sourceCount += count
            destinationCount += count
            return
        }
        if needsSource { source = DocumentCursor(newSource ?? Document()) }
        if needsDestination { destination = DocumentCursor(newDestination ?? Document()) }
        while !source.isAtEnd, !destination.isAtEnd { step() }
        if newDestination == nil { while !source.isAtEnd { keepSource() } }
        if newSource == nil { while !destination.isAtEnd { keepDestination() } }
    }

    private mutating func step() {
        if source.isEqual(to: destination) {
            source.advance()
            destination.advance()
            sourceCount += 1
            destinationCount += 1
        } else if destination.isFollowed(by: source) {
            keepDestination()
        } else if source.isFollowed(by: destination) {
            keepSource()
        } else {
            keepSource()
            keepDestination()
        }
    }

    private mutating func keepSource() {
        makeTable()
        table?.add(source, of: .source)
        source.advance()
        sourceCount += 1
    }

    private mutating func keepDestination() {
        makeTable()
        table?.add(destination, of: .destination)
        destination.advance()
        destinationCount += 1
    }

    private mutating func makeTable() {
        guard table == nil else { return }
        let idBytes = max(source.longestID, destination.longestID)
        table = DifferenceTable(documents: 2 * documents, idBytes: idBytes)
    }

    /// At the end of both sides: what each one has alone. Nil when that is too much to be told.
    mutating func takeRest() -> DifferenceTable.Rest? {
        guard table != nil else { return DifferenceTable.Rest() }
        defer { table = nil }
        return table?.takeRest()
    }
}

extension DocumentCursor {
    /// Length of the longest `_id` from here on, bytes.
    fileprivate var longestID: Int {
        var ahead = self
        var longest = 0
        while !ahead.isAtEnd {
            longest = max(longest, unsafe ahead.withID { _, bytes in bytes.count } ?? 0)
            ahead.advance()
        }
        return longest
    }
}
