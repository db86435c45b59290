import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// What the servers before 6.0 do not tell of, and what this program does about it.
@Suite(.serialized) struct OlderSourcesServerTests {
    /// Their change streams leave out `system.js`.
    @Test(arguments: [MigrationOptions.Verify.full, .counts, .off])
    func c11StoredFunctionsAreKept(verify: MigrationOptions.Verify) async throws {
        try await Pair.with {
            $0.version = .v4_4_2
        } _: { pair in
            let shop = Statements(pair.source.lane, "shop")
            func function(_ name: String, _ text: String) -> Document {
                ["_id": .string(name), "value": .javascript(text)]
            }
            try await shop.insert("items", .numbered(100))
            try await shop.insert(
                "system.js",
                [
                    function("kept", "x => x"), function("changed", "x => 1"),
                    function("gone", "x => 2"),
                ])
            let report = try await pair.migrating {
                $0.verify = verify
                $0.quietPeriod = 1
            } _: { migration in
                try await migration.reached(.inSync)
                try await migration.isTrue("it is ready") { migration.engine.progress().isReady }
                try await shop.insert("system.js", [function("new", "x => 3")])
                try await shop.delete("system.js", ["_id": "gone"])
                try await shop.update("system.js", ["_id": "changed"], ["$set": ["value": 4]])
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
            #expect(try await shop.on(pair.destination.lane).count("system.js") == 3)
        }
    }

    /// They leave out the buckets of time series, too: the next look at the catalogs sees it, at the latest that of the
    /// cutover.
    @Test func c5ATimeSeriesCollectionThatAppearsIsNotTakenForMigrated() async throws {
        try await Pair.with {
            $0.version = .v5_0_4
        } _: { pair in
            let shop = Statements(pair.source.lane, "shop")
            try await shop.insert("items", .numbered(100))
            let report = try await pair.migrating {
                $0.quietPeriod = 1
            } _: { migration in
                try await migration.reached(.inSync)
                try await shop.create("series", ["timeseries": ["timeField": "t"]])
                try await migration.isTrue("it is ready") { migration.engine.progress().isReady }
                await migration.engine.requestCutover()
                try await migration.isTrue("the cutover is refused") {
                    let progress = migration.engine.progress()
                    return progress.phase != .finalizing
                        && progress.message.contains(
                            "shop.series: MongoDB tells of changes in time series")
                }
                try await pair.source.lane.perform(["drop": "series"], on: "shop")
                if migration.phase == .paused { await migration.engine.resume() }
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    /// Between the last comparison of the catalogs and the opening of the destination they tell of writes alone.
    @Test func whatChangesUntoldDuringTheCutoverRefusesIt() async throws {
        try await Trial.with(
            source: { $0.version = .v4_4_2 }, documents: 100, writesPerSecond: 0,
            definitionsPerSecond: 0
        ) { trial in
            let shop = Statements(trial.pair.source.lane, "shop")
            try await shop.insert("system.js", [["_id": "f", "value": .javascript("x => 1")]])
            try trial.start(options: { $0.quietPeriod = 1 })
            try await trial.advance(to: .inSync)
            let changes: [(name: String, change: () async throws -> Void)] = [
                ("shop.new", { try await shop.create("new") }),
                (
                    "shop.items",
                    {
                        try await shop.run([
                            "createIndexes": "items",
                            "indexes": [["key": ["late": 1], "name": "late"]],
                        ])
                    }
                ),
                (
                    "shop.system.js",
                    { try await shop.update("system.js", ["_id": "f"], ["$set": ["value": 2]]) }
                ),
            ]
            for (name, change) in changes {
                try await trial.setFailPoint(from: .finalizing)
                try await trial.reach(.finalizing)
                try await eventually("the catalogs are compared, the indexes not prepared") {
                    trial.isWaiting(for: ["preparing unique indexes"])
                }
                try await change()
                try await trial.setFailPoint(from: nil)
                try await eventually("the cutover is refused: \(trial.engine?.progress() as Any)") {
                    trial.phase == .inSync
                        && trial.engine?.progress().message.contains("(\(name))") == true
                }
            }
            try await trial.expectCompletion()
        }
    }

    /// Nothing blocks their writes, so nothing waits for transactions that the user may not see.
    @Test func aCutoverThatCannotSeeTransactionsIsRefused() async throws {
        try await Pair.with {
            $0.version = .v4_4_2
        } _: { pair in
            try await Statements(pair.source.lane, "shop").insert("items", .numbered(100))
            let blind = Credentials(username: "blind", password: "blind")
            try await pair.source.createUser(blind, roles: ["readAnyDatabase", "backup"])
            let engine = MigrationEngine(
                source: try ConnectionString(pair.source.uri(as: blind)),
                destination: try ConnectionString(pair.destination.uri),
                options: {
                    var options = MigrationOptions()
                    options.lagHold = 1
                    options.quietPeriod = 1
                    return options
                }(), owner: Lease.Owner(host: "test", boot: "1", process: 1))
            let task = Task { try await engine.run() }
            try await eventually("it is ready") { engine.progress().isReady }
            await engine.requestCutover()
            try await eventually("the cutover is refused") {
                engine.progress().phase == .inSync && engine.progress().message.contains("inprog")
            }
            // Granted, it goes on.
            _ = try await pair.source.lane.run([
                "grantRolesToUser": "blind", "roles": ["clusterMonitor"],
            ])
            try await eventually("it is complete") {
                if engine.progress().phase == .inSync { await engine.requestCutover() }
                return engine.progress().phase == .complete
            }
            try await pair.expectEqual(try await task.value)
        }
    }
}
