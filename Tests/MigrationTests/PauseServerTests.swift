import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// A pause stops copy and apply, never the tail.
@Suite(.serialized) struct PauseServerTests {
    @Test func whilePausedEventsAreReadAndNothingIsWritten() async throws {
        try await Pair.withHolds { pair in
            let shop = Statements(pair.source.lane, "shop")
            try await shop.insert("items", .numbered(100))
            for number in 0..<100 { try await shop.insert("part\(number)", .numbered(1)) }
            try await slow(pair, "alwaysOn")
            let report = try await pair.migrating { live in
                let application = Application { number in
                    try await shop.insert("items", .numbered(1, from: 1_000 + number))
                }
                try await live.isTrue("some of it is copied") {
                    live.phase == .copying && live.engine.progress().collectionsCopied > 3
                }
                try await pause(live, application, pair)
                #expect(live.engine.progress().collectionsCopied < 100)
                try await slow(pair, "off")
                await live.engine.resume()
                try await live.isTrue("it is in sync") { live.phase == .inSync }
                // The oplog is a few seconds old, so keys are soon set aside and the stored position moves: not here.
                try await refuseSpilling(pair, "alwaysOn")
                try await pause(live, application, pair)
                try await refuseSpilling(pair, "off")
                await live.engine.resume()
                #expect(live.phase == .inSync)
                try await application.stop()
                return try await live.cutOver()
            }
            #expect(report.phase == .complete)
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }

    /// Pauses it, and looks at what it does then while the application goes on.
    private func pause(
        _ live: LiveMigration, _ application: Application, _ pair: Pair
    ) async throws {
        let engine = live.engine
        await engine.pause()
        #expect(live.phase == .paused)
        // What was under way ends.
        try await live.isTrue("nothing is written any more") {
            let begin = try await time(pair)
            // Many times as long as an insertion.
            try await application.does(500)
            return try await writes(pair, after: begin) == 0
        }
        let begin = try await time(pair)
        let read = try #require(await engine.details().eventsRead)
        try await application.does(500)
        try await live.isTrue("what is written is read at once, and not applied") {
            let details = await engine.details()
            return details.eventsRead ?? 0 >= read + 500 && details.streamLagSeconds == 0
                && details.figures.lagSeconds ?? 0 > 3
        }
        #expect(try await writes(pair, after: begin) == 0)
        #expect(live.phase == .paused)
    }

    /// Each insertion into the destination takes a while.
    private func slow(_ pair: Pair, _ mode: Value) async throws {
        try await pair.destination.lane.perform(
            [
                "configureFailPoint": "failCommand", "mode": mode,
                "data": [
                    "failCommands": ["insert"], "blockConnection": true, "blockTimeMS": 100,
                ],
            ], on: "admin")
    }

    private func refuseSpilling(_ pair: Pair, _ mode: Value) async throws {
        try await pair.destination.lane.perform(
            [
                "configureFailPoint": "failCommand", "mode": mode,
                // HostUnreachable
                "data": [
                    "failCommands": ["update"], "namespace": "lagzero_internal.dirty",
                    "errorCode": 6,
                ],
            ], on: "admin")
    }

    private func time(_ pair: Pair) async throws -> Timestamp {
        let reply = try await pair.destination.lane.run(["ping": 1])
        return try #require(reply["operationTime"]?.timestamp)
    }

    /// How many writes of the migration the destination took after this time, its own state aside.
    private func writes(_ pair: Pair, after time: Timestamp) async throws -> Int {
        try await pair.destination.lane.open(
            [
                "find": "oplog.rs",
                "filter": [
                    "ts": ["$gt": .timestamp(time)], "op": ["$ne": "n"],
                    "ns": [
                        "$not": .regex(
                            pattern: "^(lagzero_internal|config|admin)\\.", options: "")
                    ],
                ],
            ], on: "local"
        ).documents.reduce(0) { count, _ in count + 1 }
    }
}
