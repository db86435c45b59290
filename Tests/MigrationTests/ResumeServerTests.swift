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
}
