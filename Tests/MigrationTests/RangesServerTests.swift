import BSON
import Mongo
import Sandbox
import Synchronization
import Testing

@testable import Migration

/// Collections that are compared in more than one range.
@Suite(.serialized) struct RangesServerTests {
    @Test func rangesHoldEveryDocumentOnce() async throws {
        var options = MigrationOptions()
        options.partitionBytes = 200_000
        let fixture = try await VerifyFixture("ranges", ["c": [:]], options: options)
        let uuid = try await fixture.register("c")
        try await fixture.insert(VerifyServerTests.documents(0..<20_000), into: "c")
        let others: [Document] = [
            ["_id": .minKey], ["_id": .double(.nan)], ["_id": "text"], ["_id": ["a": 1]],
            ["_id": .maxKey],
        ]
        try await fixture.insert(others, into: "c")
        let ranges = try await plan(uuid, fixture)
        try #require(ranges.count > 5)
        #expect(ranges.first?.lower == nil && ranges.last?.upper == nil)
        // Neighbours share a bound, which the later one holds.
        let bounds = ranges.dropFirst().compactMap(\.lower)
        #expect(bounds == ranges.dropLast().compactMap(\.upper))
        #expect(bounds.count == ranges.count - 1)
        #expect(try await compare(ranges, uuid, fixture).matched == 20_005)
        // At the bounds, and at both ends.
        let ids = Set(bounds + [others[0], others[4]].compactMap { $0.raw("_id") })
        for id in ids {
            var change = DocumentBuilder()
            change.begin("q")
            change.append("_id", raw: id)
            change.end()
            change.append("u", ["$set": ["n": -1]])
            _ = try await fixture.destination.run(
                ["update": "c", "updates": [.document(change.finish())]], on: "ranges")
        }
        let told = try await compare(ranges, uuid, fixture)
        #expect(told.matched == 20_005 - ids.count)
        #expect(told.found.count == ids.count)
        #expect(Set(told.found) == ids)
    }

    /// `min` alone does not reach it.
    @Test func theDocumentWithTheGreatestIDIsCopied() async throws {
        let fixture = try await VerifyFixture("ranges_copied", ["c": [:]])
        let uuid = try await fixture.register("c")
        let documents = VerifyServerTests.documents(0..<100) + [["_id": .minKey], ["_id": .maxKey]]
        try await fixture.insert(documents, into: "c", [fixture.source])
        let collection = try #require(fixture.context.registry[uuid])
        let copier = PartitionCopier(
            context: fixture.context, number: 0, reconcile: {})
        let terms = CopyQueue.Terms(
            bytes: 0, documents: 0, readAfter: fixture.context.dirty.seenThrough,
            documentBytes: 100)
        for range in Partition.all(between: [rawID(.integer(50))], of: uuid) {
            try await copier.copy(range, of: collection, terms)
        }
        let copied = Statements(fixture.destination, "ranges_copied")
        #expect(try await copied.count("c") == 102)
        #expect(fixture.context.status.figures.documentsCopied == 102)
    }

    private func plan(_ uuid: BinaryUUID, _ fixture: VerifyFixture) async throws -> [Partition] {
        let planner = RangePlanner(lanes: VerifyLanes(context: fixture.context))
        let collection = try #require(fixture.context.registry[uuid])
        return try await planner.plan(collection, inRanges: true).work.compactMap { work in
            if case .range(let range) = work { range } else { nil }
        }
    }

    /// How many documents are equal, and which are not.
    private func compare(
        _ ranges: [Partition], _ uuid: BinaryUUID, _ fixture: VerifyFixture
    ) async throws -> (matched: Int, found: [RawValue]) {
        let told = Mutex<(matched: Int, found: [RawValue])>((0, []))
        let collection = try #require(fixture.context.registry[uuid])
        let comparer = RangeComparer(lanes: VerifyLanes(context: fixture.context)) {
            matched, candidates in
            told.withLock { told in
                told.matched += matched
                told.found += candidates.map { $0.id.copied() }
            }
        }
        for range in ranges { try await comparer.compare(range, of: collection, batchSize: 500) }
        return told.withLock { $0 }
    }
}
