import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// The X lines of the checklist: whole migrations between real servers, with changes while they run.
@Suite(.serialized) struct IndexesServerTests {
    @Test(arguments: isSoak ? Pair.versions : [.v6_0_27])
    func x1x2x3x5x6x7x8x11IndexesOfEveryKind(version: MongodBinary.Version) async throws {
        try await Pair.with(version) { pair in
            let shop = Statements(pair.source.lane, "shop")
            for name in ["plain", "places", "late"] { try await shop.insert(name, Self.documents) }
            let english: Value = ["locale": "en", "strength": 2]
            try await shop.create("collated", ["collation": english])
            try await shop.insert("collated", Self.documents)
            try await shop.insert("many", Self.documents)
            let plain = Self.ordered + Self.unique + Self.twins + Self.partial
            try await shop.index("plain", plain + [Self.wildcardText("all", after: [:])])
            try await shop.index("places", Self.special)
            try await shop.index("collated", Self.collated)
            let many = (0..<63).map { number in
                Self.on("f\(number)")
            }
            try await shop.index("many", many)
            let report = try await pair.migrate {
                try await shop.index("late", plain + [Self.wildcardText("late", after: ["m": 1])])
                for name in ["plain", "places", "collated", "many"] {
                    try await shop.update(name, ["n": ["$lt": 50]], ["$inc": ["m": 1]], multi: true)
                    try await shop.insert(name, [["_id": 5_000, "n": 5_000]])
                }
            }
            try await pair.expectEqual(report)
            let there = shop.on(pair.destination.lane)
            #expect(try await Self.indexes(there, "many").count == 64)
            // They refuse what they refused on the source.
            for (name, document): (String, Document) in [
                ("plain", ["n": 7]), ("plain", ["twin": 7]), ("late", ["n": 7]),
                ("collated", ["word": "WORD 3"]),
            ] {
                await #expect(throws: SandboxError.self) {
                    try await there.insert(name, [document])
                }
            }
        }
    }

    @Test func x4ExpiringDocumentsStayUntilTheCutover() async throws {
        try await Pair.with {
            $0.parameters["ttlMonitorEnabled"] = "false"
            $0.parameters["ttlMonitorSleepSecs"] = "1"
        } destination: {
            $0.parameters["ttlMonitorSleepSecs"] = "1"
        } _: { pair in
            let shop = Statements(pair.source.lane, "shop")
            let documents = (0..<100).map { number -> Document in
                let time = number < 50 ? -62_135_596_800_000 : 4_000_000_000_000
                return ["_id": .integer(number), "t": .date(Int64(time)), "s": .date(0)]
            }
            let names = ["ttl", "zero", "changed", "late"]
            for name in names { try await shop.insert(name, documents) }
            func expiry(_ seconds: Value) -> Document {
                ["key": ["t": 1], "name": "t", "expireAfterSeconds": seconds]
            }
            try await shop.index("ttl", [expiry(3_600)])
            try await shop.index("zero", [expiry(0)])
            try await shop.index("changed", [expiry(.int64(2_147_483_647))])
            let there = shop.on(pair.destination.lane)
            let report = try await pair.migrate {
                $0.keepSourceWritable = true
            } whileInSync: {
                try await shop.index("late", [expiry(.double(60))])
                try await shop.modify(
                    "changed", ["index": ["name": "t", "expireAfterSeconds": 30]])
                try await waitForExpiry(on: pair.destination)
                for name in names { #expect(try await there.count(name) == 100) }
            }
            #expect(report.verification.mismatches == [])
            #expect(report.problems == [])
            try await enableExpiry(on: pair.source)
            try await eventually("expired documents are gone on both sides", within: .seconds(240))
            {
                for name in names {
                    let counts = [try await shop.count(name), try await there.count(name)]
                    guard counts == [50, 50] else { return false }
                }
                return true
            }
            try await pair.expectEqual()
        }
    }

    private static func indexes(_ database: Statements, _ name: String) async throws -> [Value] {
        try await database.run(["listIndexes": .string(name), "cursor": ["batchSize": 100]])[
            "cursor"]?
            .document?["firstBatch"]?.elements ?? []
    }

    private static let documents = (0..<500).map { number -> Document in
        [
            "_id": .integer(number), "n": .integer(number), "m": .integer(number % 10),
            "list": [.integer(number), .integer(number + 1)], "twin": .integer(number),
            "word": .string("word \(number)"), "text": "the quick brown fox", "language": "german",
            "place": [.double(Double(number % 90)), .double(Double(number % 45))],
            "sub": ["a": .integer(number), "b": .string("x")],
        ]
    }
}

