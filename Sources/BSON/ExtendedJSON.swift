/// Relaxed extended JSON (specification: "MongoDB Extended JSON v2"), for people and for `--json`; dates stay numbers.
extension Document {
    package var json: String {
        "{" + map { "\(quoted($0.name)): \($0.value?.json ?? "null")" }.joined(separator: ", ")
            + "}"
    }
}

extension Value {
    package var json: String {
        switch self {
        case .double(let number):
            number.isFinite
                ? (Int64(exactly: number).map { "\($0).0" } ?? "\(number)")
                : "{\"$numberDouble\": \"\(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")\"}"
        case .string(let text): quoted(text)
        case .document(let document): document.json
        case .array(let array):
            "[" + array.map { $0.value?.json ?? "null" }.joined(separator: ", ") + "]"
        case .binary(let subtype, let bytes):
            if let uuid {
                "{\"$uuid\": \"\(uuid)\"}"
            } else {
                "{\"$binary\": {\"hex\": \"\(hexadecimal(bytes))\", \"subType\": \"\(hexadecimal([subtype]))\"}}"
            }
        case .undefined: "{\"$undefined\": true}"
        case .objectID(let id): "{\"$oid\": \"\(id)\"}"
        case .bool(let flag): flag ? "true" : "false"
        case .date(let milliseconds): "{\"$date\": {\"$numberLong\": \"\(milliseconds)\"}}"
        case .null: "null"
        case .regex(let pattern, let options):
            "{\"$regularExpression\": {\"pattern\": \(quoted(pattern)), \"options\": \(quoted(options))}}"
        case .dbPointer(let namespace, let id):
            "{\"$dbPointer\": {\"$ref\": \(quoted(namespace)), \"$id\": {\"$oid\": \"\(id)\"}}}"
        case .javascript(let code): "{\"$code\": \(quoted(code))}"
        case .symbol(let text): "{\"$symbol\": \(quoted(text))}"
        case .javascriptWithScope(let code, let scope):
            "{\"$code\": \(quoted(code)), \"$scope\": \(scope.json)}"
        case .int32(let number): "\(number)"
        case .timestamp(let time):
            "{\"$timestamp\": {\"t\": \(time.seconds), \"i\": \(time.increment)}}"
        case .int64(let number): "\(number)"
        case .decimal128(let decimal): "{\"$numberDecimal\": \"\(decimal)\"}"
        case .minKey: "{\"$minKey\": 1}"
        case .maxKey: "{\"$maxKey\": 1}"
        }
    }
}

/// A JSON string: quotes, backslashes and control characters escaped.
private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            quoted += "\\u00" + hexadecimal([UInt8(scalar.value)])
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
