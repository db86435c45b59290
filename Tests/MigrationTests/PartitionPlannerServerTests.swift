import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct PartitionPlannerServerTests {
    private static let documents = 5_000

    private static func fixture(
        _ database: String
    ) async throws -> (VerifyFixture, MigratedCollection) {
        let fixture = try await VerifyFixture(database, ["items": [:]])
        // Ids of two types, as bounds are of any type.
        try await fixture.insert(
            (0..<documents).map { ["_id": $0 % 2 == 0 ? .integer($0) : .string("\($0)")] },
            into: "items")
        let uuid = try await fixture.register("items")
        return (fixture, try #require(fixture.context.registry[uuid]))
    }

    private static func plan(
        _ fixture: VerifyFixture, _ collection: MigratedCollection
    ) async throws -> [Partition] {
        let context = fixture.context
        let planner = PartitionPlanner(context: context, lane: context.source.lane())
        let split = try #require(
            PartitionPlanner.Split(bytes: 20 * Tuning.partitionBytes, documents: documents))
        var found: [Partition] = []
        try await planner.plan(collection, split, from: nil, index: 0) { found += $0 }
        return found
    }

    /// Documents of each partition, by the server's index.
    private static func count(
        _ partitions: [Partition], _ fixture: VerifyFixture, _ collection: MigratedCollection
    ) async throws -> [Int] {
        var counts: [Int] = []
        let lane = fixture.context.source.lane()
        for partition in partitions {
            var command = fixture.context.sourceCommand("find", collection)
            partition.append(to: &command)
            command.append("batchSize", .integer(documents + 1))
            counts.append(try await lane.open(command.finish(), on: fixture.database).count)
        }
        return counts
    }

    @Test func idsDrawnAtRandomSplitACollectionAboutEvenly() async throws {
        let (fixture, collection) = try await Self.fixture("planner_drawn")
        let partitions = try await Self.plan(fixture, collection)
        // A scan finds this very number by chance only.
        #expect(partitions.count == 20)
        #expect(partitions.map(\.index) == Array(0..<20))
        let counts = try await Self.count(partitions, fixture, collection)
        #expect(counts.reduce(0, +) == Self.documents)
        // On average a twentieth; of a collection that is still in memory servers draw some places more often.
        #expect(try #require(counts.max()) < Self.documents / 2)
    }

    /// Servers sometimes do not find enough different documents at random.
    @Test func aSampleThatIsNotFoundIsReplacedByAScan() async throws {
        let (fixture, collection) = try await Self.fixture("planner_scanned")
        let source = try await VerifyServers.started.value.source.members[0]
        let data: Value = [
            "failCommands": ["aggregate"], "errorCode": 28799,
            "namespace": "planner_scanned.items",
        ]
        try await source.setFailPoint("failCommand", ["mode": ["times": 1], "data": data])
        let survey = SourceSurvey(context: fixture.context, lane: fixture.context.source.lane())
        #expect(try await survey.bounds(of: collection, parts: 4, samples: 10) == nil)
        try await source.setFailPoint("failCommand", ["mode": ["times": 1], "data": data])
        let partitions = try await Self.plan(fixture, collection)
        let counts = try await Self.count(partitions, fixture, collection)
        #expect(counts.reduce(0, +) == Self.documents)
        #expect(partitions.first?.lower == nil && partitions.last?.upper == nil)
        #expect(partitions.count > 1)
    }

    /// A server refuses to read up to MinKey.
    @Test func i6NothingIsSplitBeforeTheSmallestId() async throws {
        let fixture = try await VerifyFixture("planner_extremes", ["items": [:]])
        let ids: [Value] = [.minKey, .null, 1, "one", .maxKey]
        try await fixture.insert(ids.map { ["_id": $0] }, into: "items")
        let uuid = try await fixture.register("items")
        let collection = try #require(fixture.context.registry[uuid])
        let planner = PartitionPlanner(
            context: fixture.context, lane: fixture.context.source.lane())
        // Every id that can be a boundary is one.
        let split = try #require(
            PartitionPlanner.Split(bytes: 20 * Tuning.partitionBytes, documents: ids.count))
        #expect(split.rate == 1)
        var found: [Partition] = []
        try await planner.plan(collection, split, from: nil, index: 0) { found += $0 }
        #expect(found.map(\.index) == Array(0..<ids.count))
        let rests = found.compactMap(\.rest)
        let counts = try await Self.count(found + rests, fixture, collection)
        #expect(counts.reduce(0, +) == ids.count)
    }

    /// Documents that came since it was measured are boundaries as likely as the others.
    @Test func aCollectionThatHasGrownIsNotSplitForEver() async throws {
        let (fixture, collection) = try await Self.fixture("planner_grown")
        let split = try #require(
            PartitionPlanner.Split(bytes: 20 * Tuning.partitionBytes, documents: 40))
        let planner = PartitionPlanner(
            context: fixture.context, lane: fixture.context.source.lane())
        var found: [Partition] = []
        try await planner.plan(collection, split, from: nil, index: 0) { found += $0 }
        #expect(found.count == split.limit + 1)
        #expect(found.last?.upper == nil)
        let counts = try await Self.count(found, fixture, collection)
        #expect(counts.reduce(0, +) == Self.documents)
    }
}
