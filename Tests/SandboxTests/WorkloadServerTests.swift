import BSON
import Mongo
import Sandbox
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct WorkloadServerTests {
    private let namespaces = [Namespace("shop", "orders"), Namespace("shop", "visits")]

    /// The number of documents in the workload's collections.
    private func documents(_ lane: Lane) async throws -> Int {
        var count = 0
        for namespace in namespaces {
            let command: Document = ["count": .string(namespace.collection)]
            count += try await lane.run(command, on: namespace.database)["n"]?.integer ?? 0
        }
        return count
    }

    @Test func itReachesItsRateWritesWhatItCountsAndStops() async throws {
        let set = try await ReplicaSet.start()
        let sample = SampleData(.small, count: 1000)
        try await sample.insert(into: namespaces[0], through: [set.lane])
        var options = WorkloadOptions(namespaces, writesPerSecond: 500)
        options.sample = sample
        let workload = Workload(on: try set.cluster(), options)
        try await eventually("it reaches its rate") {
            (450...550).contains(workload.writesPerSecond) && workload.counts.writes > 1000
        }
        workload.targetRate = 2000
        try await eventually("it follows a new rate") {
            (1800...2200).contains(workload.writesPerSecond)
        }
        let counts = await workload.stop()
        #expect(workload.lastError == nil)
        #expect(counts.refused == 0)
        #expect(try await documents(set.lane) == 1000 + counts.inserted - counts.deleted)
        let touched = try await set.lane.run(
            ["count": "orders", "query": ["touched": ["$gt": 0]]], on: "shop")
        #expect(try #require(touched["n"]?.integer) > 0)
        #expect(await workload.stop().writes == counts.writes)
        try await set.stop()
    }

    @Test func itGoesOnThroughElectionsAndCutsAndWritesEverythingOnce() async throws {
        var options = ReplicaSetOptions()
        options.isBehindProxy = true
        let set = try await ReplicaSet.start(options)
        let workload = Workload(
            on: try set.cluster(), WorkloadOptions(namespaces, writesPerSecond: 500))
        for fault in 0..<4 {
            let before = workload.counts.writes
            switch fault {
            case 0: try await set.stepDown()
            case 1: try await set.members[0].process.restart()
            default: set.members[0].proxy?.cut()
            }
            try await eventually("it goes on") { workload.counts.writes > before + 300 }
        }
        let counts = await workload.stop()
        #expect(counts.retries > 0)
        #expect(counts.refused == 0, "\(workload.lastError ?? "")")
        #expect(try await documents(set.lane) == counts.inserted - counts.deleted)
        try await set.stop()
    }

    @Test func itWaitsWhileWritesAreBlockedAndMovesToAnotherCluster() async throws {
        let old = try await ReplicaSet.start()
        let new = try await ReplicaSet.start()
        let workload = Workload(
            on: try old.cluster(), WorkloadOptions(namespaces, writesPerSecond: 300))
        try await eventually("it writes") { workload.counts.writes > 100 }
        _ = try await old.lane.run(["setUserWriteBlockMode": 1, "global": true])
        try await eventually("it is blocked") { workload.counts.blocked > 2 }
        let before = workload.counts.writes
        workload.move(to: try new.cluster())
        try await eventually("it writes again") { workload.counts.writes > before + 100 }
        await workload.stop()
        #expect(try await documents(new.lane) > 0)
        try await old.stop()
        try await new.stop()
    }

    @Test(arguments: [MongodBinary.Version.v6_0_27, .v4_4_2])
    func definitionsChangeAndStayInTheirDatabases(version: MongodBinary.Version) async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions(version: version))
        var options = WorkloadOptions(namespaces, writesPerSecond: 50)
        options.definitionsPerSecond = 50
        let workload = Workload(on: try set.cluster(), options)
        try await eventually("definitions change") { workload.counts.definitions > 40 }
        await workload.stop()
        let reply = try await set.lane.run(["listDatabases": 1, "nameOnly": true])
        let names = Set(
            (reply["databases"]?.elements ?? []).compactMap { $0.document?["name"]?.string })
        #expect(
            names.isSubset(of: ["admin", "config", "local", "shop", "workload_a", "workload_b"]))
        try await set.stop()
    }
}
