import BSON
import Testing

@testable import Migration

@Suite struct MultisetMatcherTests {
    private struct Found: Equatable {
        var matched: Int
        var source: Set<Int>
        var destination: Set<Int>
    }

    private func document(_ id: Int, _ value: Int = 0) -> Document {
        ["_id": .integer(id), "v": .integer(value)]
    }

    /// Feeds both sequences in batches of these sizes and returns what the matcher says in the end.
    private func match(
        _ source: [Document], _ destination: [Document], batches: (Int, Int) = (4, 4),
        documents: Int = 1_000
    ) -> Found? {
        var matcher = MultisetMatcher(documents: documents)
        var left = source.chunks(of: batches.0).map { Document(documents: $0) }[...]
        var right = destination.chunks(of: batches.1).map { Document(documents: $0) }[...]
        var newSource: Document? = Document()
        var newDestination: Document? = Document()
        while newSource != nil || newDestination != nil {
            if matcher.needsSource { newSource = left.popFirst() }
            if matcher.needsDestination { newDestination = right.popFirst() }
            matcher.match(source: newSource, destination: newDestination)
        }
        #expect(matcher.sourceCount == source.count)
        #expect(matcher.destinationCount == destination.count)
        guard let rest = matcher.takeRest() else { return nil }
        func ids(_ found: [RawValue]) -> Set<Int> { Set(found.map { $0.value?.integer ?? -1 }) }
        return Found(
            matched: source.count - rest.source.count, source: ids(rest.source),
            destination: ids(rest.destination))
    }

    @Test func equalSequencesMatchWhateverTheBatches() {
        let documents = (0..<100).map { document($0) }
        for sizes in [(4, 4), (3, 7), (100, 1), (1, 100)] {
            let found = match(documents, documents, batches: sizes)
            #expect(found == Found(matched: 100, source: [], destination: []))
        }
        #expect(match([], []) == Found(matched: 0, source: [], destination: []))
    }

    @Test func anyOrderMatches() {
        var random = SeededGenerator(seed: 7)
        let documents = (0..<1_000).map { document($0) }
        for batches in [(10, 10), (7, 300)] {
            let found = match(
                documents, documents.shuffled(using: &random), batches: batches)
            #expect(found == Found(matched: 1_000, source: [], destination: []))
        }
    }

    @Test func aDifferenceOfEachKindIsFound() {
        let source = (0..<20).map { document($0) }
        var destination = source
        destination[3] = document(3, 1)
        destination.remove(at: 10)
        destination.insert(document(100), at: 15)
        let expected = Found(matched: 18, source: [3, 10], destination: [3, 100])
        #expect(match(source, destination) == expected)
        #expect(match(source, destination.reversed()) == expected)
    }

    @Test func theRestOfALongerSideIsFound() {
        let documents = (0..<10).map { document($0) }
        #expect(
            match(documents, Array(documents.prefix(6)))
                == Found(matched: 6, source: Set(6..<10), destination: []))
        #expect(match([], documents) == Found(matched: 0, source: [], destination: Set(0..<10)))
    }

    @Test func anIDOfAnotherTypeIsFoundOnBothSides() {
        let found = match([["_id": .int32(1)]], [["_id": .int64(1)]])
        #expect(found == Found(matched: 0, source: [1], destination: [1]))
    }

    @Test func moreThanFitsIsNoAnswer() {
        #expect(match((0..<5_000).map { document($0) }, [], documents: 10) == nil)
    }

    /// Whatever is not equal on both sides comes out and nothing else, for any order and any batches.
    @Test(arguments: 0..<200) func exactlyWhatDiffersIsFound(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var source: [Document] = []
        var destination: [Document] = []
        var expected = Found(matched: 0, source: [], destination: [])
        for id in 0..<300 {
            let mode = Int.random(in: 0..<20, using: &random)
            if mode != 0 { source.append(document(id)) }
            if mode != 1 { destination.append(document(id, mode == 2 ? 1 : 0)) }
            if mode == 1 || mode == 2 { expected.source.insert(id) }
            if mode == 0 || mode == 2 { expected.destination.insert(id) }
            if mode > 2 { expected.matched += 1 }
        }
        if seed % 2 == 0 { destination.shuffle(using: &random) }
        let sizes = (Int.random(in: 1..<40, using: &random), Int.random(in: 1..<40, using: &random))
        #expect(match(source, destination, batches: sizes, documents: 300) == expected)
    }
}
