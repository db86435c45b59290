import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Going on with a migration that another run has begun, or finished.
@Suite struct ResumeServerTests {
    static let items = Namespace("shop", "items")

    /// A migration with some data that was stopped in sync.
    private func withInterrupted(_ body: (Pair) async throws -> Void) async throws {
        try await Pair.with { pair in
            try await SampleData(.small, count: 500).insert(
                into: ResumeServerTests.items, through: [pair.source.lane])
            let live = try LiveMigration(pair)
            try await live.reached(.inSync)
            await live.kill()
            try await body(pair)
        }
    }

    private func count(_ pair: Pair) async throws -> Int? {
        try await pair.destination.lane.run(["count": "items"], on: "shop")["n"]?.integer
    }

    private func refusal(
        _ source: ReplicaSet, _ pair: Pair, _ change: (inout MigrationOptions) -> Void = { _ in }
    ) async throws -> String {
        var options = MigrationOptions()
        options.resume = true
        change(&options)
        let engine = MigrationEngine(
            source: try ConnectionString(source.uri),
            destination: try ConnectionString(pair.destination.uri), options: options,
            owner: Lease.Owner(host: "test", boot: "1", process: 9), isRunning: { _ in false },
            listener: { trace($0.text) })
        do {
            _ = try await engine.run()
        } catch let error as MigrationError where error.code == .destinationHeld {
            return error.message
        }
        throw SandboxError(.ended, "it was not refused")
    }

    @Test func anotherSourceOfTheSameNameIsRefused() async throws {
        try await withInterrupted { pair in
            var options = ReplicaSetOptions()
            options.name = "src"
            options.root = Pair.root
            let other = try await ReplicaSet.start(options)
            let reason = try await refusal(other, pair)
            #expect(reason.contains("another source"))
            try await other.stop()
            #expect(try await count(pair) == 500)
            try await pair.expectEqual(try await pair.migrate { $0.resume = true })
        }
    }

    @Test func otherFiltersAreRefused() async throws {
        try await withInterrupted { pair in
            let pattern = try #require(NamespaceFilter.Pattern("other.*"))
            let reason = try await refusal(pair.source, pair) { $0.filter.include = [pattern] }
            #expect(reason.contains("--include other.*"))
            #expect(try await count(pair) == 500)
            try await pair.expectEqual(try await pair.migrate { $0.resume = true })
        }
    }

    @Test func aCancelledMigrationIsNotResumedByADropEither() async throws {
        try await Pair.with { pair in
            try await SampleData(.small, count: 10).insert(
                into: ResumeServerTests.items, through: [pair.source.lane])
            let engine = try pair.engine { $0.cutover = .manual }
            let running = Task { try await engine.run() }
            try await eventually("it is in sync", within: .seconds(240)) {
                engine.progress().phase == .inSync
            }
            try await engine.cancel()
            #expect(try await running.value.phase == .cancelled)
            let reason = try await refusal(pair.source, pair) { $0.drop = true }
            #expect(reason.contains("was cancelled"))
        }
    }

    @Test func theFiguresGoOn() async throws {
        try await withInterrupted { pair in
            let report = try await pair.migrate { $0.resume = true }
            #expect(report.documentsCopied == 500)
            #expect(report.collectionsCopied == 1)
            #expect(report.bytesCopied > 500 * 100)
        }
    }

    // MARK: After the end

    /// Collections with an index that expires; those of `failing` cannot be finished.
    private func withFinished(
        failing: String? = nil, _ body: (Pair, MigrationReport) async throws -> Void
    ) async throws {
        try await Pair.withHolds { pair in
            for name in ["one", "two"] {
                try await pair.source.lane.perform(
                    ["insert": .string(name), "documents": [["_id": 1], ["_id": 2]]], on: "shop")
                try await pair.source.lane.perform(
                    [
                        "createIndexes": .string(name),
                        "indexes": [["key": ["at": 1], "name": "at", "expireAfterSeconds": 1_000]],
                    ], on: "shop")
            }
            if let failing { try await setFailing(failing, pair) }
            let report = try await pair.migrate()
            #expect(report.phase == .complete)
            #expect(report.problems.count == (failing == nil ? 0 : 1))
            try await setFailing(nil, pair)
            try await body(pair, report)
        }
    }

