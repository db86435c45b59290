import BSON
import Testing

@Suite struct ExtendedJSONTests {
    @Test func everyTypeHasItsForm() throws {
        let id = try #require(Samples.objectID)
        let forms: [(Value, String)] = [
            (.double(1.5), "1.5"), (.double(2), "2.0"), (.double(1e-7), "1e-07"),
            (.double(.nan), #"{"$numberDouble": "NaN"}"#),
            (.double(-.infinity), #"{"$numberDouble": "-Infinity"}"#),
            (.double(.infinity), #"{"$numberDouble": "Infinity"}"#),
            (.string("a"), #""a""#), (["a": [1, nil]], #"{"a": [1, null]}"#), ([], "[]"),
            ([:], "{}"), (.undefined, #"{"$undefined": true}"#),
            (.objectID(id), #"{"$oid": "0102030405060708090a0b0c"}"#), (true, "true"),
            (.date(-1), #"{"$date": {"$numberLong": "-1"}}"#), (nil, "null"),
            (
                .regex(pattern: "a\"", options: "i"),
                #"{"$regularExpression": {"pattern": "a\"", "options": "i"}}"#
            ),
            (
                .dbPointer(namespace: "d.c", id),
                #"{"$dbPointer": {"$ref": "d.c", "$id": {"$oid": "0102030405060708090a0b0c"}}}"#
            ),
            (.javascript("f"), #"{"$code": "f"}"#), (.symbol("s"), #"{"$symbol": "s"}"#),
            (.javascriptWithScope("f", ["x": 1]), #"{"$code": "f", "$scope": {"x": 1}}"#),
            (.int32(.min), "-2147483648"), (.int64(.max), "9223372036854775807"),
            (
                .timestamp(Timestamp(seconds: 1, increment: 2)),
                #"{"$timestamp": {"t": 1, "i": 2}}"#
            ),
            (
                .decimal128(Decimal128(high: 0x303E << 48, low: 15)),
                #"{"$numberDecimal": "15E-1"}"#
            ),
            (.minKey, #"{"$minKey": 1}"#), (.maxKey, #"{"$maxKey": 1}"#),
            (
                .uuid(BinaryUUID(high: 1, low: 2)),
                #"{"$uuid": "00000000-0000-0001-0000-000000000002"}"#
            ),
        ]
        for (value, text) in forms { #expect(value.json == text) }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{3FF}\u{7FF}", "z7/fvw=="),
    ])
    func binaryIsInBase64(text: String, encoded: String) {
        let value = Value.binary(subtype: 0x80, Array(text.utf8))
        #expect(value.json == #"{"$binary": {"base64": "\#(encoded)", "subType": "80"}}"#)
    }

    @Test func zeroKeepsItsSign() {
        #expect(Value.double(0).json == "0.0")
        #expect(Value.double(-0.0).json == "-0.0")
    }

    @Test func namesAndTextsAreEscaped() {
        let document: Document = ["a\"\\": "\n\r\t\u{0}\u{1F}\u{7F}é🐳"]
        #expect(document.json == #"{"a\"\\": "\n\r\t\u0000\u001f\u007fé🐳"}"#)
    }

    @Test func namesKeepTheirOrderAndMayRepeat() {
        #expect(Document([("b", 1), ("a", 2), ("b", 3)]).json == #"{"b": 1, "a": 2, "b": 3}"#)
    }

    @Test func aValueThatCannotBeReadIsNull() throws {
        // JavaScript with scope whose code has no length.
        let bytes: [UInt8] = [0x0F, 0x61, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0]
        let document = try #require(Document(Samples.framed(bytes)))
        #expect(document.json == #"{"a": null}"#)
    }

    @Test func whatNestsDeeperThanServersAllowEndsInNull() throws {
        let json = try Samples.nested(levels: 100_000).json
        #expect(json.hasPrefix(#"{"a": {"a": "#))
        #expect(json.contains("null"))
    }
}
