import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Lines W4 and W8 of the checklists: what changes on the source by itself, and what its majority
/// does not hold yet.
@Suite(.serialized) struct WritesCutoverServerTests {
    @Test func w4DeletesByExpiryAreKept() async throws {
        try await expire { _ in }
    }

    /// Without access control nothing can be blocked, so documents expire while it is finalizing.
    @Test func w4DeletesByExpiryWhileFinalizingAreNoStrays() async throws {
        try await expire { $0.root = nil }
    }

    private func expire(source: (inout ReplicaSetOptions) -> Void) async throws {
        try await Pair.withHolds(source: { options in
            options.parameters["ttlMonitorSleepSecs"] = "1"
            source(&options)
        }) { pair in
            let lane = pair.source.lane
            let now = try await time(lane)
            try await lane.perform(
                [
                    "createIndexes": "sessions",
                    "indexes": [["key": ["at": 1], "name": "at", "expireAfterSeconds": 0]],
                ], on: "shop")
            try await lane.perform(
                [
                    "create": "clustered", "expireAfterSeconds": 1,
                    "clusteredIndex": ["key": ["_id": 1], "unique": true],
                ], on: "shop")
            // Ten a second go, from now until long after the cutover.
            for (name, field) in [("sessions", "at"), ("clustered", "_id")] {
                let documents = (0..<600).map { number -> Value in
                    [field: .date(now + Int64(number) * 100), "n": .integer(number)]
                }
                try await lane.perform(
                    [
                        "insert": .string(name),
                        "documents": .array(Document(array: documents)),
                    ], on: "shop")
            }
            let report = try await pair.migrate {
                $0.quietPeriod = 2
            } inEachPhase: { _ in
                let before = try await count(lane)
                try await eventually("documents expire") { try await count(lane) < before }
            }
            #expect(report.phase == .complete)
            #expect(report.verification.mismatches == [])
            #expect(report.problems == [])
            // Both sides expire on: what is left for some time must be equal at any moment.
            let after = try await time(lane)
            let rest = try await documents(lane, after: after + 10_000)
            #expect(!rest.isEmpty)
            #expect(try await documents(pair.destination.lane, after: after + 10_000) == rest)
        }
    }

    /// The operator looks for the writes of an application, which has stopped, long before the cutover.
    @Test func w4DeletesByExpiryInSyncAreNoWrites() async throws {
        try await Pair.with(source: { $0.parameters["ttlMonitorSleepSecs"] = "1" }) { pair in
            let shop = Statements(pair.source.lane, "shop")
            let now = try await time(pair.source.lane)
            try await shop.index(
                "sessions", [["key": ["at": 1], "name": "at", "expireAfterSeconds": 0]])
            // Ten a second go, from now on.
            try await shop.insert(
                "sessions",
                (0..<1_200).map { ["_id": .integer($0), "at": .date(now + Int64($0) * 100)] })
            try await shop.insert("orders", .numbered(1))
            let report = try await pair.migrating { live in
                try await live.reached(.inSync)
                try await shop.insert("orders", .numbered(1, from: 1))
                try await live.isTrue("the last write of the application is seen") {
                    await live.engine.details().recentWrites?.contains {
                        $0.namespace == Namespace("shop", "orders")
                    } ?? false
                }
                let before = await live.engine.details()
                let read = try #require(before.eventsRead)
                try await live.isTrue("documents expire") {
                    await live.engine.details().eventsRead ?? 0 > read + 20
                }
                let after = await live.engine.details()
                #expect(after.newestWriteAt == before.newestWriteAt)
                #expect(
                    after.recentWrites?.contains { $0.namespace == Namespace("shop", "sessions") }
                        == false)
                return try await live.cutOver()
            }
            #expect(report.phase == .complete)
        }
    }

    private func time(_ lane: Lane) async throws -> Int64 {
        let hello = try await lane.run(["hello": 1])
        guard case .date(let time) = try #require(hello["localTime"]) else { return 0 }
        return time
    }

    /// Documents of both collections that do not expire before a time.
    private func documents(_ lane: Lane, after time: Int64) async throws -> [Document] {
        var found: [Document] = []
        for (name, field) in [("sessions", "at"), ("clustered", "_id")] {
            let later: Value = ["$gt": .date(time)]
            let filter = Value.document(Document([(field, later)]))
            found += try await lane.open(
                [
                    "find": .string(name), "filter": filter, "sort": ["n": 1],
                    "batchSize": 10_000,
                ], on: "shop"
            ).documents.map { $0.copied() }
        }
        return found
    }

    private func count(_ lane: Lane) async throws -> Int {
        let sessions = try await lane.run(["count": "sessions"], on: "shop")["n"]?.integer ?? 0
        let clustered = try await lane.run(["count": "clustered"], on: "shop")["n"]?.integer ?? 0
        return sessions + clustered
    }

    @Test func w8WritesBeyondTheMajorityAreNotLost() async throws {
        try await Pair.with(source: { $0.members = 3 }) { pair in
            let lane = pair.source.lane
            try await lane.perform(
                [
                    "insert": "items", "documents": [["_id": "first"]],
                    "writeConcern": ["w": 3],
                ], on: "shop")
            let live = try LiveMigration(pair)
            try await live.reached(.inSync)
            try await live.isTrue("it may cut over") { live.engine.progress().isReady }
            // One member is frozen, the other one votes but replicates no more.
            let secondaries = await pair.source.secondaries()
            try #require(secondaries.count == 2)
            secondaries[0].process.freeze()
            _ = try await secondaries[1].lane.run(["fsync": 1, "lock": true])
            let documents = (0..<1_000).map { number -> Value in ["_id": .integer(number)] }
            try await lane.perform(
                [
                    "insert": "items", "documents": .array(Document(array: documents)),
                    "writeConcern": ["w": 1],
                ], on: "shop")
            let last = try await lane.run(["hello": 1])["lastWrite"]?.document
            #expect(
                last?["majorityOpTime"]?.document?["ts"]?.timestamp ?? .zero
                    < last?["opTime"]?.document?["ts"]?.timestamp ?? .zero)
            try await live.isTrue("the lag counts what no majority has") {
                (live.engine.progress().lagSeconds ?? 0) > 2
            }
            let words = "a majority of the source's members to hold its newest writes"
            try await live.isTrue("that the majority is behind is said") {
                await live.engine.details().waitingFor.contains { $0.hasPrefix(words) }
            }
            await live.engine.requestCutover()
            try await live.isTrue("it waits for the majority or refuses") {
                let progress = live.engine.progress()
                return progress.phase == .finalizing || progress.message.contains("majority")
            }
            #expect(live.phase != .complete)
            _ = try await secondaries[1].lane.run(["fsyncUnlock": 1])
            secondaries[0].process.thaw()
            try await live.isTrue("that is said no more") {
                await !live.engine.details().waitingFor.contains { $0.hasPrefix(words) }
            }
            let report = try await live.cutOver()
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
            let arrived = try await pair.destination.lane.run(["count": "items"], on: "shop")
            #expect(arrived["n"]?.integer == 1_001)
        }
    }
}
