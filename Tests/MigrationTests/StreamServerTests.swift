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

    /// CappedPositionLost, ChangeStreamFatalError and what no rule knows: they say nothing about what the oplog holds.
    @Test(arguments: [136, 280, 10334])
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

    /// With a destination that stores no position a resume would read from ever further behind.
    @Test func f20TheHeadroomIsThatOfTheStoredPosition() async throws {
        try await withLive { pair, live in
            let data: Value = [
                "failCommands": ["update"], "errorCode": 112, "namespace": "lagzero_internal.state",
            ]
            let destination = pair.destination.members[0]
            try await destination.setFailPoint("failCommand", ["mode": "alwaysOn", "data": data])
            try await live.isTrue("the position cannot be stored") {
                await live.engine.details().waitingFor.contains { $0.contains("state") }
            }
            var figures = await live.engine.details().figures
            let stored = try #require(figures.storedThrough)
            let start = try await oplogStart(pair)
            var id = 1
            try await live.isTrue("what is applied is ahead of what is stored") {
                try await insert(id, pair)
                id += 1
                figures = await live.engine.details().figures
                return figures.appliedThrough.map { $0.seconds > stored.seconds + 5 } ?? false
            }
            #expect(figures.storedThrough == stored)
            #expect(figures.oplogHeadroomSeconds == Int(stored.seconds - start.seconds))
            // It has the first entry of its replica set still.
            #expect(figures.isOplogFull == false)
            try await destination.setFailPoint("failCommand", ["mode": "off"])
            try await live.isTrue("the position is stored again") {
                await live.engine.details().figures.storedThrough.map { $0 > stored } ?? false
            }
        }
    }

    private func oplogStart(_ pair: Pair) async throws -> Timestamp {
        let oldest = try await pair.source.lane.open(
            ["find": "oplog.rs", "sort": ["$natural": 1], "limit": 1], on: "local"
        ).documents.first { _ in true }?["ts"]?.timestamp
        return try #require(oldest)
    }
}
