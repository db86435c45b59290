import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct SeenWritesTests {
    private func insert(at seconds: UInt32) throws -> ChangeEvent {
        let event: Document = [
            "_id": ["_data": "82"], "operationType": "insert",
            "clusterTime": .timestamp(Timestamp(seconds: seconds, increment: 1)),
            "ns": ["db": "shop", "coll": "orders"], "documentKey": ["_id": 1],
        ]
        return try #require(ChangeEvent.all(in: [event]).first)
    }

    @Test func lookingAtThemDoesNotEndTheQuiet() {
        let writes = SeenWrites()
        let before = writes.quiet
        while writes.quiet <= before {}
        let reached = writes.quiet
        writes.reset()
        #expect(writes.quiet >= reached)
        #expect(writes.busiest == [])
    }

    @Test func aWriteThatIsReadLateCountsFromWhenItWasWritten() throws {
        let writes = SeenWrites()
        let newest = Timestamp(seconds: 1_000, increment: 1)
        writes.note(try insert(at: 900), newestOfSource: newest)
        #expect(writes.quiet >= .seconds(100))
        #expect(writes.recent == [])
        writes.note(try insert(at: 999), newestOfSource: newest)
        #expect(writes.quiet < .seconds(60))
        #expect(writes.newest?.namespace == Namespace("shop", "orders"))
    }
}
