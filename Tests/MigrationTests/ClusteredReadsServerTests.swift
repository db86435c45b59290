import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct ClusteredReadsServerTests {
    /// Servers scan a clustered collection from the smallest to the largest id that they are asked for at once.
    @Test func c4ChangesAtBothEndsOfAClusteredCollectionDoNotReadAllOfIt() async throws {
        let clustered: Document = ["clusteredIndex": ["key": ["_id": 1], "unique": true]]
        let fixture = try await VerifyFixture("clustered_reads", ["items": clustered])
        let count = 20_000
        try await fixture.insert((0..<count).map { ["_id": .integer($0)] }, into: "items")
        let uuid = try await fixture.register("items", isClustered: true)
        let collection = try #require(fixture.context.registry[uuid])
        for lane in [fixture.source, fixture.destination] {
            _ = try await lane.run(["profile": 2], on: fixture.database)
        }
        let ids = [0, count - 1].map { rawID(.integer($0)) }
        fixture.context.dirty.redirty(ids, of: uuid)
        let work = try #require(fixture.context.dirty.take(limit: 2, maximumBytes: 1_000))
        try await ApplyWorker(context: fixture.context).apply(work, of: collection)
        let items = ids.map {
            RecheckQueue.Item(key: CanonicalKey($0), ids: [$0], stage: .noted, ticket: 0)
        }
        let comparer = KeyComparer(lanes: VerifyLanes(context: fixture.context)) { _, _ in false }
        let result = try await comparer.compare(
            RecheckQueue.Batch(collection: uuid, items: items), of: collection)
        #expect(result.verdicts.count == 2)
        for lane in [fixture.source, fixture.destination] {
            let examined = try await lane.open(
                [
                    "aggregate": "system.profile",
                    "pipeline": [
                        ["$match": ["op": "query"]],
                        ["$group": ["_id": .null, "most": ["$max": "$docsExamined"]]],
                    ], "cursor": [:],
                ], on: fixture.database
            ).documents.first { _ in true }
            #expect(try #require(examined?["most"]?.integer) < 10)
            _ = try await lane.run(["profile": 0], on: fixture.database)
        }
    }
}
