import BSON
import Testing

@Suite struct DocumentBuilderTests {
    @Test func everyTypeComesBackAsItWasWritten() throws {
        let values = try Samples.values()
        let document = try Samples.document()
        #expect(document.isWellFormed)
        #expect(document.compactMap(\.value) == values)
        #expect(document.map(\.name) == values.indices.map { "n\($0)" })
        #expect(Set(document.map(\.type)).count == 21)
    }

    @Test func everyTypeIsWrittenAsItWasRead() throws {
        let document = try Samples.document()
        var fromValues = DocumentBuilder()
        var fromBytes = DocumentBuilder()
        for element in document {
            fromValues.append(element.name, try #require(element.value))
            fromBytes.append(element.name, raw: element.raw)
        }
        #expect(fromValues.finish() == document)
        #expect(fromBytes.finish() == document)
    }

    @Test func aNotANumberKeepsItsBits() throws {
        let number = Double(bitPattern: 0x7FF8_0000_0000_0042)
        let document = Document([("n", .double(number))])
        #expect(document["n"]?.double?.bitPattern == number.bitPattern)
    }

    @Test func theBytesAreThoseOfTheSpecification() {
        let document: Document = ["hello": "world"]
        #expect(
            document.bytes == [0x16, 0, 0, 0, 2] + Array("hello".utf8) + [0, 6, 0, 0, 0]
                + Array("world".utf8) + [0, 0])
        let number = Document([("n", .timestamp(Timestamp(seconds: 0x0403_0201, increment: 9)))])
        #expect(number.bytes == [16, 0, 0, 0, 0x11, 0x6E, 0, 9, 0, 0, 0, 1, 2, 3, 4, 0])
    }

    @Test func beginAndEndNest() {
        var builder = DocumentBuilder()
        builder.begin("a")
        builder.beginArray("b")
        builder.append("0", 1)
        builder.end()
        builder.append("c", true)
        builder.end()
        builder.append("d", nil)
        #expect(builder.finish() == ["a": ["b": [1], "c": true], "d": nil])
    }

    @Test func aNameIsCutAtItsFirstZeroByte() {
        #expect(Document([("a\u{0}b", 1)]) == ["a": 1])
    }

    @Test func settingReplacesInPlaceOrAdds() {
        let document: Document = ["a": 1, "b": 2, "c": 3]
        #expect(document.setting("b", to: "x") == ["a": 1, "b": "x", "c": 3])
        #expect(document.setting("d", to: 4) == ["a": 1, "b": 2, "c": 3, "d": 4])
    }

    @Test func removingAndFilteringKeepTheOrder() {
        let document: Document = ["a": 1, "b": 2, "c": 3]
        #expect(document.removing("b", "x") == ["a": 1, "c": 3])
        #expect(document.filter { $0.name != "a" } == ["b": 2, "c": 3])
        #expect(document.removing("a", "b", "c") == [:])
    }

    @Test func settingAndRemovingTellApartWhatUnicodeHoldsForTheSame() {
        let document: Document = ["e\u{301}": 1, "\u{E9}": 2]
        #expect(document.setting("\u{E9}", to: 3).compactMap(\.value) == [1, 3])
        #expect(document.removing("\u{E9}").compactMap(\.value) == [1])
    }

    @Test func removingDoesNotTakeARepairedNameForTheOneMeant() throws {
        let document = try #require(Document(Samples.framed([0x0A, 0xFF, 0])))
        #expect(document.removing("\u{FFFD}") == document)
    }

    @Test func aDocumentOfSixteenMegabytesComesBack() {
        let text = String(repeating: "x", count: 16 << 20)
        let document: Document = ["_id": 1, "text": .string(text)]
        #expect(document.isWellFormed)
        #expect(document["text"]?.string?.utf8.count == 16 << 20)
    }
}
