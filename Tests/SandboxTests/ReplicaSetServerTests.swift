import BSON
import Mongo
import Sandbox
import Testing

@Suite(.serialized)
struct ReplicaSetServerTests {
    @Test(arguments: MongodBinary.Version.allCases)
    func everyVersionStartsAsAReplicaSetAndTakesWrites(version: MongodBinary.Version) async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions(version: version))
        let reply = try await set.lane.write(
            ["insert": "c", "documents": [["_id": 1]]], on: "test")
        #expect(reply.count == 1)
        let info = try await set.lane.run(["buildInfo": 1])
        #expect(info["version"]?.string == version.rawValue)
        try await set.stop()
        #expect(!set.members[0].process.isRunning)
    }

    @Test func aStandaloneServerIsNoReplicaSet() async throws {
        var options = ReplicaSetOptions()
        options.isStandalone = true
        let set = try await ReplicaSet.start(options)
        let hello = try await set.lane.run(["hello": 1])
        #expect(hello["isWritablePrimary"]?.bool == true)
        #expect(hello["setName"] == nil)
        try await set.stop()
    }
}
