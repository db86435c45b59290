import BSON
import Testing

@testable import Migration

@Suite struct DifferenceTableTests {
    private func document(_ id: Value, _ value: Int = 0) -> Document {
        ["_id": id, "v": .integer(value)]
    }

    /// What comes out when each side has these documents.
    private func rest(
        _ source: [Document], _ destination: [Document], room: Int = 1_000, idBytes: Int = 8
    ) -> DifferenceTable.Rest? {
        var table = DifferenceTable(documents: room, idBytes: idBytes)
        for (documents, side) in [(source, Side.Role.source), (destination, .destination)] {
            var cursor = DocumentCursor(Document(documents: documents))
            while !cursor.isAtEnd {
                table.add(cursor, of: side)
                cursor.advance()
            }
        }
        return table.takeRest()
    }

    @Test func whatBothSidesHaveCancelsOut() {
        let documents = (0..<5_000).map { document(.integer($0)) }
        let found = rest(documents, documents.reversed())
        #expect(found?.source == [])
        #expect(found?.destination == [])
    }

    @Test func idsOfAllKindsComeOut() throws {
        let ids: [Value] = [
            .int32(1), .int64(1), .double(1), .null, "text", ["a": 1], .bool(true), "",
            .objectID(try #require(ObjectID(Array(1...12)))),
            .string(String(repeating: "y", count: 40)),
        ]
        let found = try #require(rest(ids.map { document($0) }, [document("other")], idBytes: 45))
        #expect(Set(found.source) == Set(ids.map(rawID)))
        #expect(found.destination == [rawID("other")])
    }

    @Test func aChangedDocumentComesOutOfBothSides() throws {
        let found = try #require(
            rest([document(1, 1), document(2)], [document(2), document(1, 2)]))
        #expect(found.source == [rawID(1)])
        #expect(found.destination == [rawID(1)])
    }

    @Test func aDocumentThatOneSideHasTwiceComesOut() throws {
        let found = try #require(rest([document(1), document(1)], [document(1)]))
        #expect(found.source == [rawID(1)])
        // The same cells hold two that are alike: they cannot be told apart.
        #expect(rest([document(1), document(1)], []) == nil)
    }

    @Test func anIDThatDoesNotFitGivesNoAnswerUnlessItCancelsOut() {
        let long = document(.string(String(repeating: "y", count: 100)))
        #expect(rest([long], [long])?.source == [])
        #expect(rest([long], []) == nil)
        let without: Document = ["v": 1]
        #expect(rest([without], [without])?.source == [])
        #expect(rest([without], []) == nil)
    }

    @Test func moreThanFitsGivesNoAnswer() {
        let documents = (0..<5_000).map { document(.integer($0)) }
        #expect(rest(documents, [], room: 100) == nil)
    }

    /// As many documents that differ as the table was made for come out, all of them and no other; by chance not every
    /// time, but an answer is never wrong.
    @Test(arguments: [1, 2, 10, 100, 1_000, 5_000]) func asManyComeOutAsWereAskedFor(room: Int) {
        var answers = 0
        for seed in 0..<20 {
            let base = seed * 100_000
            let common = (0..<1_000).map { document(.integer(base + $0)) }
            let alone = (0..<room).map { document(.integer(base + 50_000 + $0)) }
            let (left, right) = (alone[..<(room / 2)], alone[(room / 2)...])
            guard let found = rest(common + left, right + common, room: room) else { continue }
            answers += 1
            #expect(Set(found.source) == Set(left.compactMap { $0.raw("_id") }))
            #expect(Set(found.destination) == Set(right.compactMap { $0.raw("_id") }))
        }
        #expect(answers >= 19)
    }
}
