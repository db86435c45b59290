import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Keys that are set aside on a real destination, and come back.
@Suite struct SpillServerTests {
    private static func add(_ id: Int, of collection: BinaryUUID, to keys: inout DirtyKeys) {
        let last = keys.newestEvent
        let time = Timestamp(seconds: last.seconds, increment: last.increment + 1)
        let generation = keys.begin(at: time)
        keys.note(time)
        _ = keys.add(rawID(.integer(id)), of: collection, time: time, generation: generation)
        keys.advance(to: keys.watermark.streamToken, time: time)
    }

    /// One key is changed again before any worker is done with it: it is dirty at every moment.
    @Test func aHotKeyDoesNotHoldThePosition() async throws {
        let fixture = try await VerifyFixture("spill_hot", ["items": [:]])
        let collection = try await fixture.register("items")
        let dirty = fixture.context.dirty
        let spill = Spill(context: fixture.context)
        dirty.update { keys in
            for id in 1...3 { SpillServerTests.add(id, of: collection, to: &keys) }
        }
        try await spill.spill(isShort: true)
        #expect(dirty.backlog == 0)
        #expect(spill.hasKeys(of: collection))
        dirty.update { SpillServerTests.add(1, of: collection, to: &$0) }
        let application = Task {
            while !Task.isCancelled {
                let work = dirty.take(limit: 10, maximumBytes: 1_000)
                dirty.update { keys in
                    SpillServerTests.add(1, of: collection, to: &keys)
                    if let work { keys.complete(work, answeredAt: work.newest) }
                }
                await Task.yield()
            }
        }
        let restoring = Task { try await spill.restore(collection) }
        try await eventually("nothing is set aside", within: .seconds(60)) { spill.isEmpty }
        try await restoring.value
        application.cancel()
        await application.value
        #expect(spill.floor == nil)
        #expect(dirty.backlog >= 1)
        #expect(try await fixture.context.store.find("dirty").isEmpty)
    }
}
