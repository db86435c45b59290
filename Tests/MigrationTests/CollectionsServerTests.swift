import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// The C lines of the checklist: whole migrations between real servers, with changes while they run.
@Suite(.serialized) struct CollectionsServerTests {}

extension CollectionsServerTests {
    @Test func c1c2PlainAndEmptyCollections() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            try await shop.insert("implicit", .numbered(500))
            try await shop.create("explicit")
            try await shop.insert("explicit", .numbered(500))
            try await shop.create("empty")
            try await shop.insert("emptied", .numbered(300))
            try await Statements(pair.source.lane, "alone").create("empty")
            let report = try await pair.migrate {
                try await shop.update(
                    "implicit", ["n": ["$lt": 100]], ["$inc": ["n": 1]], multi: true)
                try await shop.delete("explicit", ["n": ["$gte": 400]])
                try await shop.insert("explicit", .numbered(50, from: 450))
                try await shop.delete("emptied", [:])
                try await shop.insert("late", .numbered(200))
                try await shop.create("late.empty")
                try await shop.create("late.explicit")
                try await shop.insert("late.explicit", .numbered(200))
                try await shop.insert("empty", .numbered(1))
                try await shop.delete("empty", [:])
            }
            try await pair.expectEqual(report)
            #expect(try await shop.on(pair.destination.lane).count("late.explicit") == 200)
        }
    }

    @Test func c4ClusteredCollectionsAndTheirExpiry() async throws {
        try await Pair.with {
            $0.parameters["ttlMonitorEnabled"] = "false"
            $0.parameters["ttlMonitorSleepSecs"] = "1"
        } destination: {
            $0.parameters["ttlMonitorSleepSecs"] = "1"
        } _: { pair in
            let shop = Statements(pair.source.lane, "shop")
            let clustered: Value = ["key": ["_id": 1], "unique": true, "name": "by id"]
            try await shop.create("clustered", ["clusteredIndex": clustered])
            try await shop.insert("clustered", .numbered(1_000))
            try await shop.create(
                "expiring", ["clusteredIndex": clustered, "expireAfterSeconds": 3_600])
            let dates = (0..<500).map { number -> Document in
                // Half of them expired long ago.
                let year = number < 250 ? 0 : 4_000_000_000_000
                return ["_id": .date(Int64(year + number)), "n": .integer(number)]
            }
            try await shop.insert("expiring", dates)
            let there = shop.on(pair.destination.lane)
            let report = try await pair.migrate {
                $0.keepSourceWritable = true
            } whileInSync: {
                try await shop.update("clustered", [:], ["$set": ["seen": true]], multi: true)
                try await shop.delete("clustered", ["_id": ["$lt": 100]])
                try await shop.insert("clustered", .numbered(100, from: 2_000))
                try await shop.update("expiring", ["n": 3], ["$set": ["late": true]])
                try await shop.create(
                    "late", ["clusteredIndex": clustered, "expireAfterSeconds": 60])
                try await shop.insert("late", dates)
                try await waitForExpiry(on: pair.destination)
                #expect(try await there.count("expiring") == 500)
            }
            #expect(report.verification.mismatches == [])
            #expect(report.problems == [])
            // From now on the destination deletes what has expired; so does the source.
            try await enableExpiry(on: pair.source)
            try await eventually("expired documents are gone on both sides") {
                let counts = [
                    try await shop.count("expiring"), try await there.count("expiring"),
                    try await shop.count("late"), try await there.count("late"),
                ]
                return counts == [250, 250, 250, 250]
            }
            try await pair.expectEqual()
        }
    }

    @Test func c8c9c10c11OptionsOfCollections() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            let schema: Value = [
                "$jsonSchema": ["required": ["name"], "properties": ["n": ["minimum": 0.0]]]
            ]
            try await shop.create("strict", ["validator": schema])
            try await shop.create(
                "moderate", ["validator": schema, "validationLevel": "moderate"])
            try await shop.create("warned", ["validator": schema, "validationAction": "warn"])
            try await shop.create(
                "unchecked",
                ["validator": ["$expr": ["$gt": ["$n", .int64(5)]]], "validationLevel": "off"])
            let checked = ["strict", "moderate", "warned", "unchecked"]
            for name in checked { try await shop.insert(name, .numbered(200), unchecked: true) }
            try await shop.create("images", ["changeStreamPreAndPostImages": ["enabled": true]])
            try await shop.insert("images", .numbered(200))
            let engine: Value = ["wiredTiger": ["configString": "block_compressor=zlib"]]
            try await shop.create(
                "engine",
                [
                    "storageEngine": engine,
                    "indexOptionDefaults": [
                        "storageEngine": [
                            "wiredTiger": ["configString": "prefix_compression=false"]
                        ]
                    ],
                ])
            try await shop.insert("engine", .numbered(200))
            try await shop.insert(
                "system.js",
                [["_id": "twice", "value": .javascript("function(x) { return 2 * x; }")]])
            let report = try await pair.migrate {
                for name in checked {
                    try await shop.update(
                        name, ["n": ["$lt": 50]], ["$set": ["n": -1]], multi: true, unchecked: true)
                    try await shop.insert(name, .numbered(50, from: 500), unchecked: true)
                }
                try await shop.update("images", [:], ["$inc": ["n": 1]], multi: true)
                try await shop.create(
                    "late",
                    ["changeStreamPreAndPostImages": ["enabled": true], "storageEngine": engine])
                try await shop.create(
                    "late.strict", ["validator": schema, "validationAction": "error"])
                try await shop.insert("late.strict", .numbered(50), unchecked: true)
                try await shop.insert(
                    "system.js", [["_id": "thrice", "value": .javascript("x => 3 * x")]])
                try await shop.delete("system.js", ["_id": "twice"])
            }
            try await pair.expectEqual(report)
            let there = shop.on(pair.destination.lane)
            #expect(try await there.count("system.js") == 1)
            await #expect(throws: (any Error).self) {
                try await there.insert("strict", .numbered(1, from: 900))
            }
        }
    }

    @Test func c6c7ViewsAndCollations() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            let words = ["a", "B", "c", "D", "é", "e"].enumerated().map {
                number, word -> Document in
                ["_id": .string(word), "n": .integer(number), "word": .string(word)]
            }
            let insensitive: Value = ["locale": "en", "strength": 2]
            try await shop.create("collated", ["collation": insensitive])
            try await shop.create("simple", ["collation": ["locale": "simple"]])
            try await shop.create(
                "german",
                [
                    "collation": [
                        "locale": "de@collation=phonebook", "caseFirst": "upper",
                        "numericOrdering": true,
                    ]
                ])
            for name in ["collated", "simple", "german", "zoo"] {
                try await shop.insert(name, words)
            }
            try await shop.index("collated", [["key": ["word": 1], "name": "word_1"]])
            let few: Value = [["$match": ["n": ["$lt": .int64(4)]]]]
            try await shop.create("animals", ["viewOn": "zoo", "pipeline": few])
            try await shop.create(
                "all animals", ["viewOn": "animals", "pipeline": [["$unset": "word"]]])
            try await shop.create(
                "collated.view",
                [
                    "viewOn": "collated", "pipeline": [["$match": ["word": "b"]]],
                    "collation": insensitive,
                ])
            try await shop.create(
                "joined",
                [
                    "viewOn": "all animals",
                    "pipeline": [
                        [
                            "$lookup": [
                                "from": "animals", "localField": "n", "foreignField": "n",
                                "as": "same",
                            ]
                        ]
                    ],
                ])
            try await shop.create("nowhere", ["viewOn": "not there", "pipeline": []])
            try await shop.create("passing", ["viewOn": "zoo", "pipeline": []])
            try await shop.create("replaced", ["viewOn": "zoo", "pipeline": []])
            let report = try await pair.migrate {
                try await shop.modify(
                    "animals", ["viewOn": "simple", "pipeline": [["$match": ["n": ["$gt": 2]]]]])
                try await shop.drop("passing")
                try await shop.drop("replaced")
                try await shop.insert("replaced", words)
                try await shop.create(
                    "late", ["viewOn": "later", "pipeline": few, "collation": ["locale": "fr"]])
                try await shop.create(
                    "later", ["viewOn": "german", "pipeline": few, "collation": ["locale": "fr"]])
                try await shop.create(
                    "late.collated", ["collation": ["locale": "fr", "backwards": true]])
                try await shop.insert("late.collated", words)
                for name in ["collated", "simple", "german"] {
                    try await shop.update(name, ["n": 1], ["$set": ["word": "Z"]])
                    try await shop.delete(name, ["_id": "a"])
                    try await shop.insert(name, [["_id": "A", "n": 0], ["_id": "ê", "n": 9]])
                }
            }
            try await pair.expectEqual(report)
            let there = shop.on(pair.destination.lane)
            #expect(try await there.find("collated", ["filter": ["_id": "b"]]).count == 1)
            #expect(try await there.count("joined") == 4)
        }
    }

    @Test func c16CollectionsInAdminAreNamedByTheValidation() async throws {
        try await Pair.with { pair in
            let admin = Statements(pair.source.lane, "admin")
            try await admin.insert("notes", .numbered(3))
            try await Statements(pair.source.lane, "config").insert("ours", .numbered(3))
            try await Statements(pair.source.lane, "shop").insert("items", .numbered(3))
            let validation = Validation(
                source: try ConnectionString(pair.source.uri),
                destination: try ConnectionString(pair.destination.uri), options: MigrationOptions()
            )
            let report = await validation.run()
            let check = try #require(report.checks.first { $0.name == "systemCollections" })
            #expect(check.outcome == .warning)
            #expect(check.seen.contains("admin.notes") && check.seen.contains("config.ours"))
            #expect(!check.seen.contains("system."))
            #expect(!report.isBlocking)
            let migrated = try await pair.migrate()
            try await pair.expectEqual(migrated)
            let names = try await pair.destination.lane.run([
                "listCollections": 1, "nameOnly": true,
            ])
            #expect(!names.json.contains("\"notes\""))
        }
    }
}

/// Returns after the TTL monitor of a set has looked at everything twice.
func waitForExpiry(on set: ReplicaSet) async throws {
    func passes() async throws -> Int {
        let status = try await set.lane.run(["serverStatus": 1])
        return status["metrics"]?.document?["ttl"]?.document?["passes"]?.integer ?? 0
    }
    let first = try await passes()
    try await eventually("two passes of the TTL monitor") {
        try await passes() >= first + 2
    }
}

func enableExpiry(on set: ReplicaSet) async throws {
    _ = try await set.lane.run(["setParameter": 1, "ttlMonitorEnabled": true])
}
