import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct StateStoreServerTests {
    /// A deletion whose answer does not come in time is done by the server only after the key was written anew.
    @Test(arguments: [true, false])
    func aDeletionThatLandsLateDeletesNothingNew(isByFilter: Bool) async throws {
        var options = ReplicaSetOptions()
        options.parameters["enableTestCommands"] = "1"
        let set = try await ReplicaSet.start(options)
        let cluster = try Cluster(
            ConnectionString(set.uri(as: nil, options: ["socketTimeoutMS": "700"])))
        let store = StateStore(
            lane: cluster.lane(), retry: Retry(status: Status()), epoch: 1
        ).impatient
        let key: Value = ["k": 1]
        func write(_ order: Int) async throws {
            try await store.upsert("dirty", id: key, set: ["order": .integer(order)])
        }
        try await write(1)
        try await set.members[0].setFailPoint(
            "failCommand",
            [
                "mode": ["times": 1],
                "data": [
                    "failCommands": ["delete"], "blockConnection": true, "blockTimeMS": 4_000,
                ],
            ])
        await #expect(throws: MongoError.self) {
            if isByFilter {
                try await store.delete("dirty", filter: ["_id": key])
            } else {
                try await store.delete("dirty", each: [["_id": key]])
            }
        }
        try await write(2)
        try await eventually("the deletion is over") {
            try await set.lane.open(
                [
                    "aggregate": 1,
                    "pipeline": [
                        ["$currentOp": [:]], ["$match": ["command.delete": ["$exists": true]]],
                    ], "cursor": [:],
                ], on: "admin"
            ).isEmpty
        }
        let found = try await store.find("dirty")
        #expect(found.map { $0["order"]?.integer } == [2])
        try await store.delete("dirty", filter: [:])
        #expect(try await store.find("dirty").isEmpty)
        try await set.stop()
    }

    /// Another key may have been written by a later owner, or anew since it was read.
    @Test func onlyTheVersionThatIsNamedIsDeleted() async throws {
        let lane = try await VerifyServers.started.value.destination.lane
        let store = StateStore(lane: lane, retry: Retry(status: Status()), epoch: 1)
        let later = StateStore(lane: lane, retry: Retry(status: Status()), epoch: 2)
        try await store.upsert("views", id: "one", set: ["order": 1])
        try await later.upsert("views", id: "two", set: ["order": 1])
        try await store.delete(
            "views", each: [["_id": "one", "order": 2], ["_id": "two", "order": 1]])
        try await store.delete("views", filter: ["_id": "two"])
        #expect(try await store.find("views").count == 2)
        try await later.delete("views", filter: [:])
        #expect(try await store.find("views").isEmpty)
    }

    /// Nothing of the first copy is left for the second one.
    @Test func whatIsIntendedForgetsTheFirstCopy() async throws {
        let lane = try await VerifyServers.started.value.destination.lane
        let store = StateStore(lane: lane, retry: Retry(status: Status()), epoch: 1)
        func collection(on destination: UInt64) -> MigratedCollection {
            MigratedCollection(
                source: uuid(1), sourceName: Namespace("a", "b"), destination: uuid(destination),
                destinationName: Namespace("a", "b"), kind: .plain, isCollated: false,
                isClustered: false)
        }
        func begin(_ destination: UInt64) async throws {
            let entry = CatalogEntry(source: uuid(1), namespace: Namespace("a", "b"))
            try await store.intend([entry])
            var paired = entry
            paired.destination = uuid(destination)
            try await store.pair([paired])
        }
        func note(_ destination: UInt64) async throws {
            try await store.save(
                NaturalOrder.Position(
                    token: ["$recordId": 7], member: NaturalOrder.Member(process: rawID(1)),
                    destination: uuid(destination)), of: uuid(1))
            let partition = Partition(collection: uuid(1), index: 0, lower: nil, upper: nil)
            try await store.add([partition], to: uuid(destination))
            try await store.finish(partition, to: uuid(destination))
            try await store.markCopied(uuid(1), to: uuid(destination))
        }
        func isNoted(_ destination: UInt64) async throws -> [Bool] {
            let collection = collection(on: destination)
            return [
                try await store.naturalPosition(of: collection) != nil,
                try await store.partitions(of: collection).contains { $0.isDone },
                try await store.copies().contains(uuid(destination)),
            ]
        }
        try await begin(11)
        try await note(11)
        #expect(try await isNoted(11) == [true, true, true])
        try await begin(12)
        #expect(try await isNoted(12) == [false, false, false])
        // A worker of the first copy ends late.
        try await note(11)
        #expect(try await isNoted(12) == [false, false, false])
        try await note(12)
        #expect(try await isNoted(12) == [true, true, true])
        for name in ["collections", "partitions"] { try await store.delete(name, filter: [:]) }
    }

    /// Also what servers refuse as names of fields.
    @Test func whatIsFinishedAfterTheCutoverIsKeptAsItWas() async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions())
        let store = StateStore(lane: set.lane, retry: Retry(status: Status()), epoch: 1)
        let index = try #require(
            IndexSpec([
                "v": 2, "key": ["$**": 1, "a.b": -1], "name": "a.b", "unique": true,
                "partialFilterExpression": ["a.b": ["$gt": 3]],
            ]))
        func info(_ number: Int, _ kind: CollectionInfo.Kind = .collection) -> CollectionInfo {
            CollectionInfo(
                namespace: Namespace("shop", "c\(number)"), kind: kind,
                uuid: BinaryUUID(high: 7, low: UInt64(number)),
                options: ["validator": ["$or": [["a": 1]]], "size": .integer(number)],
                indexes: [index])
        }
        // More than a command takes.
        let text = String(repeating: "x", count: 100_000)
        let large = (0..<200).map { number in
            CollectionInfo(
                namespace: Namespace("shop", "large\(number)"),
                uuid: BinaryUUID(high: 8, low: UInt64(number)),
                options: ["validator": ["a": .string(text)]])
        }
        try await store.saveFinal(large)
        #expect(try await store.loadFinal(200)?.collections.count == 200)
        let kept = [info(3, .buckets), info(4)]
        try await store.saveFinal(kept)
        #expect(try await store.loadFinal(2)?.sorted == kept)
        try await store.delete("final", each: [["_id": .uuid(BinaryUUID(high: 7, low: 4))]])
        #expect(try await store.loadFinal(2) == nil, "one of them is lost")
    }
}
