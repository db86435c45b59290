import BSON
import Testing

@Suite struct CanonicalKeyTests {
    private func key(_ value: Value) throws -> CanonicalKey {
        CanonicalKey(try #require(Document([("_id", value)]).raw("_id")))
    }

    private func decimal(
        _ coefficient: UInt64, exponent: Int = 0, isNegative: Bool = false, high: UInt64 = 0
    ) -> Value {
        let sign: UInt64 = isNegative ? 1 << 63 : 0
        return .decimal128(
            Decimal128(high: sign | UInt64(exponent + 6176) << 49 | high, low: coefficient))
    }

    private let decimalNaN = Value.decimal128(Decimal128(high: 0x7C << 56, low: 0))
    private let decimalInfinity = Value.decimal128(Decimal128(high: 0x78 << 56, low: 0))

    /// All of a group are one key; the groups differ.
    private func expectGroups(_ groups: [[Value]]) throws {
        let keys = try groups.map { try $0.map { try key($0) } }
        for (index, group) in keys.enumerated() {
            #expect(Set(group).count == 1, "\(groups[index].map(\.json))")
            #expect(Set(group.map(\.hash)).count == 1, "\(groups[index].map(\.json))")
        }
        #expect(Set(keys.compactMap(\.first)).count == groups.count)
    }

    @Test func equalNumbersAreOneWhateverTheirType() throws {
        try expectGroups([
            [.int32(1), .int64(1), .double(1), decimal(1), decimal(10, exponent: -1)],
            [.int32(-1), .int64(-1), .double(-1), decimal(1, isNegative: true)],
            [.int32(100), decimal(1, exponent: 2), decimal(100), decimal(10_000, exponent: -2)],
            [.double(0.5), decimal(5, exponent: -1), decimal(500, exponent: -3)],
            [.double(1e300), decimal(1, exponent: 300)],
            [.int64(.max), decimal(UInt64(Int64.max))],
            [.int64(.min), .double(-0x1p63), decimal(1 << 63, isNegative: true)],
            [.double(0x1p63), decimal(1 << 63)],
            [.double(0x1p64), decimal(0, high: 1)],
        ])
    }

    @Test func zeroHasNoSignAndNoExponent() throws {
        try expectGroups([
            [
                .int32(0), .int64(0), .double(0), .double(-0.0), decimal(0),
                decimal(0, isNegative: true), decimal(0, exponent: -6176),
                decimal(0, exponent: 6111),
                // Beyond 34 digits, which counts as zero.
                .decimal128(Decimal128(high: 0x6C10 << 48, low: 5)),
                decimal(.max, high: 0x1_FFFF_FFFF_FFFF),
            ]
        ])
    }

    @Test func everyNotANumberIsOneAndTheInfinitiesAreTwo() throws {
        let negativeNaN = Value.decimal128(Decimal128(high: 0xFC << 56, low: 3))
        let negativeInfinity = Value.decimal128(Decimal128(high: 0xF8 << 56, low: 0))
        try expectGroups([
            [
                .double(.nan), .double(.signalingNaN),
                .double(Double(bitPattern: 0xFFF8_0000_0000_0042)), decimalNaN, negativeNaN,
            ],
            [.double(.infinity), decimalInfinity],
            [.double(-.infinity), negativeInfinity],
            [.int32(0)],
        ])
    }

    @Test func integersBeyondADoublesPrecisionStayDifferent() throws {
        let limit: Int64 = 1 << 53
        try expectGroups([
            [.int64(limit), .double(0x1p53), decimal(1 << 53)],
            [.int64(limit + 1), decimal(1 << 53 + 1)],
            [.int64(limit + 2), .double(0x1p53 + 2), decimal(1 << 53 + 2)],
        ])
    }

    @Test func decimalsAtTheEndsOfTheirRangeHaveAKey() throws {
        for exponent in [-6176, -6143, -400, -35, -34, -33, -1, 1, 18, 19, 20, 400, 6111] {
            let one = try key(decimal(1, exponent: exponent))
            let isSmallInteger = try one == key(0) || one == key(1)
            #expect(!isSmallInteger, "1E\(exponent)")
            let other = try key(decimal(1, exponent: exponent, isNegative: true))
            #expect(one != other, "1E\(exponent)")
        }
        // 34 digits: 10^33 with an exponent that makes it one.
        let coefficient = (0..<33).reduce(UInt128(1)) { power, _ in power * 10 }
        let low = UInt64(truncatingIfNeeded: coefficient)
        let one = decimal(low, exponent: -33, high: UInt64(coefficient >> 64))
        #expect(try key(one) == key(1))
    }

    @Test func numbersInSubDocumentsCountTheSame() throws {
        try expectGroups([
            [["a": 1, "b": [2, ["c": 0.0]]], ["a": 1.0, "b": [.int64(2), ["c": -0.0]]]],
            [["b": [2, ["c": 0.0]], "a": 1]],
            [["a": 1, "b": [2, ["d": 0.0]]]],
            [["a": 1, "b": ["0": 2, "1": ["c": 0.0]]]],
            [["a": 1, "b": [2, ["c": 0.5]]]],
        ])
    }

    @Test func numbersInTheScopeOfCodeCountTheSame() throws {
        try expectGroups([
            [
                .javascriptWithScope("f", ["a": 1]), .javascriptWithScope("f", ["a": .int64(1)]),
                .javascriptWithScope("f", ["a": 1.0]),
            ],
            [.javascriptWithScope("g", ["a": 1])],
            [.javascriptWithScope("f", ["a": 2])],
            [.javascript("f")],
        ])
    }

    @Test func namesInArraysDoNotCount() throws {
        try expectGroups([
            [["a": .array(["0": 1, "1": 2])], ["a": .array(["x": 1, "y": 2])]]
        ])
    }

    @Test func aNameCannotLookLikeTheEndOfADocument() throws {
        try expectGroups([
            [["a": ["": nil, "Q": nil], "\u{A}R": nil]],
            [["a": [:], "\u{A}Q": nil, "": nil, "R": nil]],
        ])
    }

    @Test func aStringIsTheSymbolOfTheSameText() throws {
        try expectGroups([[.string("a"), .symbol("a")], [.javascript("a")], [.string("b")]])
    }

    @Test func differentTypesStayDifferent() throws {
        let id = try #require(Samples.objectID)
        try expectGroups([
            [.int32(1)], [.string("1")], [.bool(true)], [.bool(false)], [.date(1)],
            [.timestamp(Timestamp(bits: 1))], [.null], [.undefined], [.minKey], [.maxKey],
            [.objectID(id)], [.binary(subtype: 0, id.bytes)], [.binary(subtype: 5, id.bytes)],
            [[:]], [[]], [""], [.binary(subtype: 0, [])],
            [.dbPointer(namespace: "a", id)], [.regex(pattern: "a", options: "")],
            [.regex(pattern: "", options: "a")],
        ])
    }

    @Test func anIdOfAMegabyteHasAKey() throws {
        let text = String(repeating: "x", count: 1 << 20)
        try expectGroups([
            [.string(text), .symbol(text)], [.string(text + "y")],
            [["a": .string(text), "n": 1]], [["a": .string(text), "n": 2]],
        ])
    }

    @Test func anIdNestedDeeperThanServersAllowHasAKey() throws {
        let nested = try Samples.nested(levels: 100_000)
        #expect(try key(.document(nested)) == key(.document(nested)))
    }

    /// Lanes are chosen by it, on every host and in every run.
    @Test func theHashIsTheSameInEveryRun() throws {
        #expect(CanonicalKey(bytes: []).hash == 0xCBF2_9CE4_8422_2325)
        #expect(CanonicalKey(bytes: Array("foobar".utf8)).hash == 0x8594_4171_F739_67E8)
    }
}
