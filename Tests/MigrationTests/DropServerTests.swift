import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// A migration that begins by clearing the destination.
@Suite struct DropServerTests {
    private static let items = Namespace("shop", "items")

    /// A pair whose migration is complete: the source refuses writes.
    private func withFinished(_ body: (Pair) async throws -> Void) async throws {
        try await Pair.withHolds { pair in
            try await SampleData(.small, count: 500).insert(
                into: DropServerTests.items, through: [pair.source.lane])
            #expect(try await pair.migrate().phase == .complete)
            #expect(try await pair.source.isBlocked())
            try await body(pair)
        }
    }

    /// Makes these commands wait, as if for a moment.
    private func hold(_ commands: [Value], _ set: ReplicaSet) async throws {
        let mode: Value = commands.isEmpty ? "off" : "alwaysOn"
        let names = Value.array(Document(array: commands.isEmpty ? ["drop"] : commands))
        // WriteConflict
        try await set.members[0].setFailPoint(
            "failCommand", ["mode": mode, "data": ["failCommands": names, "errorCode": 112]])
    }

    private func isCleared(_ pair: Pair) async throws -> Bool {
        try await pair.destination.lane.run(["count": "items"], on: "shop")["n"]?.integer == 0
    }

    /// Begins anew, and stops when the destination holds no data any more and the given commands are waited for.
    private func interruptDrop(
        _ pair: Pair, _ commands: [Value], of set: ReplicaSet, saying activity: String
    ) async throws {
        try await hold(commands, set)
        let live = try LiveMigration(pair) { $0.drop = true }
        try await live.isTrue("it waits") {
            await live.engine.details().waitingFor.contains { $0.contains(activity) }
        }
        #expect(try await isCleared(pair))
        await live.kill()
        try await hold([], set)
    }

    @Test func aDropThatWasInterruptedGoesOn() async throws {
        try await withFinished { pair in
            try await interruptDrop(
                pair, ["drop"], of: pair.destination, saying: "clearing what an earlier run left")
            await #expect(throws: MigrationError.self) { try await pair.migrate() }
            try await pair.expectEqual(try await pair.migrate { $0.resume = true })
        }
    }

    /// That may take long, and others must see all the while that somebody is at it.
    @Test func f3NobodyTakesOverWhileTheDestinationIsCleared() async throws {
        try await withFinished { pair in
            try await hold(["dropDatabase"], pair.destination)
            let live = try LiveMigration(pair) { options in
                options.drop = true
                FaultServerTests.hasty(&options)
            }
            try await live.isTrue("it waits") {
                await live.engine.details().waitingFor.contains { $0.contains("dropping shop") }
            }
            let other = try LiveMigration(pair, host: "elsewhere") { options in
                options.resume = true
                FaultServerTests.hasty(&options)
            }
            let error = await #expect(throws: MigrationError.self) {
                try await other.reached(.copying)
            }
            #expect(error?.code == .destinationHeld)
            try await hold([], pair.destination)
            try await pair.expectEqual(try await live.cutOver())
        }
    }

    /// The destination is blocked by the migration that is dropped, and the next one finds that out.
    @Test func theBlockOfADroppedMigrationIsLifted() async throws {
        try await Pair.withHolds { pair in
            try await SampleData(.small, count: 500).insert(
                into: DropServerTests.items, through: [pair.source.lane])
            let live = try LiveMigration(pair)
            try await live.reached(.inSync)
            await live.kill()
            #expect(try await pair.destination.isBlocked())
            try await interruptDrop(
                pair, ["aggregate"], of: pair.source, saying: "opening the change stream")
            try await pair.expectEqual(try await pair.migrate { $0.resume = true })
            #expect(try await !pair.destination.isBlocked())
        }
    }

    /// It was set on another source: what blocks this one is not ours.
    @Test func aBlockOfAnotherSourceStays() async throws {
        try await withFinished { pair in
            var options = ReplicaSetOptions()
            options.name = "other"
            options.root = Pair.root
            let other = try await ReplicaSet.start(options)
            try await other.lane.perform(
                ["insert": "things", "documents": [["_id": 1]]], on: "shop")
            try await other.lane.perform(
                ["setUserWriteBlockMode": 1, "global": true], on: "admin")
            let engine = try pair.engine(source: other) {
                $0.drop = true
                $0.cutover = .manual
            }
            let running = Task { try await engine.run() }
            try await eventually("it is in sync", within: .seconds(240)) {
                engine.progress().phase == .inSync
            }
            #expect(try await other.isBlocked())
            running.cancel()
            _ = await running.result
            #expect(try await pair.source.isBlocked())
            try await other.stop()
        }
    }

    /// The trial of a check for unique indexes holds documents of users.
    @Test func aTrialThatWasLeftBehindIsDropped() async throws {
        try await Pair.with { pair in
            try await pair.source.lane.perform(
                ["insert": "items", "documents": [["_id": 1]]], on: "shop")
            for _ in 1...2 {
                try await pair.destination.lane.perform(
                    ["insert": "unique.3", "documents": [["_id": 1]]], on: "lagzero_internal")
                let live = try LiveMigration(pair) { $0.resume = true }
                try await live.reached(.inSync)
                await live.kill()
                let left = try await pair.destination.lane.open(
                    ["listCollections": 1], on: "lagzero_internal"
                ).documents.compactMap { $0["name"]?.string }
                #expect(!left.contains("unique.3"))
                #expect(left.contains("state"))
            }
        }
    }

    /// Minutes may pass between the validation and the start.
    @Test(arguments: [false, true]) func whatBlocksIsLookedForAgainBeforeAnythingIsTouched(
        drop: Bool
    ) async throws {
        try await Pair.with { pair in
            for set in [pair.source, pair.destination] {
                try await SampleData(.small, count: 10).insert(
                    into: DropServerTests.items, through: [set.lane])
            }
            await #expect {
                _ = try await pair.migrate {
                    $0.validatesAgain = true
                    $0.drop = drop
                    // The set that has the name of the destination now is another one.
                    $0.dropConfirmation = "another"
                }
            } throws: {
                guard let error = $0 as? MigrationError else { return false }
                return error.code == .validationFailed
                    && error.message.contains(drop ? "\"another\" was typed" : "shop.items")
            }
            #expect(try await pair.destination.migrationState() == nil)
            let kept = try await pair.destination.lane.run(["count": "items"], on: "shop")
            #expect(kept["n"]?.integer == 10)
            let report = try await pair.migrate {
                $0.validatesAgain = true
                $0.drop = true
                $0.dropConfirmation = "dst"
            }
            try await pair.expectEqual(report)
        }
    }
}
