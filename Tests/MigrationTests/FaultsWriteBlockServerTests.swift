import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Write blocks: of this migration, of someone else, and what they wait for or do not hold.
extension FaultServerTests {
    /// May write while writes are blocked.
    static let stubborn = Credentials(username: "stubborn", password: "stubborn")

    @Test func f21AnOpenTransactionRefusesTheCutoverAndBlocksNobody() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let source = trial.pair.source
            // This user may not see transactions: only the block itself meets them.
            try await source.createRole(
                "mover",
                privileges: [
                    [
                        "resource": ["cluster": true],
                        "actions": ["setUserWriteBlockMode", "serverStatus", "listDatabases"],
                    ],
                    [
                        "resource": ["db": "", "collection": ""],
                        "actions": ["changeStream", "find", "collStats", "dbStats", "listIndexes"],
                    ],
                ], roles: ["readAnyDatabase"])
            let blind = Credentials(username: "mover", password: "mover")
            try await source.createUser(blind, roles: ["mover"])
            for user in [Pair.root, blind] {
                let isFirst = trial.engine == nil
                try trial.start(source: source.uri(as: user))
                // What is copied once is not held in the earlier phases again.
                if isFirst {
                    try await trial.advance(to: .inSync)
                } else {
                    try await trial.reach(.inSync)
                }
                let engine = try #require(trial.engine)
                let transaction = try await OpenTransaction(on: source.cluster())
                try await eventually("it is ready") { engine.progress().isReady }
                await engine.requestCutover()
                try await eventually("the cutover is refused") {
                    let progress = engine.progress()
                    return progress.phase == .inSync && progress.message.contains("transactions")
                }
                #expect(try await !source.isBlocked())
                let before = trial.workload.counts.writes
                try await eventually("the application writes") {
                    trial.workload.counts.writes > before
                }
                try await transaction.commit()
                if isFirst { await trial.interrupt() }
            }
            try await trial.expectCompletion()
        }
    }

    @Test func f22ABlockOfSomeoneElseIsNeverLifted() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let sets = [trial.pair.source, trial.pair.destination]
            _ = try await sets[1].lane.run(["setUserWriteBlockMode": 1, "global": true])
            try await trial.advance(to: .inSync)
            _ = try await sets[0].lane.run(["setUserWriteBlockMode": 1, "global": true])
            try await trial.reach(.finalizing)
            try await eventually("the block is seen") {
                await trial.engine?.details().isSourceBlockedByOthers == true
            }
            try await trial.engine?.backOut()
            for set in sets { #expect(try await set.isBlocked()) }
            #expect(await trial.engine?.details().isSourceBlocked == false)
            try await trial.reach(.finalizing)
            await trial.interrupt()
            for set in sets { #expect(try await set.isBlocked()) }
            try trial.start { $0.keepSourceWritable = true }
            let report = try await trial.finish()
            #expect(report.phase == .complete)
            for set in sets { #expect(try await set.isBlocked()) }
            #expect(report.problems.contains { $0.contains("blocks writes on the destination") })
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// Nobody could write in between who is not seen; but the block is what the cutover relies on, whosever it is.
    @Test(arguments: [true, false]) func f22ABlockThatSomeoneHasLiftedRefusesTheCutover(
        isOurs: Bool
    ) async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let source = trial.pair.source
            try await trial.advance(to: .inSync)
            await trial.workload.stop()
            if !isOurs {
                _ = try await source.lane.run(["setUserWriteBlockMode": 1, "global": true])
            }
            try await trial.reach(.finalizing)
            let words = isOurs ? "are blocked on the source" : "were blocked on the source already"
            try await eventually("the cutover has seen the block") {
                trial.log.contains { $0.contains(words) }
            }
            _ = try await source.lane.run(["setUserWriteBlockMode": 1, "global": false])
            try await trial.release(.finalizing)
            let engine = try #require(trial.engine)
            try await eventually("the cutover is refused") {
                let progress = engine.progress()
                return progress.phase == .inSync && progress.message.contains("has lifted")
            }
            #expect(await engine.details().isSourceBlockedByOthers == false)
            try await trial.expectCompletion()
        }
    }

    @Test func f23AUserThatBypassesTheBlockRefusesTheCutover() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let source = trial.pair.source
            try await source.createUser(FaultServerTests.stubborn, roles: ["root"])
            try await trial.advance(to: .inSync)
            let engine = try #require(trial.engine)
            let lane = try source.cluster(as: FaultServerTests.stubborn).lane()
            try await trial.reach(.finalizing)
            try await eventually("writes are blocked") { try await source.isBlocked() }
            _ = try await lane.run(
                ["insert": "orders", "documents": [["_id": "stray"]]], on: "shop")
            try await trial.release(.finalizing)
            try await eventually("the cutover is refused") {
                let progress = engine.progress()
                return progress.phase == .inSync && progress.message.contains("written to")
            }
            #expect(try await !source.isBlocked())
            try await trial.expectCompletion()
        }
    }

    @Test func othersCannotWriteToTheDestinationMeanwhile() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let destination = trial.pair.destination
            try await destination.createUser(
                Trial.application, roles: ["readWriteAnyDatabase"])
            try trial.start()
            try await trial.reach(.copying)
            let lane = try destination.cluster(as: Trial.application).lane()
            let insert: Document = ["insert": "strays", "documents": [["_id": 1]]]
            let reply = try? await lane.write(insert, on: "shop")
            #expect(reply?.count ?? 0 == 0)
            #expect(try await destination.isBlocked())
            try await trial.advance(to: .inSync)
            try await trial.expectCompletion()
            #expect(try await lane.write(insert, on: "shop").count == 1)
        }
    }
}

/// A transaction of one insert, open until it is committed.
final class OpenTransaction: Sendable {
    private let lane: Lane

    init(on cluster: Cluster) async throws {
        lane = cluster.lane()
        _ = try await lane.run(
            [
                "insert": "orders", "documents": [["by": "transaction"]], "txnNumber": .int64(1),
                "startTransaction": true, "autocommit": false,
            ], on: "shop")
    }

    func commit() async throws {
        _ = try await lane.run([
            "commitTransaction": 1, "txnNumber": .int64(1), "autocommit": false,
            "writeConcern": ["w": "majority"],
        ])
    }
}
