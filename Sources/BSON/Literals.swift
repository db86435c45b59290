/// Commands are written as literals: `["find": "people", "filter": ["age": 3], "batchSize": 100]`.
extension Document: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension Value: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self = .string(text) }
}

extension Value: ExpressibleByStringInterpolation {}

extension Value: ExpressibleByIntegerLiteral {
    package init(integerLiteral number: Int) { self = .integer(number) }
}

extension Value: ExpressibleByFloatLiteral {
    package init(floatLiteral number: Double) { self = .double(number) }
}

extension Value: ExpressibleByBooleanLiteral {
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension Value: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension Value: ExpressibleByArrayLiteral {
    package init(arrayLiteral values: Value...) { self = .array(Document(array: values)) }
}

extension Value: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, Value)...) {
        self = .document(Document(elements))
    }
}

extension Value {
    /// The narrowest integer that holds the number.
    package static func integer(_ number: Int) -> Value {
        Int32(exactly: number).map(Value.int32) ?? .int64(Int64(number))
    }
}
