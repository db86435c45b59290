import BSON
import Migration
import Mongo
import Sandbox
import Testing

extension IndexesServerTests {
    @Test func x9IndexesChangeWhileMigrating() async throws {
        try await withTestCommands { pair in
            let shop = Statements(pair.source.lane, "shop")
            for name in ["a", "b"] {
                try await shop.insert(name, .numbered(2_000))
                try await shop.index(
                    name, [Self.on("n"), Self.on("x"), Self.on("y"), Self.on("z")])
            }
            // The destination's index builds hang until they are let go.
            let hang = "hangAfterStartingIndexBuild"
            try await setFailPoint(hang, "alwaysOn", on: pair.destination)
            let report = try await pair.migrating { migration in
                try await migration.reached(.indexing)
                try await eventually("builds hang") { try await isBuilding(pair.destination) }
                try await change("a", shop)
                try await setFailPoint(hang, "off", on: pair.destination)
                try await migration.reached(.inSync)
                try await change("b", shop)
                try await shop.insert("a", .numbered(10, from: 5_000))
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    /// A build that is asked for again, as after a restart of the destination, makes what the source has dropped
    /// meanwhile.
    @Test func x9AnIndexThatIsDroppedWhileItIsBuiltIsNoDifference() async throws {
        try await withTestCommands { pair in
            let shop = Statements(pair.source.lane, "shop")
            let there = pair.destination.lane
            try await shop.insert("a", .numbered(200))
            try await shop.index("a", [Self.on("n")])
            // HostUnreachable
            let unreachable: Value = [
                "failCommands": ["createIndexes"], "errorCode": 6, "namespace": "shop.a",
            ]
            try await setFailPoint("failCommand", "alwaysOn", unreachable, on: pair.destination)
            let report = try await pair.migrating { migration in
                try await migration.isTrue("the build is asked for again") {
                    migration.engine.progress().message.contains("building indexes")
                }
                try await shop.dropIndex("a", "n")
                // The catalogs are compared after that.
                for name in ["later", "latest"] {
                    try await shop.insert(name, .numbered(1))
                    try await migration.isTrue("\(name) is on the destination") {
                        try await there.run(["count": .string(name)], on: "shop")["n"] == 1
                    }
                }
                try await setFailPoint("failCommand", "off", on: pair.destination)
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    /// An ascending index with the name of its field.
    static func on(_ field: String) -> Document {
        let key = Document([(field, Value.integer(1))])
        return ["key": .document(key), "name": .string(field)]
    }

    /// Builds, drops, replaces, hides and converts indexes.
    private func change(_ name: String, _ shop: Statements) async throws {
        try await shop.index(
            name, [Self.on("late"), ["key": ["n": -1], "name": "down", "unique": true]])
        try await shop.dropIndex(name, "x")
        try await shop.dropIndex(name, "y")
        try await shop.index(name, [["key": ["other": 1], "name": "y", "sparse": true]])
        try await shop.modify(name, ["index": ["name": "z", "hidden": true]])
        try await shop.modify(name, ["index": ["name": "n", "prepareUnique": true]])
        try await shop.modify(name, ["index": ["name": "n", "unique": true]])
        try await shop.index(name, [["key": ["t": 1], "name": "t", "expireAfterSeconds": 100]])
        try await shop.modify(name, ["index": ["name": "t", "expireAfterSeconds": 200]])
        try await shop.index(name, [["key": ["u": 1], "name": "prepared"]])
        try await shop.modify(name, ["index": ["name": "prepared", "hidden": true]])
    }

    /// Both come at once, and the document may be written before the index is dropped on the destination.
    @Test func x9ADocumentThatADroppedIndexRefusesDoesNotPause() async throws {
        try await withTestCommands { pair in
            let shop = Statements(pair.source.lane, "shop")
            try await shop.insert("a", .numbered(100))
            try await shop.index("a", [["key": ["place": "2dsphere"], "name": "place"]])
            let live = try LiveMigration(pair) { $0.quietPeriod = 1 }
            try await live.reached(.inSync)
            // WriteConflict, which is waited for
            let late: Value = [
                "failCommands": ["dropIndexes"], "errorCode": 112, "namespace": "shop.a",
            ]
            try await setFailPoint("failCommand", ["times": 4], late, on: pair.destination)
            try await shop.dropIndex("a", "place")
            try await shop.insert("a", [["_id": "nowhere", "place": "nowhere"]])
            let there = shop.on(pair.destination.lane)
            try await live.isTrue("the document is there, and nothing pauses") {
                try #require(live.phase != .paused)
                return try await !there.find("a", ["filter": ["_id": "nowhere"]]).isEmpty
            }
            try await pair.expectEqual(try await live.cutOver())
        }
    }

    /// One resume is enough: what was refused is not built again.
    @Test func x9ARefusedIndexThatTheSourceDropsIsNoDifference() async throws {
        try await withTestCommands { pair in
            let shop = Statements(pair.source.lane, "shop")
            try await shop.insert("a", .numbered(100))
            try await shop.index("a", [Self.on("n")])
            // CannotCreateIndex
            let refusal: Value = [
                "failCommands": ["createIndexes"], "errorCode": 67, "namespace": "shop.a",
            ]
            try await setFailPoint("failCommand", "alwaysOn", refusal, on: pair.destination)
            let live = try LiveMigration(pair) { $0.quietPeriod = 1 }
            try await live.isTrue("it pauses") { live.phase == .paused }
            #expect(live.engine.progress().message.contains("index n of shop.a"))
            try await shop.dropIndex("a", "n")
            await live.engine.resume()
            try await live.isTrue("it is in sync") {
                try #require(live.phase != .paused)
                return live.phase == .inSync
            }
            let report = try await live.cutOver()
            try await setFailPoint("failCommand", "off", on: pair.destination)
            try await pair.expectEqual(report)
        }
    }

    @Test func x10UnfinishedBuildsOnTheSource() async throws {
        try await withTestCommands { pair in
            let shop = Statements(pair.source.lane, "shop")
            for name in ["finished", "dropped"] { try await shop.insert(name, .numbered(500)) }
            try await shop.index("finished", [Self.on("x")])
            let hang = "hangAfterStartingIndexBuild"
            try await setFailPoint(hang, "alwaysOn", on: pair.source)
            let others = try (0..<2).map { _ in Statements(try pair.source.cluster().lane(), "shop")
            }
            let builds = [
                Task { try await others[0].index("finished", [Self.on("n"), Self.unique("m")]) },
                Task { try await others[1].index("dropped", [Self.on("n")]) },
            ]
            let report = try await pair.migrating { migration in
                try await eventually("builds hang") { try await isBuilding(pair.source, 2) }
                try await migration.reached(.inSync)
                try await shop.insert("finished", [["_id": 9_000, "n": 9_000, "m": 9_000]])
                // The drop ends that build.
                let drop = Task {
                    try await Statements(try pair.source.cluster().lane(), "shop").drop("dropped")
                }
                try await setFailPoint(hang, "off", on: pair.source)
                try await drop.value
                try await builds[0].value
                _ = await builds[1].result
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    private static func unique(_ field: String) -> Document {
        on(field).setting("unique", to: true).setting("sparse", to: true)
    }

    @Test func x12ViolationsRefuseTheCutoverAndAreNamed() async throws {
        try await withTestCommands { pair in
            let shop = Statements(pair.source.lane, "shop")
            let clustered: Value = ["key": ["_id": 1], "unique": true]
            try await shop.create("items", ["clusteredIndex": clustered])
            try await shop.insert("items", .numbered(300))
            try await shop.index("items", [["key": ["n": 1], "name": "unique n", "unique": true]])
            // A source whose index is damaged: a document that it does not hold. Clustered, so that it is found by its id.
            try await setFailPoint(
                "skipIndexNewRecords", "alwaysOn", ["skipIdIndex": false], on: pair.source)
            try await shop.insert("items", [["_id": 1_000, "n": 7]])
            try await setFailPoint("skipIndexNewRecords", "off", on: pair.source)
            #expect(
                try await shop.find("items", ["filter": ["n": 7], "hint": ["$natural": 1]]).count
                    == 2)
            let report = try await pair.migrating { migration in
                try await migration.reached(.inSync)
                let reason = try await migration.refusal()
                for part in ["shop.items", "unique n", "7", "1000"] {
                    #expect(reason.contains(part))
                }
                // The source takes writes as before, and the destination is as it was.
                try await shop.delete("items", ["_id": 1_000])
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    // MARK: Fail points

    private func withTestCommands(_ body: (Pair) async throws -> Void) async throws {
        try await Pair.with {
            $0.parameters["enableTestCommands"] = "true"
        } destination: {
            $0.parameters["enableTestCommands"] = "true"
        } _: {
            try await body($0)
        }
    }

    private func setFailPoint(
        _ name: String, _ mode: Value, _ data: Value = [:], on set: ReplicaSet
    ) async throws {
        _ = try await set.lane.run([
            "configureFailPoint": .string(name), "mode": mode, "data": data,
        ])
    }

    /// Whether at least so many index builds are under way.
    private func isBuilding(_ set: ReplicaSet, _ count: Int = 1) async throws -> Bool {
        let batch = try await set.lane.open(
            [
                "aggregate": 1,
                "pipeline": [
                    ["$currentOp": ["allUsers": true]],
                    ["$match": ["command.createIndexes": ["$exists": true], "op": "command"]],
                ],
                "cursor": [:],
            ], on: "admin")
        return batch.count >= count
    }
}
