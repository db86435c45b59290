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

    @Test func aWriteOfMoreThanAnHourAgoSaysNothingAboutTheDowntime() throws {
        let writes = SeenWrites()
        #expect(writes.downtime(until: .now) == nil)
        writes.note(try insert(at: 1_000), newestOfSource: nil)
        let written = try #require(writes.newestAt)
        #expect(writes.downtime(until: written + .seconds(2)) == 2)
        #expect(writes.downtime(until: written + .seconds(3_599)) == 3_599)
        #expect(writes.downtime(until: written + .seconds(3_600)) == nil)
    }

    @Test func deletesByExpiryAreEventsAndNoWrites() throws {
        let writes = SeenWrites()
        let event: Document = [
            "_id": ["_data": "82"], "operationType": "delete",
            "clusterTime": .timestamp(Timestamp(seconds: 1_000, increment: 1)),
            "ns": ["db": "shop", "coll": "sessions"], "documentKey": ["_id": 1],
        ]
        let delete = try #require(ChangeEvent.all(in: [event]).first)
        writes.setExpiring([Namespace("shop", "sessions")])
        writes.note(delete, newestOfSource: nil)
        #expect(writes.total == 1)
        #expect(writes.recent == [])
        #expect(writes.newestAt == nil)
        writes.setExpiring([])
        writes.note(delete, newestOfSource: nil)
        #expect(writes.recent.map(\.count) == [1])
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
