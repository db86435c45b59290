import BSON
import Migration
import Mongo
import Sandbox
import Testing

extension CollectionsServerTests {
    @Test func c12NamesOfEveryKind() async throws {
        try await Pair.with { pair in
            let names = [
                "a.b.c", "with space", " leading", "trailing ", "ünïcödé ☃", "日本語", "👩‍👩‍👧", "*", "a*b",
                "quote\"'`", "back\\slash", "new\nline", "-", "0", "null", "UPPER", "upper", "{}",
                "lagzero.moving.x", "systemic", "e\u{301}", "\u{e9}", "\u{301}mark",
                "\u{200d}joiner",
            ]
            // 255 bytes with the name of the database and the dot.
            let longest = String(repeating: "n", count: 255 - 6)
            let databases = ["names", "däta", String(repeating: "d", count: 63), "Mixed-Case_1"]
            for database in databases {
                let here = Statements(pair.source.lane, database)
                for name in names { try await here.insert(name, .numbered(3)) }
            }
            let here = Statements(pair.source.lane, "names")
            try await here.insert(longest, .numbered(3))
            // Its dot and its first letter are one character to Unicode: read in several batches, and of buckets.
            let megabyte = String(repeating: "m", count: 1 << 20)
            try await here.insert(
                "\u{301}batches", (0..<20).map { ["_id": .integer($0), "m": .string(megabyte)] })
            try await here.create("\u{301}series", ["timeseries": ["timeField": "t"]])
            try await here.insert(
                "\u{301}series", (0..<5).map { ["t": .date(Int64($0)), "n": .integer($0)] })
            try await here.index("with space", [["key": ["n": 1], "name": "ïndex \"of\" n"]])
            // Two names to a server, one to Unicode.
            try await here.index("a.b.c", [["key": ["n": 1], "name": "\u{e9}"]])
            try await here.index("a.b.c", [["key": ["m": 1], "name": "e\u{301}"]])
            try await here.create("vïew of *", ["viewOn": "*", "pipeline": []])
            let report = try await pair.migrate {
                for database in databases {
                    let here = Statements(pair.source.lane, database)
                    for name in names { try await here.update(name, ["n": 1], ["$set": ["n": 7]]) }
                    try await here.insert("läte *", .numbered(3))
                }
                try await here.delete(longest, ["n": 1])
                try await here.insert(String(longest.dropLast()) + "m", .numbered(2))
                try await here.drop("日本語")
                try await here.drop("*")
            }
            try await pair.expectEqual(report)
            #expect(try await here.on(pair.destination.lane).count(longest) == 2)
        }
    }

