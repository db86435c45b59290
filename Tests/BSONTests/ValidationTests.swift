import BSON
import Glibc
import Sandbox
import Testing

@Suite struct ValidationTests {
    private func isWellFormed(_ content: [UInt8]) throws -> Bool {
        try #require(Document(Samples.framed(content))).isWellFormed
    }

    @Test func typesThatBSONDoesNotKnowAreMalformed() throws {
        let known: Set<UInt8> = Set((0x01...0x13).map { UInt8($0) } + [0x7F, 0xFF])
        for type in UInt8.min...UInt8.max where !known.contains(type) {
            let content = [type, 0x61, 0] + [UInt8](repeating: 0, count: 32)
            #expect(try !isWellFormed(content), "type \(type)")
        }
    }

    @Test(
        arguments: [
            // A string of length zero, of negative length, beyond the document, without its zero.
            [2, 0x61, 0, 0, 0, 0, 0, 0], [2, 0x61, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0],
            [2, 0x61, 0, 2, 0, 0, 0, 0], [2, 0x61, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0],
            [2, 0x61, 0, 1, 0, 0, 0, 1], [2, 0x61, 0, 1, 0],
            // A document of length four, beyond its parent, without its zero, with an element cut.
            [3, 0x61, 0, 4, 0, 0, 0, 0], [3, 0x61, 0, 6, 0, 0, 0, 0], [3, 0x61, 0, 5, 0, 0, 0, 1],
            [3, 0x61, 0, 8, 0, 0, 0, 0x10, 0x62, 0, 0], [4, 0x61, 0, 0, 0, 0, 0, 0],
            // Binary of negative length, beyond the document, without subtype.
            [5, 0x61, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0], [5, 0x61, 0, 1, 0, 0, 0, 0],
            [5, 0x61, 0, 0, 0, 0, 0],
            // No name's end, no regular expression's options, a pointer without its id.
            [0x0A, 0x61], [0x0A], [0x0B, 0x61, 0, 0x62, 0],
            [0x0C, 0x61, 0, 1, 0, 0, 0, 0, 1, 2, 3],
            // Fixed sizes cut by one byte.
            [1, 0x61, 0, 0, 0, 0, 0, 0, 0, 0], [7, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [8, 0x61, 0], [0x10, 0x61, 0, 0, 0, 0],
        ] as [[UInt8]])
    func anElementThatDoesNotFitIsMalformed(content: [UInt8]) throws {
        #expect(try !isWellFormed(content))
        #expect(readsConsistently(try #require(Document(Samples.framed(content)))))
    }

    @Test(
        arguments: [
            // Whole length; code length, code, its zero; scope.
            ([14, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0], true),
            ([15, 0, 0, 0, 2, 0, 0, 0, 0x66, 0, 5, 0, 0, 0, 0], true),
            ([13, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0], false),
            ([14, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0], false),
            ([14, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 5, 0, 0, 0, 0], false),
            ([14, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0, 5, 0, 0, 0, 0], false),
            // The code's end is not zero; the scope leaves a byte over.
            ([14, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 0, 0, 0], false),
            ([15, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0], false),
        ] as [([UInt8], Bool)])
    func codeAndScopeFillTheirValue(value: [UInt8], isSound: Bool) throws {
        #expect(try isWellFormed([0x0F, 0x61, 0] + value) == isSound)
    }

    @Test func whatNestsDeeperThanServersAllowIsMalformed() throws {
        #expect(try Samples.nested(levels: 200).isWellFormed)
        #expect(try !Samples.nested(levels: 300).isWellFormed)
        #expect(try !Samples.nested(levels: 100_000).isWellFormed)
    }

    /// `LAGZERO_SEEDS` asks for more of them.
    private static let seeds: Range<UInt64> =
        0..<(getenv("LAGZERO_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 20)

    @Test(arguments: seeds) func mutatedDocumentsSoakReading(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let original = try Samples.document().bytes
        for round in 0..<200 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                mutate(&bytes, with: &generator)
            }
            // With the frame mended, so that the mutation gets past it.
            bytes.replaceSubrange(0..<4, with: Samples.littleEndian(Int32(bytes.count)))
            bytes[bytes.count - 1] = 0
            let document = try #require(Document(bytes))
            #expect(readsConsistently(document), "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: seeds) func randomBytesSoakReading(seed: UInt64) throws {
        var generator = SplitMix64(seed: ~seed)
        for round in 0..<500 {
            let count = Int.random(in: 0...200, using: &generator)
            // Small bytes are types and lengths, which get further than any.
            let limit: UInt8 = Bool.random(using: &generator) ? 0x14 : .max
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...limit, using: &generator) }
            if let document = Document(bytes) {
                #expect(readsConsistently(document), "seed \(seed), round \(round)")
            }
            let framed = try #require(Document(Samples.framed(bytes)))
            #expect(readsConsistently(framed), "seed \(seed), round \(round)")
        }
    }

    /// Changes, inserts or removes bytes, or writes a length that lies.
    private func mutate(_ bytes: inout [UInt8], with generator: inout SplitMix64) {
        let position = Int.random(in: 4..<bytes.count - 5, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.insert(UInt8.random(in: 0...0x14, using: &generator), at: position)
        case 3: bytes.remove(at: position)
        default:
            let lengths: [Int32] = [.min, -1, 0, 1, 4, 5, 13, 14, Int32(bytes.count), .max]
            let length = lengths.randomElement(using: &generator) ?? 0
            bytes.replaceSubrange(position..<position + 4, with: Samples.littleEndian(length))
        }
    }
}
