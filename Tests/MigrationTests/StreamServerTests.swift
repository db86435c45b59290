import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// What the source's change stream does to a migration that is in sync.
@Suite struct StreamServerTests {
    private func withLive(_ body: (Pair, LiveMigration) async throws -> Void) async throws {
        try await Pair.withHolds { pair in
            try await pair.source.lane.perform(
                ["insert": "items", "documents": [["_id": 0]]], on: "shop")
            let live = try LiveMigration(pair)
            try await live.reached(.inSync)
            try await body(pair, live)
            await live.kill()
        }
    }

    private func fail(_ code: Int, _ mode: Value, _ pair: Pair) async throws {
        let data: Value = [
            "failCommands": ["getMore"], "errorCode": .integer(code),
            "namespace": "admin.$cmd.aggregate",
        ]
        try await pair.source.members[0].setFailPoint(
            "failCommand", ["mode": mode, "data": data])
    }

    private func insert(_ id: Int, _ pair: Pair) async throws {
        try await pair.source.lane.perform(
            ["insert": "items", "documents": [["_id": .integer(id)]]], on: "shop")
    }

    private func isApplied(_ id: Int, _ pair: Pair) async throws -> Bool {
        try await !pair.destination.lane.open(
            ["find": "items", "filter": ["_id": .integer(id)]], on: "shop"
        ).isEmpty
    }

    /// CappedPositionLost, ChangeStreamFatalError: they say nothing about what the oplog holds.
    @Test(arguments: [136, 280])
    func aStreamThatBreaksIsOpenedAgain(code: Int) async throws {
        try await withLive { pair, live in
            try await fail(code, ["times": 1], pair)
            try await insert(1, pair)
            try await live.isTrue("it is applied") { try await isApplied(1, pair) }
        }
    }

    @Test func aStreamThatCannotBeOpenedEndsTheMigration() async throws {
        try await withLive { pair, live in
            try await fail(280, "alwaysOn", pair)
            await #expect { try await live.isTrue("it has ended") { false } } throws: {
                guard let error = $0 as? MigrationError else { return false }
                return error.code == .historyLost && error.message.contains("--drop")
                    && !error.message.contains("oplog")
            }
            #expect(live.phase == .failed)
        }
    }
}
