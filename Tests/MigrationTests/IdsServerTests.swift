import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// The I lines of the checklist: whole migrations between real servers, with changes while they run.
@Suite(.serialized) struct IdsServerTests {
    /// One of each type that servers accept as an `_id`.
    private static func ids(_ number: Int) -> [Value] {
        let oid = ObjectID([UInt8](repeating: UInt8(number & 0xFF), count: 8) + bytes(number))
        return [
            .string("id \(number)"), .integer(number), .int64(1 << 40 + Int64(number)),
            .double(Double(number) + 0.5), .date(Int64(number)),
            .decimal128(Decimal128(high: 0x303E_0000_0000_0000, low: UInt64(number) * 10 + 3)),
            .binary(subtype: 0, bytes(number)), .binary(subtype: 128, bytes(number)),
            .uuid(BinaryUUID(high: 7, low: UInt64(number))),
            .timestamp(Timestamp(seconds: 1, increment: UInt32(number))),
            ["a": .integer(number), "b": ["c": .null]], ["b": .null, "a": .integer(number)],
            // An `_id` itself can be no regular expression, but hold one.
            ["r": .regex(pattern: "^\(number)", options: "i")],
            .javascript("() => \(number)"), .symbol("symbol \(number)"),
        ]
            + [oid.map(Value.objectID), oid.map { .dbPointer(namespace: "a.b", $0) }].compactMap(
                \.self)
    }

    private static let singular: [Value] = [
        .bool(true), .bool(false), .null, .minKey, .maxKey, [:],
    ]

    private static func bytes(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func documents(_ ids: [Value], filler: Int = 10) -> [Document] {
        let text = String(repeating: "f", count: filler)
        return ids.map { ["_id": $0, "n": 0, "filler": .string(text)] }
    }

    @Test(arguments: isSoak ? Pair.versions : [.v6_0_27])
    func i1i2i6i7IdsOfEveryTypeAndSize(version: MongodBinary.Version) async throws {
        try await Pair.with(version) { pair in
            let shop = Statements(pair.source.lane, "shop")
            let all = (0..<20).flatMap(IdsServerTests.ids) + IdsServerTests.singular
            // Copied in parts, whose bounds are of many types.
            try await shop.insert("mixed", IdsServerTests.documents(all, filler: 2_000))
            let many = (1_000..<2_000).flatMap(IdsServerTests.ids) + IdsServerTests.singular
            try await shop.insert("many", IdsServerTests.documents(many))
            let kinds = IdsServerTests.ids(1).count
            for kind in 0..<kinds {
                let ids = (0..<50).map { IdsServerTests.ids($0)[kind] }
                try await shop.insert("kind \(kind)", IdsServerTests.documents(ids))
            }
            let long = (0..<12).map { number -> Value in
                .string("\(number)" + String(repeating: "i", count: 1 << 20))
            }
            try await shop.insert("long", IdsServerTests.documents(long))
            try await shop.insert("extremes", IdsServerTests.documents([.minKey, 1, .maxKey]))
            try await shop.insert("extremes.late", IdsServerTests.documents([1]))
            let report = try await pair.migrate {
                try await shop.update("mixed", [:], ["$inc": ["n": 1]], multi: true)
                let late = (20..<25).flatMap(IdsServerTests.ids)
                try await shop.insert("mixed", IdsServerTests.documents(late))
                for kind in 0..<kinds {
                    let name = "kind \(kind)"
                    try await shop.update(name, [:], ["$inc": ["n": 1]], multi: true)
                    let some = (0..<20).map { IdsServerTests.ids($0)[kind] }
                    try await shop.delete(name, ["_id": ["$in": .array(Document(array: some))]])
                    let more = (100..<120).map { IdsServerTests.ids($0)[kind] }
                    try await shop.insert(name, IdsServerTests.documents(more))
                }
                try await shop.update("long", [:], ["$inc": ["n": 1]], multi: true)
                try await shop.delete("long", ["_id": ["$gte": "5"]])
                // Too large for an update command with its `_id` beside it.
                let large = Document.sized(
                    15 << 20, id: .string(String(repeating: "j", count: 1 << 20)))
                try await shop.insert("long", [large])
                try await shop.update("extremes", [:], ["$inc": ["n": 1]], multi: true)
                try await shop.delete("extremes", ["_id": .maxKey])
                try await shop.insert(
                    "extremes.late", IdsServerTests.documents([.maxKey, .minKey]))
            }
            try await pair.expectEqual(report)
            #expect(
                try await shop.on(pair.destination.lane).count("mixed") == all.count + 5 * (kinds))
        }
    }

