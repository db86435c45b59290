import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Step 3 of the cutover.
@Suite(.serialized) struct FinalTimeServerTests {
    @Test func theFinalTimeIsTheNewestWriteOnceAMajorityHasIt() async throws {
        let context = try await VerifyFixture("final_time", [:]).context
        let set = try await ReplicaSet.start(ReplicaSetOptions(members: 3))
        let final = FinalTime(context: context, lane: set.lane)
        func write(_ members: Int) async throws -> Timestamp {
            let reply = try await set.lane.perform(
                [
                    "insert": "items", "documents": [[:]],
                    "writeConcern": ["w": .integer(members)],
                ], on: "shop")
            return try #require(reply["operationTime"]?.timestamp)
        }
        let first = try await write(3)
        #expect(try await final.settle(atMost: .seconds(60)) >= first)
        // One member is frozen, the other one votes but replicates no more.
        let secondaries = await set.secondaries()
        secondaries[0].process.freeze()
        _ = try await secondaries[1].lane.run(["fsync": 1, "lock": true])
        let second = try await write(1)
        await #expect {
            _ = try await final.settle(atMost: .seconds(1))
        } throws: { error in
            (error as? MigrationError)?.code == .cutoverRefused
        }
        _ = try await secondaries[1].lane.run(["fsyncUnlock": 1])
        secondaries[0].process.thaw()
        let settled = try await final.settle(atMost: .seconds(60))
        #expect(settled >= second)
        let last = try await set.lane.run(["hello": 1])["lastWrite"]?.document
        #expect(try #require(last?["majorityOpTime"]?.document?["ts"]?.timestamp) >= settled)
        try await set.stop()
    }
}
