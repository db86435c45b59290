internal import BSON

/// Compares two sequences of documents that have the same order, batch by batch, and finds its way again where one
/// side has documents that the other has not.
///
/// The order itself is never computed here: it is the servers', by a collation perhaps. Every document without an
/// equal one at its place on the other side is a candidate. Some candidates are none, as documents are looked for
/// only in the batches at hand; whoever decides compares them by their ids.
struct SequenceAligner {
    struct Candidate: Sendable {
        let kind: Mismatch.Kind
        let id: RawValue
    }

    private struct Buffer {
        var documents: [Document] = []
        var next = 0
        /// Places by id, made when first needed.
        private var places: [RawValue: Int]?

        init() {}

        init(_ documents: [Document]) { self.documents = documents }

        var first: Document? { next < documents.count ? documents[next] : nil }

        var isEmpty: Bool { next >= documents.count }

        /// How far behind the first document the one with this id is.
        mutating func distance(to id: RawValue) -> Int? {
            let places = self.places ?? makePlaces()
            self.places = places
            guard let place = places[id], place > next else { return nil }
            return place - next
        }

        private func makePlaces() -> [RawValue: Int] {
            var places: [RawValue: Int] = [:]
            places.reserveCapacity(documents.count - next)
            for place in next..<documents.count {
                if let id = documents[place].raw("_id") { places[id] = place }
            }
            return places
        }
    }

    private var source = Buffer()
    private var destination = Buffer()
    /// Documents that were equal.
    private(set) var matched = 0
    /// The last document that both sides have at the same place, as its `_id`.
    private(set) var lastMatched: RawValue?
    private(set) var candidates: [Candidate] = []

    var needsSource: Bool { source.isEmpty }
    var needsDestination: Bool { destination.isEmpty }

    /// Takes the next batches; where there is none, that side has ended.
    mutating func align(source newSource: Document?, destination newDestination: Document?) {
        if needsSource, needsDestination, let newSource, newSource == newDestination {
            let (count, last) = newSource.countAndLast()
            matched += count
            lastMatched = last?.document?.raw("_id") ?? lastMatched
            return
        }
        if needsSource { source = Buffer(newSource?.compactMap(\.document) ?? []) }
        if needsDestination { destination = Buffer(newDestination?.compactMap(\.document) ?? []) }
        while let left = source.first, let right = destination.first { step(left, right) }
        if newDestination == nil, destination.isEmpty { miss(source.documents.count - source.next) }
        if newSource == nil, source.isEmpty {
            exceed(destination.documents.count - destination.next)
        }
    }

    private mutating func step(_ left: Document, _ right: Document) {
        if left == right {
            matched += 1
            lastMatched = left.raw("_id")
            source.next += 1
            destination.next += 1
            return
        }
        guard let leftID = left.raw("_id"), let rightID = right.raw("_id") else {
            source.next += 1
            destination.next += 1
            return
        }
        if leftID == rightID {
            candidates.append(Candidate(kind: .changed, id: leftID.copied()))
            lastMatched = leftID
            source.next += 1
            destination.next += 1
            return
        }
        let ahead = destination.distance(to: leftID)
        let behind = source.distance(to: rightID)
        switch (ahead, behind) {
        case (nil, nil):
            miss(1)
            exceed(1)
        case (let ahead?, let behind) where ahead <= behind ?? ahead: exceed(ahead)
        case (_, let behind): miss(behind ?? 1)
        }
    }

    /// The next documents of the source are not on the destination.
    private mutating func miss(_ count: Int) {
        for document in source.documents[source.next..<source.next + count] {
            guard let id = document.raw("_id") else { continue }
            candidates.append(Candidate(kind: .missing, id: id.copied()))
        }
        source.next += count
    }

    /// The next documents of the destination are not on the source.
    private mutating func exceed(_ count: Int) {
        for document in destination.documents[destination.next..<destination.next + count] {
            guard let id = document.raw("_id") else { continue }
            candidates.append(Candidate(kind: .extra, id: id.copied()))
        }
        destination.next += count
    }

    /// Hands out what was found since the last call.
    mutating func takeResults() -> (matched: Int, candidates: [Candidate]) {
        defer {
            matched = 0
            candidates = []
        }
        return (matched, candidates)
    }
}
