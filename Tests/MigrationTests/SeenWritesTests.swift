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

    private func counts(_ fields: Document, _ filter: NamespaceFilter) throws -> Bool {
        var event: Document = [
            "_id": ["_data": "82"],
            "clusterTime": .timestamp(Timestamp(seconds: 1_000, increment: 1)),
        ]
        for element in fields {
            if let value = element.value { event = event.setting(element.name, to: value) }
        }
        let writes = SeenWrites(filter: filter)
        writes.note(try #require(ChangeEvent(event)), newestOfSource: nil)
        return writes.newest != nil && writes.recent.count == 1 && writes.total == 1
    }

    private func filter(include: [String] = [], exclude: [String] = []) -> NamespaceFilter {
        NamespaceFilter(
            include: include.compactMap { .init($0) }, exclude: exclude.compactMap { .init($0) })
    }

    /// A job of an excluded database writes its results anew all the time.
    @Test(
        arguments: [
            [
                "operationType": "insert", "ns": ["db": "jobs", "coll": "a"],
                "documentKey": ["_id": 1],
            ],
            ["operationType": "create", "ns": ["db": "jobs", "coll": "tmp.agg_out"]],
            ["operationType": "createIndexes", "ns": ["db": "jobs", "coll": "a"]],
            [
                "operationType": "rename", "ns": ["db": "jobs", "coll": "a"],
                "to": ["db": "jobs", "coll": "b"],
            ],
            ["operationType": "drop", "ns": ["db": "jobs", "coll": "system.buckets.a"]],
            ["operationType": "dropDatabase", "ns": ["db": "jobs"]],
            [
                "operationType": "insert", "ns": ["db": "jobs", "coll": "system.views"],
                "documentKey": ["_id": "jobs.view"],
            ],
        ] as [Document])
    func whatIsNotMigratedDoesNotCount(fields: Document) throws {
        #expect(try !counts(fields, filter(exclude: ["jobs.*"])))
        #expect(try !counts(fields, filter(include: ["shop.*"])))
        #expect(try counts(fields, filter()))
        #expect(try counts(fields, filter(include: ["jobs.*"])))
    }

    @Test func aRenameCountsIfOneOfItsEndsIsMigrated() throws {
        let rename: Document = [
            "operationType": "rename", "ns": ["db": "jobs", "coll": "a"],
            "to": ["db": "shop", "coll": "b"],
        ]
        for exclusion in ["jobs.*", "shop.*"] {
            #expect(try counts(rename, filter(exclude: [exclusion])))
        }
        #expect(try !counts(rename, filter(exclude: ["jobs.*", "shop.*"])))
    }

    @Test func theDropOfADatabaseCountsIfSomethingOfItIsMigrated() throws {
        let drop: Document = ["operationType": "dropDatabase", "ns": ["db": "jobs"]]
        #expect(try counts(drop, filter(exclude: ["jobs.a"])))
        #expect(try counts(drop, filter(include: ["jobs.a"])))
        #expect(try !counts(drop, filter(include: ["jobs.a"], exclude: ["jobs.*"])))
        let view: Document = [
            "operationType": "delete", "ns": ["db": "jobs", "coll": "system.views"],
            "documentKey": ["_id": "jobs.view"],
        ]
        #expect(try !counts(view, filter(exclude: ["jobs.view"])))
        #expect(try counts(view, filter(exclude: ["jobs.a"])))
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
