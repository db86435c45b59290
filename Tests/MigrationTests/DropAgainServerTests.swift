import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// A migration that would clear the destination is begun once more, or late: what was confirmed to be cleared is not there
/// any more.
extension DropServerTests {
    private static let count = 300

    private func with(_ body: (Pair) async throws -> Void) async throws {
        try await Pair.withHolds { pair in
            try await SampleData(.small, count: Self.count).insert(
                into: Namespace("shop", "items"), through: [pair.source.lane])
            try await body(pair)
        }
    }

    private func found(_ pair: Pair) async throws -> FoundMigration? {
        try await FoundMigration.find(
            source: try ConnectionString(pair.source.uri),
            destination: try ConnectionString(pair.destination.uri),
            owner: Lease.Owner(host: "test", boot: "1", process: 1), isRunning: { _ in false })
    }

    private func expectAll(_ pair: Pair) async throws {
        let kept = try await pair.destination.lane.run(["count": "items"], on: "shop")
        #expect(kept["n"]?.integer == Self.count)
    }

    /// Another owner has migrated there meanwhile, and cut over.
    @Test func aDestinationThatHasBeenCutOverSinceIsNotCleared() async throws {
        try await with { pair in
            let clearing = ClearingConfirmation()
            #expect(try await pair.migrate().phase == .complete)
            let error = await #expect(throws: MigrationError.self) {
                try await pair.migrate { ($0.drop, $0.clearing) = (true, clearing) }
            }
            #expect(error?.code == .destinationHeld)
            #expect(error?.message.contains("which has cut over. Nothing was dropped") == true)
            try await expectAll(pair)
        }
    }

    /// It was seen, finished, when its clearing was confirmed.
    @Test func aFinishedMigrationIsClearedWhereThatWasConfirmed() async throws {
        try await with { pair in
            #expect(try await pair.migrate().phase == .complete)
            let found = try #require(try await found(pair))
            #expect(found.isPastPointOfNoReturn)
            let clearing = ClearingConfirmation(
                startedAt: found.startedAt, isPastPointOfNoReturn: found.isPastPointOfNoReturn)
            try await pair.expectEqual(
                try await pair.migrate { ($0.drop, $0.clearing) = (true, clearing) })
        }
    }

    /// Nobody here has seen it begin: what it has done was not written down.
    @Test func whatTheSameConfirmationHasBegunGoesOn() async throws {
        try await with { pair in
            let clearing = ClearingConfirmation()
            let live = try LiveMigration(pair) { ($0.drop, $0.clearing) = (true, clearing) }
            try await live.reached(.inSync)
            await live.kill()
            let begun = try await found(pair)?.startedAt
            for _ in 1...2 {
                let report = try await pair.migrate { ($0.drop, $0.clearing) = (true, clearing) }
                #expect(report.phase == .complete)
                #expect(try await found(pair)?.startedAt == begun)
                try await expectAll(pair)
            }
        }
    }
}
