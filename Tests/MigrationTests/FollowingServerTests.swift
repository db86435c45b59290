import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// What happens between the moment a collection is looked up and the command on it.
@Suite struct FollowingServerTests {
    private static func rename(_ fixture: VerifyFixture, _ lane: Lane) async throws {
        try await lane.perform(
            [
                "renameCollection": .string("\(fixture.database).items"),
                "to": .string("\(fixture.database).moved"), "writeConcern": ["w": "majority"],
            ], on: "admin")
    }

    private static func count(_ name: String, _ fixture: VerifyFixture, _ lane: Lane) async throws
        -> Int?
    {
        try await lane.run(["count": .string(name)], on: fixture.database)["n"]?.integer
    }

    @Test func writesFollowACollectionOfTheDestination_D3() async throws {
        let fixture = try await VerifyFixture("follow_write", ["items": [:]])
        let collection = try #require(
            fixture.context.registry[try await fixture.register("items")])
        try await FollowingServerTests.rename(fixture, fixture.destination)
        let writer = DocumentWriter(
            context: fixture.context, lane: fixture.context.destination.lane())
        try await writer.insert([["_id": 1]], into: collection)
        try await writer.write([["_id": 2]], to: collection)
        #expect(try await FollowingServerTests.count("moved", fixture, fixture.destination) == 2)
        #expect(try await FollowingServerTests.count("items", fixture, fixture.destination) == 0)
    }

    /// A suspect key is looked up on the destination before anything is written.
    @Test func readsFollowACollectionOfTheDestination_D3() async throws {
        let fixture = try await VerifyFixture("follow_read", ["items": [:]])
        try await fixture.insert([["_id": 1]], into: "items", [fixture.source])
        let uuid = try await fixture.register("items")
        let collection = try #require(fixture.context.registry[uuid])
        fixture.context.dirty.redirty([rawID(1)], of: uuid)
        let work = try #require(fixture.context.dirty.take(limit: 1, maximumBytes: 1_000))
        try await FollowingServerTests.rename(fixture, fixture.destination)
        try await ApplyWorker(context: fixture.context).apply(work, of: collection)
        #expect(try await FollowingServerTests.count("moved", fixture, fixture.destination) == 1)
    }

    @Test func aCollectionIsMeasuredUnderItsNewName_D3() async throws {
        let fixture = try await VerifyFixture("follow_size", ["items": [:]])
        try await fixture.insert([["_id": 1]], into: "items", [fixture.source])
        let collection = try #require(
            fixture.context.registry[try await fixture.register("items")])
        let lane = fixture.context.source.lane()
        let copier = FollowingServerTests.copier(fixture)
        try await FollowingServerTests.rename(fixture, fixture.source)
        #expect(try await copier.size(of: collection, lane: lane).documents == 1)
        try await fixture.source.perform(["drop": "moved"], on: fixture.database)
        #expect(try await copier.size(of: collection, lane: lane) == (0, 0))
        try await fixture.source.perform(
            ["create": "items", "viewOn": "other"], on: fixture.database)
        #expect(try await copier.size(of: collection, lane: lane) == (0, 0))
    }

    private static func copier(_ fixture: VerifyFixture) -> Copier {
        Copier(
            context: fixture.context, queue: CopyQueue()
        ) { _ in }
    }

    @Test func f11SplittingWaitsForAPrivilege() async throws {
        let fixture = try await VerifyFixture("follow_split", ["items": [:]])
        try await fixture.insert((0..<100).map { ["_id": .integer($0)] }, into: "items")
        let collection = try #require(
            fixture.context.registry[try await fixture.register("items")])
        let source = try await VerifyServers.started.value.source.members[0]
        // Unauthorized
        let data: Value = [
            "failCommands": ["aggregate"], "errorCode": 13, "namespace": "follow_split.items",
        ]
        try await source.setFailPoint("failCommand", ["mode": "alwaysOn", "data": data])
        let context = fixture.context
        let planner = PartitionPlanner(context: context, lane: context.source.lane())
        let split = try #require(PartitionPlanner.Split(bytes: 1 << 40, documents: 100))
        let planning = Task {
            var found: [Partition] = []
            try await planner.plan(collection, split, from: nil, index: 0) { found += $0 }
            return found
        }
        try await eventually("it says what it waits for") {
            context.status.waitingFor.contains { $0.contains("splitting") }
        }
        try await source.setFailPoint("failCommand", ["mode": "off"])
        #expect(try await planning.value.count == 101)
    }
}
