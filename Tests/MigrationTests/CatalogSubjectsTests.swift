import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct CatalogSubjectsTests {

    /// An event on `db`, as the stream shows it.
    private func event(
        _ type: String, on name: String?, _ number: UInt64? = nil, _ more: Document = [:]
    ) throws -> ChangeEvent {
        var event = DocumentBuilder()
        event.append("operationType", .string(type))
        event.append("clusterTime", .timestamp(Timestamp(seconds: 1, increment: 1)))
        event.append("ns", name.map { ["db": "db", "coll": .string($0)] } ?? ["db": "db"])
        if let number { event.append("collectionUUID", .uuid(uuid(number))) }
        event.append(contentsOf: more)
        return try #require(ChangeEvent(event.finish()))
    }

    private func subjects(_ events: ChangeEvent...) -> CatalogSubjects {
        var subjects = CatalogSubjects()
        for event in events { subjects.add(event) }
        return subjects
    }

    private func change(_ name: String, _ number: UInt64) -> CatalogAction {
        .modify(
            paired(number), namespace(name), [:], changes: ["validator"], source: uuid(number))
    }

    @Test func anEventExplainsItsOwnCollectionOnly() throws {
        let subjects = subjects(try event("modify", on: "a", 1))
        #expect(subjects.explain(change("a", 1)))
        // It may have another name on the destination.
        #expect(subjects.explain(change("z", 1)))
        #expect(!subjects.explain(change("b", 2)))
        #expect(
            !subjects.explain(
                IndexBuild(
                    source: uuid(2), destination: paired(2), namespace: namespace("b"), specs: [])))
    }

    @Test func aRenameIsAboutBothNames() throws {
        let subjects = subjects(
            try event("rename", on: "a", 1, ["to": ["db": "db", "coll": "b"]]))
        #expect(
            subjects.explain(
                .drop(paired(2), .collection, namespace("b"), source: uuid(2))))
        #expect(
            subjects.explain(
                .rename(paired(1), from: namespace("a"), to: namespace("b"), source: uuid(1))))
    }

    @Test func aDatabaseIsAllThatIsInIt() throws {
        let subjects = subjects(try event("dropDatabase", on: nil))
        #expect(subjects.explain(change("a", 1)))
        #expect(!subjects.explain(change("other.a", 1)))
    }

    @Test func viewsAreDocuments() throws {
        let subjects = subjects(
            try event("insert", on: "system.views", nil, ["documentKey": ["_id": "db.v"]]))
        #expect(subjects.explain(.createView(view("v", on: "a"))))
        #expect(!subjects.explain(.dropView(namespace("w"))))
    }

    @Test func aTimeSeriesIsItsBuckets() throws {
        let subjects = subjects(try event("modify", on: "t"))
        #expect(subjects.explain(change("db.system.buckets.t", 3)))
    }

    @Test func subjectsExplainTogether() throws {
        var all = subjects(try event("drop", on: "a", 1))
        all.formUnion(subjects(try event("drop", on: "b", 2)))
        #expect(all.explain(change("a", 1)))
        #expect(all.explain(change("b", 2)))
    }
}