    @Test func c13ThousandsOfCollections() async throws {
        try await Pair.with { pair in
            let count = isSoak ? 5_000 : 400
            let lanes =
                [pair.source.lane] + (try (0..<3).map { _ in try pair.source.cluster().lane() })
            try await withThrowingTaskGroup { group in
                for (number, lane) in lanes.enumerated() {
                    group.addTask {
                        for index in stride(from: number, to: count, by: lanes.count) {
                            let many = Statements(lane, "many\(index % 7)")
                            try await many.insert("c\(index)", .numbered(1))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let many = Statements(pair.source.lane, "many0")
            let report = try await pair.migrate {
                try await many.insert("c0", .numbered(1, from: 5))
                try await many.drop("c7")
                try await many.insert("late", .numbered(5))
            }
            try await pair.expectEqual(report)
            #expect(report.collectionsCopied >= count)
        }
    }

    @Test(arguments: isSoak ? Pair.versions : [.v6_0_27])
    func c14c15DocumentsOfEveryKind(version: MongodBinary.Version) async throws {
        try await Pair.with(version) { pair in
            let shop = Statements(pair.source.lane, "shop")
            let kinds = OddDocuments.all
            try await shop.insert("kinds", kinds)
            try await shop.insert("changing", kinds)
            try await shop.insert("leaving", kinds)
            try await shop.insert("large", [.sized(16 << 20, id: 1), .sized(16 << 20, id: 2)])
            for document in OddDocuments.notInsertable { try await shop.put("special", document) }
            let plain = OddDocuments.notInsertable.map { document -> Document in
                ["_id": document["_id"] ?? 0, "n": 1]
            }
            try await shop.insert("becoming special", plain)
            let report = try await pair.migrate {
                try await shop.insert("late", kinds)
                try await shop.delete("leaving", [:])
                for (old, new) in zip(kinds, kinds.dropFirst() + kinds.prefix(1)) {
                    guard let id = old["_id"] else { continue }
                    // The content of the next document under the id of this one.
                    try await shop.delete("changing", ["_id": id])
                    try await shop.insert("changing", [OddDocuments.renamed(new, id: id)])
                }
                let changed = Document.sized(16 << 20, id: 1, filler: 98)
                try await shop.update("large", ["_id": 1], .document(changed))
                try await shop.insert(
                    "large", [.sized(16 << 20, id: 3), .sized((16 << 20) - 1, id: 4)])
                for document in OddDocuments.notInsertable {
                    try await shop.put("becoming special", document)
                    try await shop.put("late special", document)
                }
            }
            try await pair.expectEqual(report)
            let there = shop.on(pair.destination.lane)
            #expect(try await there.count("kinds") == kinds.count)
            #expect(try await there.find("large").map(\.count).max() == 16 << 20)
            #expect(
                try await there.find("special").sorted { $0.json < $1.json }
                    == OddDocuments.notInsertable.sorted { $0.json < $1.json })
        }
    }
}

extension Document {
    /// A document of exactly so many bytes.
    static func sized(_ bytes: Int, id: Value, filler: UInt8 = 97) -> Document {
        let empty: Document = ["_id": id, "filler": ""]
        let text = String(
            decoding: [UInt8](repeating: filler, count: bytes - empty.count), as: UTF8.self)
        return ["_id": id, "filler": .string(text)]
    }
}

/// Documents that a careless copy would change.
enum OddDocuments {
    static var all: [Document] {
        let oid = ObjectID([UInt8](0..<12))
        var documents = values(oid).enumerated().map { number, value -> Document in
            ["_id": .integer(number), "v": value, "list": [value, [value]], "sub": ["v": value]]
        }
        documents += odd.enumerated().map { number, fields in
            var builder = DocumentBuilder()
            builder.append("_id", .integer(1_000 + number))
            builder.append(contentsOf: fields)
            return builder.finish()
        }
        return documents + [invalidText(2_000), idLast(2_001), duplicates(2_002)]
    }

    /// Servers change these when they are inserted or given as a replacement, or take them for an update.
    static var notInsertable: [Document] {
        [
            ["_id": 1, "time": .timestamp(.zero)],
            [
                "_id": 2, "n": 1, "time": .timestamp(.zero), "other": .timestamp(.zero),
                "last": true,
            ],
            ["_id": 3, "$first": 1, "second": 2],
            ["_id": 4, "$set": ["n": 1]],
            ["_id": 5, "$first": .timestamp(.zero), "sub": ["time": .timestamp(.zero)]],
            ["_id": 6, "$inc": 1],
        ]
    }

    private static func values(_ oid: ObjectID?) -> [Value] {
        [
            .double(1.5), .double(.nan), .double(-0.0), .double(.infinity), .string(""),
            .string("zero\u{0}byte ☃"), .document([:]), .array([:]),
            .binary(subtype: 0, []), .binary(subtype: 2, [2, 0, 0, 0, 1, 2]),
            .binary(subtype: 3, [UInt8](0..<16)), .binary(subtype: 4, [UInt8](0..<16)),
            .binary(subtype: 5, [UInt8](0..<16)), .binary(subtype: 128, [1]), .undefined,
            .bool(true), .bool(false), .date(-1), .date(.max), .null,
            .regex(pattern: "^a.*\\.b$", options: "imsx"), .javascript("x => x"), .symbol("s"),
            .javascriptWithScope("x => y", ["y": 1]), .int32(.min), .int64(1), .int64(.max),
            .timestamp(Timestamp(seconds: 7, increment: 1)), .minKey, .maxKey,
            .decimal128(Decimal128(high: 0x303E_0000_0000_0000, low: 10)),
            .decimal128(Decimal128(high: 0x7C00_0000_0000_0000, low: 0)),
        ]
            + [oid.map(Value.objectID), oid.map { Value.dbPointer(namespace: "a.b", $0) }]
            .compactMap(\.self)
    }

    private static let odd: [Document] = [
        [:], ["": 1], ["": ["": ["": 1]]], ["a.b": 1, "a": ["b": 2, "b.c": 3]],
        ["n": ["$price": 1, "$set": ["x": 1]]], ["a": ["$ref": "c", "$id": 1]], ["x": 1, "$y": 2],
        ["ünï": 1, "日本": ["☃": 2]], ["z": 1, "a": 2, "m": 3],
        Document((0..<5_000).map { ("f\($0)", Value.integer($0)) }),
        Document([("deep", deep(90))]),
    ]

    private static func deep(_ levels: Int) -> Value {
        var value: Value = 1
        for level in 0..<levels { value = level % 2 == 0 ? ["d": value] : [value] }
        return value
    }

    /// Names that occur twice, also in a sub-document.
    private static func duplicates(_ id: Int) -> Document {
        Document([
            ("_id", .integer(id)), ("a", 1), ("a", "two"),
            ("sub", .document(Document([("b", 1), ("b", 2), ("b", 1)]))), ("a", 3),
        ])
    }

    /// Bytes that are no UTF-8, as a value, in code and in a name.
    private static func invalidText(_ id: Int) -> Document {
        let valid: Document = [
            "_id": .integer(id), "text": "QQQ", "nameQQQ": 1, "code": .javascript("QQQ"),
        ]
        let bytes = valid.bytes.map { $0 == UInt8(ascii: "Q") ? 0xFF : $0 }
        return Document(bytes) ?? [:]
    }

    /// Servers move the `_id` to the front on insert, and leave it where it is elsewhere.
    private static func idLast(_ id: Int) -> Document { ["a": 1, "_id": .integer(id)] }

    static func renamed(_ document: Document, id: Value) -> Document {
        var builder = DocumentBuilder(reserving: document.count)
        builder.append("_id", id)
        for element in document where element.name != "_id" { builder.append(element) }
        return builder.finish()
    }
}
