import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct DirtySetTests {
    private static func time(_ seconds: UInt32) -> Timestamp {
        Timestamp(seconds: seconds, increment: 1)
    }

    private static func token(_ seconds: UInt32) -> ResumeToken {
        ResumeToken(["_data": .integer(Int(seconds))])
    }

    /// One batch a second, with a catalog event each.
    private func dirty(_ seconds: ClosedRange<UInt32>) -> DirtySet {
        let dirty = DirtySet(
            token: DirtySetTests.token(seconds.lowerBound - 1),
            time: DirtySetTests.time(seconds.lowerBound - 1))
        for second in seconds { catalogEvent(at: second, dirty) }
        return dirty
    }

    private func catalogEvent(
        at second: UInt32, _ dirty: DirtySet, about subjects: CatalogSubjects = CatalogSubjects()
    ) {
        let isDirty = dirty.takeEvents { keys in
            let generation = keys.begin(at: DirtySetTests.time(second))
            keys.note(DirtySetTests.time(second))
            keys.advance(to: DirtySetTests.token(second), time: DirtySetTests.time(second))
            return CatalogHold(generation: generation, subjects: subjects)
        }
        #expect(isDirty)
    }

    @Test func catalogEventsHoldThePositionUntilTheyAreAnswered() {
        let dirty = dirty(10...12)
        #expect(dirty.resumeToken == DirtySetTests.token(9))
        #expect(dirty.appliedThrough < DirtySetTests.time(10))
        _ = dirty.beginAnsweringCatalog()
        #expect(!dirty.isCatalogDirty)
        // More comes while the run is under way, which fails.
        catalogEvent(at: 13, dirty)
        dirty.endAnsweringCatalog(isAnswered: false)
        #expect(dirty.isCatalogDirty)
        #expect(dirty.resumeToken == DirtySetTests.token(9))
        _ = dirty.beginAnsweringCatalog()
        catalogEvent(at: 14, dirty)
        dirty.endAnsweringCatalog(isAnswered: true)
        #expect(dirty.isCatalogDirty)
        #expect(dirty.resumeToken == DirtySetTests.token(13))
        _ = dirty.beginAnsweringCatalog()
        dirty.endAnsweringCatalog(isAnswered: true)
        #expect(dirty.resumeToken == DirtySetTests.token(14))
        #expect(dirty.appliedThrough == DirtySetTests.time(14))
    }

    /// Whether a run of the reconciler has begun to answer them or not.
    @Test(arguments: [false, true])
    func thePositionPassesCatalogEventsThatAreSetAside(isUnderWay: Bool) {
        let dirty = dirty(10...12)
        if isUnderWay { _ = dirty.beginAnsweringCatalog() }
        dirty.setCatalogAside()
        #expect(dirty.resumeToken == DirtySetTests.token(12))
        // They are not answered for that.
        #expect(dirty.appliedThrough < DirtySetTests.time(10))
        catalogEvent(at: 13, dirty)
        dirty.endAnsweringCatalog(isAnswered: false)
        #expect(dirty.isCatalogDirty)
        #expect(dirty.resumeToken == DirtySetTests.token(13))
        #expect(dirty.appliedThrough < DirtySetTests.time(10))
        _ = dirty.beginAnsweringCatalog()
        dirty.endAnsweringCatalog(isAnswered: true)
        #expect(dirty.appliedThrough == DirtySetTests.time(13))
        #expect(dirty.resumeToken == DirtySetTests.token(13))
    }

    @Test func whatARunDoesNotAnswerIsStillKnown() throws {
        func dropped(_ name: String) throws -> CatalogSubjects {
            let event: Document = [
                "operationType": "drop", "clusterTime": .timestamp(DirtySetTests.time(10)),
                "ns": ["db": "db", "coll": .string(name)],
            ]
            var subjects = CatalogSubjects()
            subjects.add(try #require(ChangeEvent(event)))
            return subjects
        }
        let dirty = DirtySet(token: DirtySetTests.token(9), time: DirtySetTests.time(9))
        catalogEvent(at: 10, dirty, about: try dropped("a"))
        catalogEvent(at: 11, dirty, about: try dropped("b"))
        var all = try dropped("a")
        all.formUnion(try dropped("b"))
        #expect(dirty.beginAnsweringCatalog() == all)
        catalogEvent(at: 12, dirty, about: try dropped("c"))
        dirty.endAnsweringCatalog(isAnswered: false)
        all.formUnion(try dropped("c"))
        #expect(dirty.catalogSubjects == all)
    }
}
