import BSON
import Testing

@Suite struct DocumentCursorTests {
    private func ids(_ array: Document) -> [Int?] {
        var cursor = DocumentCursor(array)
        var found: [Int?] = []
        while !cursor.isAtEnd {
            found.append(
                cursor.withID { RawValue(type: $0, copying: $1).value?.integer ?? -1 })
            cursor.advance()
        }
        return found
    }

    @Test func walksOverDocumentsAlone() {
        #expect(ids(["0": ["_id": 1], "1": 5, "2": ["a": 1, "_id": 2], "3": [:]]) == [1, 2, nil])
        #expect(ids([:]) == [])
    }

    @Test func comparesBytes() {
        let first: Document = ["0": ["_id": 1], "1": ["_id": 2]]
        let other: Document = ["0": ["_id": 2], "1": ["_id": .int64(2)]]
        var (left, right) = (DocumentCursor(first), DocumentCursor(other))
        #expect(!left.isEqual(to: right))
        #expect(left.isFollowed(by: right))
        #expect(!right.isFollowed(by: left))
        left.advance()
        #expect(left.isEqual(to: right))
        #expect(left.fingerprint == right.fingerprint)
        #expect(left.fingerprint == Fingerprint(["_id": 2]))
        right.advance()
        #expect(!left.isEqual(to: right))
        #expect(left.fingerprint != right.fingerprint)
        left.advance()
        right.advance()
        // Where there is no document nothing is equal.
        #expect(left.isAtEnd && right.isAtEnd && !left.isEqual(to: right))
    }
}
