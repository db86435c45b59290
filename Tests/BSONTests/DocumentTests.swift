import BSON
import Testing

@Suite struct DocumentTests {
    @Test func theEmptyDocumentIsFiveBytes() {
        #expect(Document().bytes == [5, 0, 0, 0, 0])
        #expect(Document().isEmpty)
        #expect(Document([5, 0, 0, 0, 0]) == Document())
        #expect(Array(Document().map(\.name)).isEmpty)
    }

    @Test(
        arguments: [
            [], [0], [5, 0, 0, 0], [0, 0, 0, 0, 0], [4, 0, 0, 0, 0], [6, 0, 0, 0, 0],
            [5, 0, 0, 0, 1],
            [5, 0, 0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0], [0, 0, 0, 0x80, 0],
            [0xFF, 0xFF, 0xFF, 0x7F, 0],
        ] as [[UInt8]])
    func aFrameThatDoesNotFitIsNoDocument(bytes: [UInt8]) {
        #expect(Document(bytes) == nil)
    }

    @Test func aDocumentCutAtAnyByteIsNoDocument() throws {
        let bytes = try Samples.document().bytes
        for count in 0..<bytes.count {
            #expect(Document(Array(bytes.prefix(count))) == nil, "cut at \(count)")
        }
    }

    @Test func aDocumentFramedAnewIsWellFormedOnlyWhenCutBetweenElements() throws {
        let document = try Samples.document()
        let content = Array(document.bytes.dropFirst(4).dropLast())
        var boundaries: Set<Int> = [0]
        var builder = DocumentBuilder()
        for element in document {
            builder.append(element)
            boundaries.insert(builder.count - 4)
        }
        for count in 0...content.count {
            let cut = try #require(Document(Samples.framed(Array(content.prefix(count)))))
            #expect(cut.isWellFormed == boundaries.contains(count), "cut at \(count)")
            #expect(readsConsistently(cut), "cut at \(count)")
        }
    }

    @Test func readingStopsAtTheFirstElementThatDoesNotFit() throws {
        let bytes = Samples.framed([0x0A, 0x61, 0, 0x10, 0x62, 0, 1, 2, 3])
        let document = try #require(Document(bytes))
        #expect(document.map(\.name) == ["a"])
        #expect(document["b"] == nil)
        #expect(!document.isWellFormed)
        var iterator = document.makeIterator()
        while iterator.next() != nil {}
        #expect(iterator.isMalformed)
    }

    @Test func namesMayBeEmptyOrRepeatedAndTheFirstOneCounts() throws {
        let document = Document([("", 1), ("a", 2), ("a", 3), ("", 4)])
        #expect(document.isWellFormed)
        #expect(document.map(\.name) == ["", "a", "a", ""])
        #expect(document["a"] == 2)
        #expect(document[""] == 1)
    }

    @Test func namesThatAreNotUTF8KeepTheirBytes() throws {
        let bytes = Samples.framed([0x0A, 0xFF, 0xC3, 0, 0x0A, 0xFE, 0])
        let document = try #require(Document(bytes))
        #expect(document.isWellFormed)
        #expect(document.map { $0.withName { Array($0) } } == [[0xFF, 0xC3], [0xFE]])
        #expect(document.map(\.name) == ["\u{FFFD}\u{FFFD}", "\u{FFFD}"])
        #expect(document["\u{FFFD}"] == nil)
        #expect(document.filter { _ in true } == document)
    }

    @Test func namesAreComparedByteByByte() {
        let document: Document = ["e\u{301}": 1, "\u{E9}": 2]
        #expect(document["e\u{301}"] == 1)
        #expect(document["\u{E9}"] == 2)
        #expect(!document.has("e"))
        #expect(document.element("\u{E9}")?.hasName("\u{E9}") == true)
    }

    @Test func equalMeansTheSameBytes() throws {
        let first: Document = ["a": 1, "b": 2]
        let copy = try #require(Document(first.bytes))
        #expect(first == copy)
        #expect(first.hashValue == copy.hashValue)
        #expect(first != ["b": 2, "a": 1])
        #expect(first != ["a": .int64(1), "b": 2])
    }

    @Test func aSubDocumentOutlivesTheDocumentItCameFrom() throws {
        var outer: Document? = ["a": ["b": "text"]]
        let inner = try #require(outer?["a"]?.document)
        let copy = inner.copied()
        outer = nil
        #expect(inner["b"] == "text")
        #expect(copy == inner)
    }
}
