import BSON
import Testing

@Suite struct ValueTests {
    @Test func aUUIDReadsAsItsGroupsOfDigits() throws {
        let uuid = BinaryUUID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
        #expect(uuid.description == "00112233-4455-6677-8899-aabbccddeeff")
        #expect(uuid.bytes == (0..<16).map { UInt8($0 * 0x11) })
        #expect(BinaryUUID(uuid.bytes) == uuid)
        #expect(BinaryUUID(uuid.bytes.dropLast()) == nil)
    }

    @Test func onlyBinaryOfSubtypeFourAndSixteenBytesIsAUUID() {
        let uuid = BinaryUUID(high: 1, low: 2)
        #expect(Value.uuid(uuid).uuid == uuid)
        #expect(Value.binary(subtype: 3, uuid.bytes).uuid == nil)
        #expect(Value.binary(subtype: 4, [1]).uuid == nil)
        #expect(Value.string("x").uuid == nil)
    }

    @Test func aTimestampReadsAsSecondsAndIncrement() {
        let time = Timestamp(seconds: 1_700_000_000, increment: 7)
        #expect(time.description == "1700000000.7")
        #expect(Timestamp(bits: time.bits) == time)
    }

    @Test func timestampsAreOrderedBySecondsFirst() {
        let times = [(0, 0), (0, 1), (1, 0), (1, UInt32.max), (UInt32.max, 0)].map {
            Timestamp(seconds: $0.0, increment: $0.1)
        }
        #expect(times == times.shuffled().sorted())
    }

    @Test func thePredecessorCrossesTheSecondAndStopsAtZero() {
        let time = Timestamp(seconds: 5, increment: 0)
        #expect(time.predecessor == Timestamp(seconds: 4, increment: .max))
        #expect(Timestamp.zero.predecessor == .zero)
    }

    @Test func anObjectIDHasTwelveBytes() throws {
        #expect(ObjectID([1]) == nil)
        let id = try #require(Samples.objectID)
        #expect(id.description == "0102030405060708090a0b0c")
    }

    @Test func aLiteralTakesTheNarrowestInteger() {
        #expect(3 as Value == .int32(3))
        #expect(2_147_483_648 as Value == .int64(2_147_483_648))
        #expect(-2_147_483_648 as Value == .int32(.min))
        #expect([1, nil, "a"] as Value == .array(["0": 1, "1": nil, "2": "a"]))
    }

    @Test func numbersConvertOnlyWhenTheyAreWholeAndFit() {
        #expect(Value.double(3).integer == 3)
        #expect(Value.double(3.5).integer == nil)
        #expect(Value.double(.nan).integer == nil)
        #expect(Value.double(1e300).integer == nil)
        #expect(Value.int64(.min).integer == .min)
        #expect(Value.string("3").integer == nil)
        #expect(Value.int32(2).double == 2)
        #expect(Value.null.double == nil)
    }

    @Test func truthIsABoolOrANumberThatIsNotZero() {
        #expect(Value.bool(true).bool == true)
        #expect(Value.double(0).bool == false)
        #expect(Value.int32(1).bool == true)
        #expect(Value.int64(0).bool == false)
        #expect(Value.null.bool == nil)
    }

    @Test func elementsAreThoseOfAnArrayOrADocument() {
        #expect(([1, "b"] as Value).elements == [1, "b"])
        #expect((["x": 2] as Value).elements == [2])
        #expect(Value.null.elements.isEmpty)
    }

    @Test func storedValuesAreToldApartWhereSwiftHoldsThemForEqual() {
        let composed: Document = ["a": "\u{E9}", "b": 0.0]
        let decomposed: Document = ["a": "e\u{301}", "b": -0.0]
        #expect(composed["a"] == decomposed["a"])
        #expect(composed.raw("a") != decomposed.raw("a"))
        #expect(composed["b"] == decomposed["b"])
        #expect(composed.raw("b") != decomposed.raw("b"))
    }

    @Test func textThatIsNotUTF8IsRepaired() throws {
        let document = try #require(
            Document(Samples.framed([2, 0x61, 0, 3, 0, 0, 0, 0xFF, 0x62, 0])))
        #expect(document["a"] == "\u{FFFD}b")
        #expect(document.isWellFormed)
    }
}
