import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// The keys against a model: which documents have unanswered events, and who has which.
@Suite struct DirtyKeysTests {
    private struct Model {
        /// Time of the newest event of every document that may differ, by document.
        var dirty: [Int: UInt32] = [:]
        /// Documents that are set aside, and those that came back from there without an event.
        var spilled: Set<Int> = []
        var restored: Set<Int> = []
        var now: UInt32 = 0
    }

    private static let collection = uuid(1)

    private static func time(_ increment: UInt32) -> Timestamp {
        Timestamp(seconds: 1, increment: increment)
    }

    private static func token(_ increment: UInt32) -> ResumeToken {
        ResumeToken(["_data": .integer(Int(increment))])
    }

    private static func id(_ key: DirtyKeys.Key) -> Int { key.ids[0].value?.integer ?? -1 }

    /// Random events, workers that succeed or fail, keys that are set aside: at every moment a document belongs to one
    /// worker at most, and neither the position nor the checkpoint passes an event that is not answered.
    @Test(arguments: UInt64(0)..<40)
    func noOrderOfWorkLosesAnEvent(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var keys = DirtyKeys(token: DirtyKeysTests.token(0), time: DirtyKeysTests.time(0))
        keys.register(DirtyKeysTests.collection, isExclusive: seed % 4 == 0)
        keys.setEligible(DirtyKeysTests.collection, true)
        var model = Model()
        var work: [DirtyKeys.Work] = []
        for _ in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: readBatch(&keys, &model, &random)
            case 4..<6:
                let taken = keys.take(limit: 3, maximumBytes: 1_000)
                if let taken { work.append(taken) }
            case 6..<8 where !work.isEmpty:
                let done = work.remove(at: Int.random(in: 0..<work.count, using: &random))
                keys.complete(done, answeredAt: done.newest)
                for key in done.keys {
                    let id = DirtyKeysTests.id(key)
                    model.restored.remove(id)
                    // Events after the read are not answered by it.
                    if let newest = model.dirty[id],
                        DirtyKeysTests.time(newest) <= done.newest
                    {
                        model.dirty[id] = nil
                    }
                }
            case 8 where !work.isEmpty:
                keys.giveBack(work.removeLast())
            default:
                setAside(&keys, &model, &random)
            }
            try check(keys, model, work)
        }
    }

    private func readBatch(
        _ keys: inout DirtyKeys, _ model: inout Model, _ random: inout SplitMix64
    ) {
        let generation = keys.begin(at: DirtyKeysTests.time(model.now + 1))
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            model.now += 1
            let id = Int.random(in: 0..<12, using: &random)
            let time = DirtyKeysTests.time(model.now)
            keys.note(time)
            _ = keys.add(
                rawID(.integer(id)), of: DirtyKeysTests.collection, time: time,
                generation: generation)
            model.dirty[id] = model.now
        }
        keys.advance(to: DirtyKeysTests.token(model.now), time: DirtyKeysTests.time(model.now))
    }

    private func setAside(
        _ keys: inout DirtyKeys, _ model: inout Model, _ random: inout SplitMix64
    ) {
        if !model.spilled.isEmpty, Bool.random(using: &random) {
            keys.redirty(
                model.spilled.sorted().map { rawID(.integer($0)) }, of: DirtyKeysTests.collection)
            model.restored.formUnion(model.spilled)
            model.spilled = []
            return
        }
        var round = keys.free
        if let drained = keys.drain(&round, limit: 4, maximumBytes: 1_000) {
            keys.releaseDrained(drained)
            for entry in drained.entries {
                let id = entry.ids[0].value?.integer ?? -1
                model.dirty[id] = nil
                model.restored.remove(id)
                model.spilled.insert(id)
            }
        }
    }

    private func check(_ keys: DirtyKeys, _ model: Model, _ work: [DirtyKeys.Work]) throws {
        let taken = work.flatMap { $0.keys.map(DirtyKeysTests.id) }
        #expect(Set(taken).count == taken.count, "a document has two workers")
        for id in Set(model.dirty.keys).union(model.restored) {
            #expect(
                keys.contains(CanonicalKey(rawID(.integer(id))), in: DirtyKeysTests.collection),
                "document \(id) was lost")
        }
        // The position may not pass the first of the events that are not answered.
        if let oldest = model.dirty.values.min() {
            #expect(keys.watermark.appliedThrough < DirtyKeysTests.time(oldest))
            let stored = try #require(keys.watermark.resumeToken.document["_data"]?.integer)
            #expect(stored < Int(oldest))
        } else if work.isEmpty, model.restored.isEmpty {
            #expect(keys.watermark.appliedThrough == DirtyKeysTests.time(model.now))
            #expect(keys.count == 0)
            #expect(keys.bytes == 0)
        }
    }

    /// What a worker of the forgotten collection does afterwards says nothing about the new one.
    @Test func workOfAForgottenCollectionIsOver() throws {
        var keys = DirtyKeys(token: DirtyKeysTests.token(0), time: DirtyKeysTests.time(0))
        func add(at time: UInt32) {
            let generation = keys.begin(at: DirtyKeysTests.time(time))
            _ = keys.add(
                rawID(1), of: DirtyKeysTests.collection, time: DirtyKeysTests.time(time),
                generation: generation)
            keys.advance(to: DirtyKeysTests.token(time), time: DirtyKeysTests.time(time))
        }
        func register() {
            keys.register(DirtyKeysTests.collection, isExclusive: true)
            keys.setEligible(DirtyKeysTests.collection, true)
        }
        register()
        add(at: 1)
        let old = keys.take(limit: 10, maximumBytes: 1_000)
        keys.unregister(DirtyKeysTests.collection)
        register()
        add(at: 2)
        let new = keys.take(limit: 10, maximumBytes: 1_000)
        keys.complete(try #require(old), answeredAt: DirtyKeysTests.time(9))
        #expect(keys.isBeingApplied(DirtyKeysTests.collection))
        #expect(keys.count == 1)
        keys.complete(try #require(new), answeredAt: DirtyKeysTests.time(2))
        #expect(keys.count == 0)
        #expect(keys.watermark.appliedThrough == DirtyKeysTests.time(2))
    }

    /// Collections that are always busy do not hold up the others, however long that goes on.
    @Test func everyCollectionHasItsTurn() throws {
        let busy = [uuid(1), uuid(2)]
        let quiet = uuid(3)
        var keys = DirtyKeys(token: DirtyKeysTests.token(0), time: DirtyKeysTests.time(0))
        for collection in busy + [quiet] {
            keys.register(collection, isExclusive: false)
            keys.setEligible(collection, true)
        }
        for round in 1...200 {
            let now = DirtyKeysTests.time(UInt32(round))
            let generation = keys.begin(at: now)
            func change(_ id: Int, of collection: BinaryUUID) {
                let isKept = keys.add(
                    rawID(.integer(id)), of: collection, time: now, generation: generation)
                #expect(isKept)
            }
            for collection in busy { for id in 0..<3 { change(round * 3 + id, of: collection) } }
            if round == 200 { change(0, of: quiet) }
            guard round < 200 else { break }
            for _ in 0..<2 {
                let taken = keys.take(limit: 2, maximumBytes: 1_000)
                let work = try #require(taken)
                keys.complete(work, answeredAt: work.newest)
            }
        }
        var next: Set<BinaryUUID> = []
        for _ in 0..<3 {
            let work = keys.take(limit: 1, maximumBytes: 1_000)
            if let work { next.insert(work.collection) }
        }
        #expect(next == Set(busy + [quiet]))
    }

    /// However much comes to a busy collection meanwhile, and though none of them can be applied.
    @Test func aRoundOfSettingAsideReachesEveryCollection() throws {
        let (busy, quiet) = (uuid(1), (2...9).map { uuid($0) })
        var keys = DirtyKeys(token: DirtyKeysTests.token(0), time: DirtyKeysTests.time(0))
        for collection in [busy] + quiet { keys.register(collection, isExclusive: false) }
        var now: UInt32 = 0
        func change(_ id: Int, of collection: BinaryUUID) {
            now += 1
            let generation = keys.begin(at: DirtyKeysTests.time(now))
            _ = keys.add(
                rawID(.integer(id)), of: collection, time: DirtyKeysTests.time(now),
                generation: generation)
            keys.advance(to: DirtyKeysTests.token(now), time: DirtyKeysTests.time(now))
        }
        for id in 0..<2 { change(id, of: busy) }
        for collection in quiet { change(0, of: collection) }
        for id in 2..<6 { change(id, of: busy) }
        let last = now
        var round = keys.free
        var order: [BinaryUUID] = []
        while order.count < 100, let drained = keys.drain(&round, limit: 2, maximumBytes: 1_000) {
            keys.releaseDrained(drained)
            order.append(drained.collection)
            for id in 0..<4 { change(id, of: busy) }
        }
        // Whose next key is the oldest comes first.
        #expect(order == [busy] + quiet + [busy, busy])
        #expect(keys.watermark.appliedThrough >= DirtyKeysTests.time(last))
    }

    @Test func aKeyThatChangesAllTheTimeIsAnsweredInBetween() throws {
        let (collection, key) = (DirtyKeysTests.collection, CanonicalKey(rawID(1)))
        var keys = DirtyKeys(token: DirtyKeysTests.token(0), time: DirtyKeysTests.time(0))
        keys.register(collection, isExclusive: false)
        keys.setEligible(collection, true)
        let generation = keys.redirty([rawID(1)], of: collection)
        #expect(keys.isUnanswered(key, of: collection, upTo: generation))
        let work = keys.take(limit: 10, maximumBytes: 1_000)
        let time = DirtyKeysTests.time(1)
        let newer = keys.begin(at: time)
        _ = keys.add(rawID(1), of: collection, time: time, generation: newer)
        #expect(keys.isUnanswered(key, of: collection, upTo: generation))
        keys.complete(try #require(work), answeredAt: DirtyKeysTests.time(0))
        #expect(!keys.isUnanswered(key, of: collection, upTo: generation))
        #expect(keys.isUnanswered(key, of: collection, upTo: newer))
        #expect(keys.contains(key, in: collection))
    }
}
