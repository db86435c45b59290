import BSON
import Testing

/// Values and bytes that several suites look at.
enum Samples {
    static let objectID = ObjectID((1...12).map { UInt8($0) })

    /// At least one of every type, each with its bounds.
    static func values() throws -> [Value] {
        let id = try #require(objectID)
        return [
            .double(1.5), .double(-0.0), .double(.infinity), .double(.leastNonzeroMagnitude),
            .string(""), .string("héllo\u{0}wörld 🐳"),
            .document([:]), .document(["a": ["b": ["c": nil]]]),
            .array(Document(array: [])), .array(Document(array: [1, "two", [3]])),
            .binary(subtype: 0, []), .binary(subtype: 2, [0, 1, 0xFF]), .binary(subtype: 0x80, [7]),
            .uuid(BinaryUUID(high: 1, low: .max)),
            .undefined, .objectID(id), .bool(true), .bool(false),
            .date(.min), .date(0), .date(.max), .null,
            .regex(pattern: "", options: ""), .regex(pattern: "^a.*é$", options: "im"),
            .dbPointer(namespace: "db.c", id), .javascript("f()"), .symbol("sym"),
            .javascriptWithScope("", [:]), .javascriptWithScope("f(é)", ["x": 1]),
            .int32(.min), .int32(.max), .timestamp(Timestamp(seconds: .max, increment: 1)),
            .int64(.min), .int64(.max), .decimal128(Decimal128(high: 0x3040 << 48, low: 1)),
            .minKey, .maxKey,
        ]
    }

    /// One document with all of them, named by their place.
    static func document() throws -> Document {
        Document(try values().enumerated().map { ("n\($0.offset)", $0.element) })
    }

    /// A document around these bytes, framed; nil never comes out of it.
    static func framed(_ content: [UInt8]) -> [UInt8] {
        littleEndian(Int32(content.count + 5)) + content + [0]
    }

    static func littleEndian(_ number: Int32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// So many documents, each in the one before.
    static func nested(levels: Int) throws -> Document {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(levels * 8)
        // Outermost first: a level adds length, type, name "a" and final zero.
        for level in 0..<levels {
            bytes += littleEndian(Int32(5 + 8 * (levels - 1 - level)))
            if level < levels - 1 { bytes += [BSONType.document, UInt8(ascii: "a"), 0] }
        }
        bytes += [UInt8](repeating: 0, count: levels)
        return try #require(Document(bytes))
    }
}

/// Calls everything that reads a document, as deep as documents go.
///
/// Returns false when two ways to read it disagree.
func readsConsistently(_ document: Document, depth: Int = 0) -> Bool {
    var isConsistent = true
    var names = Set<[UInt8]>()
    var values = 0
    for element in document {
        let name = element.withName { Array($0) }
        let key = CanonicalKey(element.raw)
        isConsistent = isConsistent && key == CanonicalKey(element.raw.copied())
        isConsistent = isConsistent && element.raw == element.raw.copied()
        if names.insert(name).inserted, String(validating: name, as: UTF8.self) != nil {
            isConsistent = isConsistent && document.raw(element.name) == element.raw
        }
        guard let value = element.value else { continue }
        values += 1
        _ = (value.string, value.bool, value.integer, value.double, value.timestamp, value.uuid)
        _ = value.elements.count
        if case .javascriptWithScope(_, let scope) = value, depth < 300 {
            isConsistent = isConsistent && readsConsistently(scope, depth: depth + 1)
        }
        if let inner = element.document, depth < 300 {
            isConsistent = isConsistent && readsConsistently(inner, depth: depth + 1)
        }
    }
    if depth == 0 {
        _ = document.json
        _ = document.setting("n3", to: 1).removing("n4")
        isConsistent = isConsistent && document.copied() == document
        isConsistent = isConsistent && document.copied().hashValue == document.hashValue
        if document.isWellFormed {
            isConsistent = isConsistent && document.filter { _ in true } == document
            isConsistent = isConsistent && values == document.reduce(0) { count, _ in count + 1 }
        }
    }
    return isConsistent
}