    private func setFailing(_ name: String?, _ pair: Pair) async throws {
        try await pair.destination.lane.perform(
            [
                "configureFailPoint": "failCommand", "mode": name == nil ? "off" : "alwaysOn",
                // BadValue
                "data": [
                    "failCommands": ["collMod"], "errorCode": 2,
                    "namespace": .string("shop.\(name ?? "")"),
                ],
            ], on: "admin")
    }

    private func expiry(_ name: String, _ pair: Pair) async throws -> Int? {
        try await pair.destination.lane.open(["listIndexes": .string(name)], on: "shop").documents
            .first { $0["name"]?.string == "at" }?["expireAfterSeconds"]?.integer
    }

    private func setExpiry(_ name: String, _ seconds: Int, _ pair: Pair) async throws {
        try await pair.destination.lane.perform(
            [
                "collMod": .string(name),
                "index": ["name": "at", "expireAfterSeconds": .integer(seconds)],
            ], on: "shop")
    }

    private func expectSame(_ report: MigrationReport, as first: MigrationReport) {
        #expect(report.phase == .complete)
        #expect(report.documentsCopied == first.documentsCopied)
        #expect(report.bytesCopied == first.bytesCopied)
        #expect(report.collectionsCopied == first.collectionsCopied)
        #expect(report.durationSeconds == first.durationSeconds)
        #expect(report.applicationDowntimeSeconds == first.applicationDowntimeSeconds)
        #expect(report.verification.mode == first.verification.mode)
        #expect(report.verification.documents == first.verification.documents)
        #expect(report.verification.collections == first.verification.collections)
    }

    /// The destination is in use: what its owner changed stays.
    @Test func aFinishedMigrationIsNotFinishedAgain() async throws {
        try await withFinished { pair, first in
            #expect(first.documentsCopied == 4)
            #expect(try await expiry("one", pair) == 1_000)
            try await setExpiry("one", 5, pair)
            let report = try await pair.migrate {
                $0.resume = true
                $0.verify = .off
            }
            #expect(try await expiry("one", pair) == 5)
            #expect(report.problems == [])
            expectSame(report, as: first)
        }
    }

    @Test func whatWasLeftUndoneIsTriedAgainAndNothingElse() async throws {
        try await withFinished(failing: "one") { pair, first in
            #expect(try await expiry("one", pair) == nil)
            try await setExpiry("two", 5, pair)
            try await setFailing("one", pair)
            let second = try await pair.migrate { $0.resume = true }
            #expect(second.problems == first.problems)
            try await setFailing(nil, pair)
            let third = try await pair.migrate { $0.resume = true }
            #expect(third.problems == [])
            #expect(try await expiry("one", pair) == 1_000)
            #expect(try await expiry("two", pair) == 5)
            expectSame(third, as: first)
            // It is done now.
            try await setExpiry("one", 7, pair)
            #expect(try await pair.migrate { $0.resume = true }.problems == [])
            #expect(try await expiry("one", pair) == 7)
        }
    }

    @Test func aFinishedMigrationReleasesTheSourceOnRequest() async throws {
        try await withFinished { pair, first in
            #expect(try await pair.source.isBlocked())
            let report = try await pair.migrate { $0.resume = true }
            #expect(try await pair.source.isBlocked())
            expectSame(report, as: first)
            _ = try await pair.migrate {
                $0.resume = true
                $0.keepSourceWritable = true
            }
            #expect(try await !pair.source.isBlocked())
        }
    }
}
