/// Relaxed extended JSON (specification: "MongoDB Extended JSON v2"), for people and for `--json`;
/// dates stay numbers. What does not fit or nests too deeply is `null`.
extension Document {
    package var json: String { json(depth: 0) }

    fileprivate func json(depth: Int) -> String {
        guard depth < Document.maximumDepth else { return "null" }
        let members = map { "\(quoted($0.name)): \($0.value?.json(depth: depth) ?? "null")" }
        return "{" + members.joined(separator: ", ") + "}"
    }

    fileprivate func arrayJSON(depth: Int) -> String {
        guard depth < Document.maximumDepth else { return "null" }
        let members = map { $0.value?.json(depth: depth) ?? "null" }
        return "[" + members.joined(separator: ", ") + "]"
    }
}

extension Value {
    package var json: String { json(depth: 0) }

    /// `depth` counts the documents around the value.
    fileprivate func json(depth: Int) -> String {
        switch self {
        case .double(let number): numberJSON(number)
        case .string(let text): quoted(text)
        case .document(let document): document.json(depth: depth + 1)
        case .array(let array): array.arrayJSON(depth: depth + 1)
        case .binary(let subtype, let bytes):
            if let uuid {
                "{\"$uuid\": \"\(uuid)\"}"
            } else {
                """
                {"$binary": {"base64": "\(base64(bytes))", "subType": "\(hexadecimal([subtype]))"}}
                """
            }
        case .undefined: "{\"$undefined\": true}"
        case .objectID(let id): "{\"$oid\": \"\(id)\"}"
        case .bool(let flag): flag ? "true" : "false"
        case .date(let milliseconds): "{\"$date\": {\"$numberLong\": \"\(milliseconds)\"}}"
        case .null: "null"
        case .regex(let pattern, let options):
            """
            {"$regularExpression": {"pattern": \(quoted(pattern)), "options": \(quoted(options))}}
            """
        case .dbPointer(let namespace, let id):
            "{\"$dbPointer\": {\"$ref\": \(quoted(namespace)), \"$id\": {\"$oid\": \"\(id)\"}}}"
        case .javascript(let code): "{\"$code\": \(quoted(code))}"
        case .symbol(let text): "{\"$symbol\": \(quoted(text))}"
        case .javascriptWithScope(let code, let scope):
            "{\"$code\": \(quoted(code)), \"$scope\": \(scope.json(depth: depth + 1))}"
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

/// Always with a fraction or an exponent, so that it reads back as a double.
private func numberJSON(_ number: Double) -> String {
    if number.isNaN { return "{\"$numberDouble\": \"NaN\"}" }
    guard number.isFinite else {
        return "{\"$numberDouble\": \"\(number < 0 ? "-" : "")Infinity\"}"
    }
    return "\(number)"
}

/// Base64 as in RFC 4648, section 4, padded.
private func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<Swift.min(start + 3, bytes.count)]
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
        for position in 0..<4 {
            let digit = Int(bits >> (18 - 6 * UInt32(position)) & 0x3F)
            text.append(position <= group.count ? alphabet[digit] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
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
