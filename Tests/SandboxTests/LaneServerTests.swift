import BSON
import Mongo
import Sandbox
import Testing

@Suite struct LaneServerTests {
    /// The server must not take the first write of a lane for a repetition of the first one of a lane that is gone.
    @Test func aLaneThatTakesOverASessionWrites() async throws {
        let set = try await ReplicaSet.start()
        let cluster = try set.cluster()
        for id in 1...3 {
            let reply = try await cluster.lane().write(
                ["insert": "lanes", "documents": [["_id": .integer(id)]]], on: "shop")
            #expect(reply.failures.isEmpty)
        }
        let found = try await set.lane.open(["find": "lanes", "sort": ["_id": 1]], on: "shop")
        #expect(found.documents.map { $0["_id"]?.integer } == [1, 2, 3])
        try await set.stop()
    }
}
