/// Writes a document, element after element.
///
/// `begin` and `end` nest; every `begin` needs its `end` before `finish`. Names must not contain a
/// zero byte (one that does is cut there, as no BSON could hold it).
package struct DocumentBuilder {
    private var bytes: ByteWriter
    /// Where the length of each open document stands, outermost first.
    private var open: [Int] = [0]

    package init(reserving capacity: Int = 64) {
        bytes = ByteWriter(reserving: capacity)
        bytes.append(integer: UInt32(0))
    }

    /// Goes on behind the last element of a document.
    package init(_ document: Document) {
        self.init(reserving: document.count + 64)
        append(contentsOf: document)
    }

    /// Bytes written so far, the final zeros not counted.
    package var count: Int { bytes.count }

    package mutating func append(_ name: String, _ value: Value) {
        switch value {
        case .double(let number): fixed(BSONType.double, name, number.bitPattern)
        case .string(let text): string(BSONType.string, name, text)
        case .document(let document):
            start(BSONType.document, name)
            document.withBytes { bytes.append(contentsOf: $0) }
        case .array(let document):
            start(BSONType.array, name)
            document.withBytes { bytes.append(contentsOf: $0) }
        case .binary(let subtype, let content):
            start(BSONType.binary, name)
            integer(Int32(content.count))
            bytes.append(subtype)
            bytes.append(contentsOf: content)
        case .undefined: start(BSONType.undefined, name)
        case .objectID(let id):
            start(BSONType.objectID, name)
            bytes.append(contentsOf: id.bytes)
        case .bool(let flag):
            start(BSONType.bool, name)
            bytes.append(flag ? 1 : 0)
        case .date(let milliseconds): fixed(BSONType.date, name, milliseconds)
        case .null: start(BSONType.null, name)
        case .regex(let pattern, let options):
            start(BSONType.regex, name)
            zeroTerminated(pattern)
            zeroTerminated(options)
        case .dbPointer(let namespace, let id):
            string(BSONType.dbPointer, name, namespace)
            bytes.append(contentsOf: id.bytes)
        case .javascript(let code): string(BSONType.javascript, name, code)
        case .symbol(let text): string(BSONType.symbol, name, text)
        case .javascriptWithScope(let code, let scope):
            start(BSONType.javascriptWithScope, name)
            integer(Int32(4 + 4 + code.utf8.count + 1 + scope.count))
            lengthAndText(code)
            scope.withBytes { bytes.append(contentsOf: $0) }
        case .int32(let number): fixed(BSONType.int32, name, number)
        case .timestamp(let time): fixed(BSONType.timestamp, name, time.bits)
        case .int64(let number): fixed(BSONType.int64, name, number)
        case .decimal128(let decimal):
            fixed(BSONType.decimal128, name, decimal.low)
            integer(decimal.high)
        case .minKey: start(BSONType.minKey, name)
        case .maxKey: start(BSONType.maxKey, name)
        }
    }

    /// A value in the bytes it already has.
    package mutating func append(_ name: String, raw value: RawValue) {
        start(value.type, name)
        value.withBytes { bytes.append(contentsOf: $0) }
    }

    /// An element with the name and the bytes it already has.
    package mutating func append(_ element: Element) {
        bytes.append(element.type)
        element.withName { bytes.append(contentsOf: $0) }
        bytes.append(0)
        element.raw.withBytes { bytes.append(contentsOf: $0) }
    }

    /// Every element of another document.
    package mutating func append(contentsOf document: Document) {
        document.withBytes {
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[4..<($0.count - 1)]))
        }
    }

    package mutating func begin(_ name: String) { nest(BSONType.document, name) }

    package mutating func beginArray(_ name: String) { nest(BSONType.array, name) }

    package mutating func end() {
        let position = open.removeLast()
        close(at: position)
    }

    package consuming func finish() -> Document { take() }

    /// The same for a builder that is a property; it must not be used afterwards.
    package mutating func take() -> Document {
        precondition(open.count == 1, "every begin needs its end")
        close(at: 0)
        let count = bytes.count
        return Document(trusting: bytes.take(), start: 0, count: count)
    }

    private mutating func close(at position: Int) {
        bytes.append(0)
        bytes.patch(UInt32(bytes.count - position), at: position)
    }

    private mutating func nest(_ type: UInt8, _ name: String) {
        start(type, name)
        open.append(bytes.count)
        bytes.append(integer: UInt32(0))
    }

    private mutating func start(_ type: UInt8, _ name: String) {
        bytes.append(type)
        zeroTerminated(name)
    }

    private mutating func zeroTerminated(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            let end = utf8.firstIndex(of: 0) ?? utf8.endIndex
            bytes.append(
                contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: utf8[..<end])))
        }
        bytes.append(0)
    }

    private mutating func lengthAndText(_ text: String) {
        integer(Int32(text.utf8.count + 1))
        var text = text
        text.withUTF8 { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
        bytes.append(0)
    }

    private mutating func string(_ type: UInt8, _ name: String, _ text: String) {
        start(type, name)
        lengthAndText(text)
    }

    private mutating func fixed(_ type: UInt8, _ name: String, _ number: some FixedWidthInteger) {
        start(type, name)
        integer(number)
    }

    private mutating func integer(_ number: some FixedWidthInteger) {
        bytes.append(integer: number)
    }
}

extension Document {
    /// A document of these names and values, in this order.
    package init(_ elements: some Sequence<(String, Value)>) {
        var builder = DocumentBuilder()
        for (name, value) in elements { builder.append(name, value) }
        self = builder.finish()
    }

    /// The document that stands for an array of these values.
    package init(array values: some Sequence<Value>) {
        self.init(values.enumerated().map { (String($0.offset), $0.element) })
    }

    /// A copy with this element replaced where it stands, or added at the end.
    package func setting(_ name: String, to value: Value) -> Document {
        var builder = DocumentBuilder(reserving: count + 32)
        var isReplaced = false
        for element in self {
            if element.hasName(name) {
                builder.append(name, value)
                isReplaced = true
            } else {
                builder.append(element)
            }
        }
        if !isReplaced { builder.append(name, value) }
        return builder.finish()
    }

    /// A copy without the elements of these names.
    package func removing(_ names: String...) -> Document {
        filter { element in !names.contains { element.hasName($0) } }
    }

    /// A copy with only the elements that the condition holds for.
    package func filter(_ isIncluded: (Element) -> Bool) -> Document {
        var builder = DocumentBuilder(reserving: count)
        for element in self where isIncluded(element) { builder.append(element) }
        return builder.finish()
    }
}
