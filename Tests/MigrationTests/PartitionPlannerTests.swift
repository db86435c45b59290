import BSON
import Testing

@testable import Migration

@Suite struct PartitionPlannerTests {
    @Test func smallCollectionsAreCopiedAsOne() {
        #expect(PartitionPlanner.Split(bytes: 0, documents: 0) == nil)
        #expect(PartitionPlanner.Split(bytes: Tuning.partitionBytes, documents: 1_000) == nil)
        #expect(PartitionPlanner.Split(bytes: 1 << 40, documents: 1) == nil)
    }

    @Test(arguments: [(1 << 30, 1_000_000, 16), (1 << 40, 1_000_000_000, 16_384)])
    func partitionsAreOfAboutTheSizeThatIsMeant(bytes: Int, documents: Int, count: Int) throws {
        let split = try #require(PartitionPlanner.Split(bytes: bytes, documents: documents))
        #expect(split.partitions == count)
        #expect(split.rate == Double(count) / Double(documents))
    }

    @Test func thereAreNoMorePartitionsThanDocuments() throws {
        let split = try #require(PartitionPlanner.Split(bytes: 1 << 40, documents: 2))
        #expect(split.partitions == 2)
        #expect(split.rate == 1)
    }

    @Test func nothingIsSplitBeforeTheSmallestId() throws {
        func id(_ value: Value) throws -> RawValue {
            let document: Document = ["_id": value]
            return try #require(document.raw("_id"))
        }
        // The same document may be drawn more than once.
        let ids = try [.minKey, .minKey, 1, 1, 2, .maxKey].map(id)
        #expect(try SourceSurvey.bounds(ids, samples: 1) == [id(1), id(2), id(.maxKey)])
        #expect(try SourceSurvey.bounds(ids, samples: 2) == [id(1), id(2)])
    }

    /// Servers read the whole collection for a sample of more than 5 %.
    @Test func idsAreDrawnWhereTheyAreFewAmongMany() {
        #expect(SourceSurvey.samples(parts: 1, documents: 1_000_000) == nil)
        #expect(SourceSurvey.samples(parts: 4, documents: 1_000) == 10)
        #expect(SourceSurvey.samples(parts: 4, documents: 999) == nil)
        #expect(SourceSurvey.samples(parts: 10_000, documents: 1_000_000) == 2)
        #expect(SourceSurvey.samples(parts: 100_000, documents: 10_000_000) == 1)
        #expect(SourceSurvey.samples(parts: 500_000, documents: 10_000_000) == nil)
    }
}
