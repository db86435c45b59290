import Testing

@testable import Migration

@Suite struct PartitionPlannerTests {
    @Test func smallCollectionsAreCopiedAsOne() {
        #expect(PartitionPlanner.sampleRate(bytes: 0, count: 0) == nil)
        #expect(PartitionPlanner.sampleRate(bytes: Tuning.partitionBytes, count: 1_000) == nil)
        #expect(PartitionPlanner.sampleRate(bytes: 1 << 40, count: 1) == nil)
    }

    @Test(arguments: [(1 << 30, 1_000_000), (1 << 40, 1_000_000_000), (100 << 20, 90)])
    func boundariesAreAsManyAsPartitions(bytes: Int, count: Int) throws {
        let rate = try #require(PartitionPlanner.sampleRate(bytes: bytes, count: count))
        let expected = Double(bytes) / Double(Tuning.partitionBytes)
        #expect(abs(rate * Double(count) - expected) < 0.01 * expected)
    }

    @Test func noMoreBoundariesThanDocumentsAreExpected() {
        #expect(PartitionPlanner.sampleRate(bytes: 1 << 40, count: 2) == 1)
    }
}
