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
        for second in seconds {
            let isDirty = dirty.takeEvents { keys in
                let generation = keys.begin(at: DirtySetTests.time(second))
                keys.note(DirtySetTests.time(second))
                keys.advance(to: DirtySetTests.token(second), time: DirtySetTests.time(second))
                return CatalogHold(generation: generation, subjects: CatalogSubjects())
            }
            #expect(isDirty)
        }
        return dirty
    }

    @Test func catalogEventsHoldThePositionUntilTheyAreAnswered() {
        let dirty = dirty(10...12)
        #expect(dirty.resumeToken == DirtySetTests.token(9))
        #expect(dirty.appliedThrough < DirtySetTests.time(10))
        let holds = dirty.takeCatalogHolds()
        #expect(!dirty.isCatalogDirty)
        dirty.giveBackCatalogHolds(holds)
        #expect(dirty.isCatalogDirty)
        dirty.releaseCatalogHolds(dirty.takeCatalogHolds())
        #expect(dirty.resumeToken == DirtySetTests.token(12))
        #expect(dirty.appliedThrough == DirtySetTests.time(12))
    }

    /// Whether a run of the reconciler has begun to answer them or not.
    @Test(arguments: [false, true])
    func thePositionPassesCatalogEventsThatAreSetAside(isUnderWay: Bool) {
        let dirty = dirty(10...12)
        let taken = isUnderWay ? dirty.takeCatalogHolds() : []
        dirty.setCatalogHoldsAside()
        #expect(dirty.resumeToken == DirtySetTests.token(12))
        // They are not answered for that.
        #expect(dirty.appliedThrough < DirtySetTests.time(10))
        dirty.giveBackCatalogHolds(taken)
        #expect(dirty.isCatalogDirty)
        dirty.setCatalogHoldsAside()
        #expect(dirty.resumeToken == DirtySetTests.token(12))
        dirty.releaseCatalogHolds(dirty.takeCatalogHolds())
        #expect(dirty.appliedThrough == DirtySetTests.time(12))
        #expect(dirty.resumeToken == DirtySetTests.token(12))
    }
}
