import BSON
import Migration
import Mongo
import Sandbox
import Synchronization
import Testing

@Suite struct MigrationServerTests {
    @Test func aStillClusterIsCopied() async throws {
        try await Pair.with { pair in
            let lane = pair.source.lane
            try await SampleData(.small, count: 2_000).insert(
                into: Namespace("shop", "items"), through: [lane])
            _ = try await lane.run(
                [
                    "createIndexes": "items",
                    "indexes": [["key": ["n": 1], "name": "n_1", "unique": false]],
                ], on: "shop")
            let report = try await pair.migrate()
            #expect(report.phase == .complete)
            #expect(report.verification.mismatches == [])
            #expect(report.verification.documents == 2_000)
            #expect(try await pair.differences() == [])
        }
    }

    @Test func theLogNamesWhatIsCopiedButForSmallCollections() async throws {
        try await Pair.with { pair in
            let lane = pair.source.lane
            try await SampleData(.small, count: 2_000).insert(
                into: Namespace("shop", "items"), through: [lane])
            _ = try await lane.run(["insert": "few", "documents": [["_id": 1]]], on: "shop")
            let log = Mutex<[String]>([])
            let engine = try pair.engine(listener: { entry in log.withLock { $0.append(entry.text) }
            })
            #expect(try await engine.run().phase == .complete)
            let copied = log.withLock { $0.filter { $0.hasPrefix("copied ") } }
            #expect(copied.count == 1)
            let words = copied.first ?? ""
            #expect(words.hasPrefix("copied shop.items: ") && words.hasSuffix("2,000 documents"))
        }
    }

    /// The moment between the last partition and the word that the collection is copied.
    @Test func f1AKillBehindTheLastPartitionOfACollectionLosesNothing() async throws {
        try await Pair.withHolds { pair in
            let hold = try await Hold(pair)
            try await SampleData(.small, count: 1_000).insert(
                into: Namespace("shop", "items"), through: [pair.source.lane])
            let first = try LiveMigration(pair)
            try await first.isTrue("all but what is held is copied") {
                first.engine.progress().collectionsCopied == 1
            }
            await first.kill()
            let forget: Document = [
                "update": "collections",
                "updates": [
                    [
                        "q": ["copied": ["$exists": true]], "u": ["$unset": ["copied": ""]],
                        "multi": true,
                    ]
                ],
            ]
            let lane = pair.destination.lane
            let done = try await lane.run(
                ["count": "partitions", "query": ["done": true]], on: "lagzero_internal")
            #expect(done["n"]?.integer ?? 0 > 1)
            // An early kill has left it like this.
            _ = try await lane.run(forget, on: "lagzero_internal")
            let second = try LiveMigration(pair, process: 2) { $0.resume = true }
            try await second.reached(.copying)
            let progress = second.engine.progress()
            #expect(progress.hasBegun && progress.areCountsKnown)
            // Nothing is to be copied twice, and nothing is counted twice; how large partitions are is estimated.
            #expect(progress.bytesTotal ?? 0 < progress.bytesCopied * 7 / 4)
            for phase in LiveMigration.phases { try await hold.release(phase) }
            try await pair.expectEqual(try await second.cutOver())
        }
    }

    /// As where a drop of it is rolled back in an election.
    @Test func aCollectionThatSeemsToBeGoneForAMomentIsCopied() async throws {
        try await Pair.with(source: { $0.parameters["enableTestCommands"] = "true" }) { pair in
            try await SampleData(.small, count: 1_000).insert(
                into: Namespace("shop", "items"), through: [pair.source.lane])
            let mismatch: Value = [
                "db": "shop", "collectionUUID": .uuid(BinaryUUID(high: 7, low: 7)),
                "expectedCollection": "items", "actualCollection": .null,
            ]
            let data: Value = [
                "failCommands": ["find"], "errorCode": 361, "errorExtraInfo": mismatch,
                "namespace": "shop.items",
            ]
            try await pair.source.members[0].setFailPoint(
                "failCommand", ["mode": ["times": 1], "data": data])
            let live = try LiveMigration(pair)
            try await pair.expectEqual(try await live.cutOver())
        }
    }

    @Test func aWrittenClusterIsKeptInStep() async throws {
        try await Pair.with { pair in
            let names = [Namespace("shop", "items"), Namespace("shop", "orders")]
            for name in names {
                try await SampleData(.small, count: 20_000).insert(
                    into: name, through: [pair.source.lane])
            }
            // A machine that runs other tests, too, must be able to follow.
            var options = WorkloadOptions(names, writesPerSecond: isSoak ? 1_000 : 300)
            options.definitionsPerSecond = isSoak ? 3 : 1
            try await pair.source.createUser(
                Credentials(username: "app", password: "app"),
                roles: ["readWriteAnyDatabase", "dbAdminAnyDatabase"])
            let workload = Workload(
                on: try pair.source.cluster(as: Credentials(username: "app", password: "app")),
                options)
            let report = try await pair.migrate()
            let counts = await workload.stop()
            trace("\(counts) \(report)")
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }
}
