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
            let now = try #require(
                try await lane.run(["hello": 1])["localTime"].flatMap { value -> Int64? in
                    guard case .date(let time) = value else { return nil }
                    return time
                })
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
            // Both sides expire on; when nothing is left to expire they must be equal.
            for set in [pair.source, pair.destination] {
                try await set.lane.perform(
                    ["setParameter": 1, "ttlMonitorSleepSecs": 1], on: "admin")
            }
            try await eventually("source and destination are equal") {
                try await pair.differences() == []
            }
        }
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
            await live.engine.requestCutover()
            try await live.isTrue("it waits for the majority or refuses") {
                let progress = live.engine.progress()
                return progress.phase == .finalizing || progress.message.contains("majority")
            }
            #expect(live.phase != .complete)
            _ = try await secondaries[1].lane.run(["fsyncUnlock": 1])
            secondaries[0].process.thaw()
            let report = try await live.cutOver()
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
            let arrived = try await pair.destination.lane.run(["count": "items"], on: "shop")
            #expect(arrived["n"]?.integer == 1_001)
        }
    }
}
