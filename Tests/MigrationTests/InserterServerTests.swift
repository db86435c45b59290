import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct InserterServerTests {
    /// A copy in order begins again where it was interrupted: what is there already is not sent again and again.
    @Test func c3ACappedCollectionThatIsThereInPartIsCompletedInFewCommands() async throws {
        let fixture = try await VerifyFixture(
            "inserter_again", ["items": ["capped": true, "size": 50_000_000]])
        let documents = (0..<3_000).map { number -> Document in
            ["_id": .integer(number), "text": .string(String(repeating: "x", count: 300))]
        }
        try await fixture.insert(documents, into: "items", [fixture.source])
        let uuid = try await fixture.register("items", kind: .capped)
        let collection = try #require(fixture.context.registry[uuid])
        let find: Document = ["find": "items", "batchSize": 5_000]
        let batch = try await fixture.source.open(find, on: fixture.database)
        let inserter = Inserter(
            context: fixture.context, lane: fixture.context.destination.lane())
        func commands() async throws -> Int {
            let status = try await fixture.destination.run(["serverStatus": 1], on: "admin")
            let counted = status["metrics"]?.document?["commands"]?.document?["insert"]?.document
            return try #require(counted?["total"]?.integer)
        }
        // What an interrupted copy has left.
        try await fixture.insert(
            documents.prefix(1_000) + documents[1_500..<1_600], into: "items",
            [fixture.destination])
        let before = try await commands()
        try await inserter.insert(batch, into: collection, isOrdered: true)
        try await inserter.insert(batch, into: collection, isOrdered: true)
        #expect(try await commands() - before < 10)
        let count = try await fixture.destination.open(
            ["aggregate": "items", "pipeline": [["$count": "n"]], "cursor": [:]],
            on: fixture.database)
        #expect(count.documents.first { _ in true }?["n"]?.integer == documents.count)
    }
}
