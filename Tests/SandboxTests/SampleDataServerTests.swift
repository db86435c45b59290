import BSON
import Mongo
import Sandbox
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SampleDataServerTests {
    @Test(arguments: [false, true])
    func allDocumentsArriveThroughSeveralLanes(isStandalone: Bool) async throws {
        var options = ReplicaSetOptions()
        options.isStandalone = isStandalone
        let set = try await ReplicaSet.start(options)
        let namespace = Namespace("test", "sample")
        let data = SampleData(.medium, count: 20_000)
        let cluster = try set.cluster()
        let told = Mutex(0)
        try await data.insert(into: namespace, through: [cluster.lane(), cluster.lane()]) { count in
            told.withLock { $0 += count }
        }
        #expect(told.withLock { $0 } == 20_000)
        let count = try await set.lane.run(["count": "sample"], on: "test")
        #expect(count["n"]?.integer == 20_000)
        let found = try await set.lane.open(
            ["find": "sample", "filter": ["_id": data.id(at: 12_345)]], on: "test")
        #expect(found.documents.first { _ in true } == data.document(at: 12_345))
        try await set.stop()
    }
}