extension IndexesServerTests {
    private static let ordered: [Document] = [
        ["key": ["n": -1], "name": "n_-1"],
        ["key": ["m": 1, "n": -1], "name": "m_1_n_-1"],
        ["key": ["list": 1], "name": "list_1"],
        ["key": ["sub.a": 1, "sub.b": 1], "name": "in sub"],
        ["key": ["m": .double(1.0), "twin": .int64(-1)], "name": "types of directions"],
        [
            "key": ["word": 1], "name": "word",
            "collation": ["locale": "fr", "strength": 2, "backwards": true],
        ],
        [
            "key": ["n": 1], "name": "engine",
            "storageEngine": ["wiredTiger": ["configString": "prefix_compression=false"]],
        ],
    ]

    private static let unique: [Document] = [
        ["key": ["n": 1, "m": 1], "name": "unique", "unique": true],
        ["key": ["n": 1], "name": "unique n", "unique": true, "collation": ["locale": "de"]],
        ["key": ["rare": 1], "name": "unique sparse", "unique": true, "sparse": true],
        [
            "key": ["m": 1], "name": "unique partial", "unique": true,
            "partialFilterExpression": ["n": ["$lt": .int64(5)]],
        ],
    ]

    /// The same keys with and without `unique`.
    private static let twins: [Document] = [
        ["key": ["twin": 1], "name": "twin", "unique": true],
        ["key": ["twin": 1], "name": "plain twin"],
        ["key": ["twin": -1, "m": 1], "name": "hidden twin", "unique": true, "hidden": true],
        ["key": ["twin": -1, "m": 1], "name": "plain twin of the hidden one"],
    ]

    private static let partial: [Document] = [
        ["key": ["m": 1], "name": "partial", "partialFilterExpression": ["n": ["$gt": 100.5]]],
        ["key": ["rare": -1], "name": "sparse", "sparse": true],
        ["key": ["list": -1], "name": "hidden", "hidden": true],
        [
            "key": ["sub.b": 1], "name": "hidden partial", "hidden": true,
            "partialFilterExpression": ["m": 3],
        ],
    ]

    /// All text below these fields.
    private static func wildcardText(_ name: String, after fields: Document) -> Document {
        var key = DocumentBuilder()
        key.append(contentsOf: fields)
        key.append("$**", "text")
        return [
            "key": .document(key.finish()), "name": .string(name),
            "weights": ["text": 7, "$**": 2], "default_language": "german",
        ]
    }

    private static let special: [Document] = [
        ["key": ["n": "hashed"], "name": "hashed"],
        ["key": ["m": 1, "n": "hashed", "word": -1], "name": "compound hashed"],
        [
            "key": ["m": 1, "text": "text", "word": "text"], "name": "text",
            "weights": ["text": 10, "word": 3],
            "default_language": "german", "language_override": "language",
        ],
        ["key": ["place": "2d"], "name": "2d", "bits": 20, "min": -100.0, "max": 200.0],
        ["key": ["place": "2dsphere", "m": 1], "name": "2dsphere"],
        ["key": ["$**": 1], "name": "wildcard", "wildcardProjection": ["sub.a": 0, "word": 0]],
        ["key": ["sub.$**": 1], "name": "wildcard below"],
    ]

    private static let collated: [Document] = [
        ["key": ["word": 1], "name": "inherited", "unique": true],
        ["key": ["word": 1], "name": "simple", "collation": ["locale": "simple"]],
        ["key": ["text": 1], "name": "other", "collation": ["locale": "sv"]],
        [
            "key": ["sub.b": 1], "name": "simple unique", "unique": true,
            "collation": ["locale": "simple"], "partialFilterExpression": ["n": 3],
        ],
        ["key": ["n": "hashed"], "name": "hashed", "collation": ["locale": "simple"]],
        ["key": ["text": "text"], "name": "text", "collation": ["locale": "simple"]],
        ["key": ["place": "2d"], "name": "2d", "collation": ["locale": "simple"]],
    ]
}
