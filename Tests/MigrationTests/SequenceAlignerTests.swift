import BSON
import Testing

@testable import Migration

struct SequenceAlignerTests {
    private struct Found: Hashable {
        let kind: Mismatch.Kind
        let id: Int
    }

    private func document(_ id: Int, _ value: Int = 0) -> Document {
        ["_id": .integer(id), "v": .integer(value)]
    }

    /// Feeds both sequences in batches of these sizes and returns what the aligner says in the end.
    private func align(
        _ source: [Document], _ destination: [Document], batches: (Int, Int) = (4, 4)
    ) -> (matched: Int, found: Set<Found>) {
        var aligner = SequenceAligner()
        var left = source.chunks(of: batches.0).map { Document(documents: $0) }[...]
        var right = destination.chunks(of: batches.1).map { Document(documents: $0) }[...]
        var newSource: Document? = Document()
        var newDestination: Document? = Document()
        var matched = 0
        var found: Set<Found> = []
        while newSource != nil || newDestination != nil {
            if aligner.needsSource { newSource = left.popFirst() }
            if aligner.needsDestination { newDestination = right.popFirst() }
            aligner.align(source: newSource, destination: newDestination)
            let results = aligner.takeResults()
            matched += results.matched
            for candidate in results.candidates {
                found.insert(Found(kind: candidate.kind, id: candidate.id.value?.integer ?? -1))
            }
        }
        return (matched, found)
    }

    @Test func equalSequencesMatchWhateverTheBatches() {
        let documents = (0..<100).map { document($0) }
        for sizes in [(4, 4), (3, 7), (100, 1)] {
            let (matched, found) = align(documents, documents, batches: sizes)
            #expect(matched == 100)
            #expect(found.isEmpty)
        }
    }

    @Test func aDifferenceOfEachKindIsFound() {
        let source = (0..<20).map { document($0) }
        var destination = source
        destination[3] = document(3, 1)
        destination.remove(at: 10)
        destination.insert(document(100), at: 15)
        let (matched, found) = align(source, destination, batches: (20, 20))
        #expect(matched == 18)
        #expect(
            found == [
                Found(kind: .changed, id: 3), Found(kind: .missing, id: 10),
                Found(kind: .extra, id: 100),
            ])
    }

    @Test func theRestOfALongerSideIsFound() {
        let documents = (0..<10).map { document($0) }
        let expected = Set((6..<10).map { Found(kind: .missing, id: $0) })
        #expect(align(documents, Array(documents.prefix(6))).found == expected)
        let extra = Set((0..<10).map { Found(kind: .extra, id: $0) })
        #expect(align([], documents).found == extra)
    }

    @Test func anIDOfAnotherTypeIsFoundOnBothSides() {
        let source: [Document] = [["_id": .int32(1)], ["_id": .int32(2)]]
        let destination: [Document] = [["_id": .int64(1)], ["_id": .int32(2)]]
        let (matched, found) = align(source, destination)
        #expect(matched == 1)
        #expect(found == [Found(kind: .missing, id: 1), Found(kind: .extra, id: 1)])
    }

    /// Whatever is not equal on both sides must be among the candidates, for any batches.
    @Test(arguments: 0..<200) func nothingThatDiffersIsOverlooked(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var source: [Document] = []
        var destination: [Document] = []
        var differing: Set<Int> = []
        for id in 0..<300 {
            let mode = Int.random(in: 0..<20, using: &random)
            if mode != 0 { source.append(document(id)) }
            if mode != 1 { destination.append(document(id, mode == 2 ? 1 : 0)) }
            if mode < 3 { differing.insert(id) }
        }
        let sizes = (Int.random(in: 1..<40, using: &random), Int.random(in: 1..<40, using: &random))
        let (matched, found) = align(source, destination, batches: sizes)
        #expect(differing.subtracting(found.map(\.id)).isEmpty)
        #expect(matched <= 300 - differing.count)
    }
}

/// A generator whose numbers repeat: xorshift64*.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