    @Test func i3EqualNumbersReplaceEachOther() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            let ones: [Value] = [
                1, .int64(1), .double(1),
                .decimal128(Decimal128(high: 0x3040_0000_0000_0000, low: 1)),
                .decimal128(Decimal128(high: 0x303E_0000_0000_0000, low: 10)),
            ]
            let zeros: [Value] = [
                0, .double(-0.0), .double(0), .int64(0),
                .decimal128(Decimal128(high: 0xB040_0000_0000_0000, low: 0)),
            ]
            let none: [Value] = [
                .double(.nan), .decimal128(Decimal128(high: 0x7C00_0000_0000_0000, low: 0)),
                .double(Double(bitPattern: 0x7FF8_0000_0000_0001)),
            ]
            let groups = [
                ones, zeros, none, ones.map { ["a": $0] }, zeros.map { ["x": ["y": [$0]]] },
            ]
            @Sendable func replace(_ name: String, _ number: Int) async throws {
                for group in groups {
                    try await shop.delete(name, ["_id": ["$eq": group[0]]])
                    let id = group[number % group.count]
                    try await shop.insert(name, [["_id": id, "n": .integer(number)]])
                }
            }
            for start in 0..<5 { try await replace("numbers \(start)", start) }
            let report = try await pair.migrating { migration in
                let writer = Application { number in
                    for start in 0..<4 { try await replace("numbers \(start)", start + number) }
                }
                try await migration.reached(.inSync)
                for number in 0..<5 { try await replace("numbers 4", number) }
                try await writer.stop()
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    @Test func i4IdsEqualUnderACollation() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            let forms = [
                ["a", "A"], ["straße", "STRASSE", "Strasse"], ["é", "É"], ["Ab", "aB", "AB", "ab"],
            ]
            for strength in 1...2 {
                try await shop.create(
                    "strength \(strength)",
                    ["collation": ["locale": "de", "strength": .integer(strength)]])
            }
            @Sendable func replace(_ name: String, _ number: Int) async throws {
                for group in forms {
                    let id = Value.string(group[number % group.count])
                    for old in group { try await shop.delete(name, ["_id": .string(old)]) }
                    try await shop.insert(name, [["_id": id, "n": .integer(number)]])
                    let nested: Value = ["s": id, "n": 1]
                    try await shop.delete(name, ["_id": ["$eq": nested]])
                    try await shop.insert(name, [["_id": nested, "n": .integer(number)]])
                }
            }
            for strength in 1...2 { try await replace("strength \(strength)", 0) }
            let report = try await pair.migrating { migration in
                let writer = Application { number in try await replace("strength 1", number) }
                try await migration.reached(.inSync)
                for number in 1...3 { try await replace("strength 2", number) }
                try await writer.stop()
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    /// Larger than half of the cache: it is read in natural order, and goes on there after a stop.
    @Test(.enabled(if: isSoak)) func i5ACopyOfRandomIdsGoesOnWhereItStopped() async throws {
        try await Pair.with {
            $0.cacheGigabytes = 0.25
        } _: { pair in
            let lanes = [pair.source.lane, try pair.source.cluster().lane()]
            let bytes = 260 << 20
            let data = SampleData(.medium, bytes: bytes, ids: .scattered)
            try await data.insert(into: Namespace("shop", "scattered"), through: lanes)
            let first = try pair.engine { $0.cutover = .manual }
            let running = Task { try await first.run() }
            let copied = bytes / 2
            try await eventually("half of it is copied") { first.progress().bytesCopied > copied }
            running.cancel()
            await #expect(throws: MigrationError.self) { try await running.value }
            // What was not read yet and what was read already changes meanwhile.
            let shop = Statements(pair.source.lane, "shop")
            try await shop.delete("scattered", ["_id": data.id(at: 0)])
            try await shop.delete("scattered", ["_id": data.id(at: data.count - 1)])
            let second = try pair.engine(process: 1) {
                $0.cutover = .whenInSync
                $0.resume = true
            }
            let report = try await second.run()
            // All but the last few batches was not copied again. The report counts both runs.
            #expect(report.bytesCopied < bytes + copied / 2)
            try await pair.expectEqual(report)
        }
    }

    @Test func i5RandomIdsBeyondTheCache() async throws {
        let bytes = isSoak ? 350 << 20 : 16 << 20
        try await Pair.with {
            $0.cacheGigabytes = 0.25
        } _: { pair in
            let lanes = [pair.source.lane, try pair.source.cluster().lane()]
            let data = SampleData(.medium, bytes: bytes, ids: .scattered)
            try await data.insert(into: Namespace("shop", "scattered"), through: lanes)
            let shop = Statements(pair.source.lane, "shop")
            let report = try await pair.migrating { migration in
                let writer = Application { number in
                    let id = data.id(at: number * 7_919 % data.count)
                    if number % 3 == 0 {
                        try await shop.delete("scattered", ["_id": id])
                    } else {
                        try await shop.update(
                            "scattered", ["_id": id], ["$set": ["seen": .integer(number)]])
                    }
                }
                try await migration.reached(.inSync)
                try await writer.stop()
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }
}
