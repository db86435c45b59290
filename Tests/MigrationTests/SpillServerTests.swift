import BSON
import Mongo
import Sandbox
import Synchronization
import Testing

@testable import Migration

/// Keys that are set aside on a real destination, and come back.
@Suite struct SpillServerTests {
    /// Behind every event: all that there is must be set aside.
    private static let end = Timestamp(seconds: .max, increment: 0)

    private static func add(_ id: Int, of collection: BinaryUUID, to keys: inout DirtyKeys) {
        add(rawID(.integer(id)), of: collection, to: &keys)
    }

    private static func add(
        _ id: RawValue, of collection: BinaryUUID, to keys: inout DirtyKeys,
        isInsertion: Bool = false
    ) {
        let last = keys.newestEvent
        let time = Timestamp(seconds: last.seconds, increment: last.increment + 1)
        let generation = keys.begin(at: time)
        keys.note(time)
        _ = keys.add(
            id, of: collection, time: time, generation: generation, isInsertion: isInsertion)
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
        try await spill.spill(upTo: SpillServerTests.end)
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

    /// Keys that come faster than they are written would be set aside without end, and what is brought back with them.
    @Test func aRoundEndsThoughKeysComeFasterThanItWrites() async throws {
        let fixture = try await VerifyFixture("spill_flood", ["items": [:]])
        let collection = try await fixture.register("items")
        let dirty = fixture.context.dirty
        let spill = Spill(context: fixture.context)
        func addAll() {
            dirty.update { keys in
                for id in 1...100 { SpillServerTests.add(id, of: collection, to: &keys) }
            }
        }
        addAll()
        let application = Task {
            while !Task.isCancelled {
                if dirty.backlog == 0 { addAll() }
                await Task.yield()
            }
        }
        let round = Task { try await spill.relieve(upTo: SpillServerTests.end) }
        let hasEnded = Atomic(false)
        Task {
            _ = await round.result
            hasEnded.store(true, ordering: .sequentiallyConsistent)
        }
        try await eventually("the round is over", within: .seconds(60)) {
            hasEnded.load(ordering: .sequentiallyConsistent)
        }
        application.cancel()
        try await round.value
        try await spill.forget(collection)
    }

    /// Some are set aside, more come, and the next owner reads the last of them again.
    @Test func keysOfACappedCollectionComeBackInTheirOrder() async throws {
        let capped: Document = ["capped": true, "size": 1_000_000]
        let fixture = try await VerifyFixture("spill_order", ["items": capped])
        let collection = try await fixture.register("items", kind: .capped)
        func insert(_ ids: ClosedRange<Int>, _ dirty: DirtySet) {
            dirty.update { keys in
                for id in ids {
                    SpillServerTests.add(
                        rawID(.integer(id)), of: collection, to: &keys, isInsertion: true)
                }
            }
        }
        let first = fixture.context
        insert(1...3, first.dirty)
        try await Spill(context: first).spill(upTo: SpillServerTests.end)
        insert(4...5, first.dirty)
        #expect(first.dirty.take(limit: 10, maximumBytes: 1_000) == nil)

        let context = Context(
            options: first.options, source: first.source, destination: first.destination,
            dirty: DirtySet(
                token: first.dirty.resumeToken, time: first.dirty.read(\.newestEvent)),
            registry: first.registry, status: Status(), retry: first.retry, lease: first.lease,
            store: StateStore(
                lane: first.destination.lane(), retry: first.retry, epoch: first.store.epoch + 1),
            gate: first.gate, workers: first.workers, reconcile: first.reconcile,
            pause: { _, _ in })
        let (dirty, spill) = (context.dirty, Spill(context: context))
        try await spill.load()
        #expect(spill.collections == [collection])
        dirty.update { keys in
            keys.register(collection, isExclusive: true, isOrdered: true, hasSpilled: true)
            keys.setEligible(collection, true)
        }
        insert(3...7, dirty)
        let application = Task {
            var order: [Int] = []
            while !Task.isCancelled, order.count < 7 {
                if let work = dirty.take(limit: 1, maximumBytes: 1_000) {
                    order += work.keys.compactMap { $0.ids.first?.value?.integer }
                    dirty.update { $0.complete(work, answeredAt: work.newest) }
                }
                await Task.yield()
            }
            return order
        }
        try await spill.restore(collection)
        #expect(await application.value == Array(1...7))
        #expect(dirty.backlog == 0)
        #expect(spill.isEmpty)
    }

    /// The oldest key is set aside when the others are back already: they wait for it.
    @Test func whatIsSetAsideLateComesBackBeforeTheRest() async throws {
        let capped: Document = ["capped": true, "size": 1_000_000]
        let fixture = try await VerifyFixture("spill_late", ["items": capped])
        let collection = try await fixture.register("items", kind: .capped)
        let (dirty, spill) = (fixture.context.dirty, Spill(context: fixture.context))
        let count = Tuning.spillKeys + 1_000
        let middle = dirty.update { keys in
            SpillServerTests.add(rawID(1), of: collection, to: &keys, isInsertion: true)
            let middle = keys.newestEvent
            for id in 2...count {
                SpillServerTests.add(
                    rawID(.integer(id)), of: collection, to: &keys, isInsertion: true)
            }
            return middle
        }
        let first = try #require(dirty.take(limit: 1, maximumBytes: 1_000))
        try await spill.spill(upTo: SpillServerTests.end)
        #expect(dirty.backlog == 1)
        let restoring = Task { try await spill.restore(collection) }
        try await eventually("they are back") { dirty.backlog == count }
        dirty.update { $0.giveBack(first) }
        try await spill.spill(upTo: middle)
        let application = Task {
            var order: [Int] = []
            while !Task.isCancelled, order.count < count {
                if let work = dirty.take(limit: 100, maximumBytes: 10_000) {
                    order += work.keys.compactMap { $0.ids.first?.value?.integer }
                    dirty.update { $0.complete(work, answeredAt: work.newest) }
                }
                await Task.yield()
            }
            return order
        }
        try await restoring.value
        #expect(await application.value == Array(1...count))
        #expect(spill.isEmpty)
        #expect(try await fixture.context.store.find("dirty").isEmpty)
    }

    /// Neither of the collections is copied; the first key of one of them holds the position.
    @Test func aRoundEndsWhenThePositionIsAtTheMiddle() async throws {
        let fixture = try await VerifyFixture("spill_middle", ["old": [:], "young": [:]])
        let old = try await fixture.register("old")
        let young = try await fixture.register("young")
        let dirty = fixture.context.dirty
        let spill = Spill(context: fixture.context)
        let middle = dirty.update { keys in
            for collection in [old, young] { keys.setEligible(collection, false) }
            SpillServerTests.add(1, of: old, to: &keys)
            let middle = keys.newestEvent
            for id in 1...3 { SpillServerTests.add(id, of: young, to: &keys) }
            return middle
        }
        #expect(dirty.appliedThrough < middle)
        try await spill.spill(upTo: middle)
        #expect(dirty.appliedThrough == middle)
        #expect(spill.collections == [old])
        #expect(dirty.backlog == 3)
        // Nothing holds the position any more that is older.
        try await spill.spill(upTo: middle)
        #expect(dirty.backlog == 3)
        try await spill.forget(old)
    }

    /// 0.1 as a double and as a decimal: different ids under one key.
    @Test func aSecondSpillingKeepsWhatTheFirstOneKnew() async throws {
        let fixture = try await VerifyFixture("spill_twice", ["items": [:]])
        let collection = try await fixture.register("items")
        let (dirty, store) = (fixture.context.dirty, fixture.context.store)
        let spill = Spill(context: fixture.context)
        let double = rawID(.double(0.1))
        let decimal = rawID(.decimal128(Decimal128(high: 0x303E_0000_0000_0000, low: 1)))
        #expect(double != decimal && CanonicalKey(double) == CanonicalKey(decimal))
        for (id, isInsertion) in [(double, true), (rawID(2), true), (decimal, false)] {
            dirty.update {
                SpillServerTests.add(id, of: collection, to: &$0, isInsertion: isInsertion)
            }
            try await spill.spill(upTo: SpillServerTests.end)
        }
        let newest = dirty.read(\.newestEvent)
        let found = try await store.find("dirty").sorted {
            ($0["order"]?.integer ?? 0) < ($1["order"]?.integer ?? 0)
        }
        #expect(found.count == 2)
        #expect(
            Set(found[0]["ids"]?.elements.compactMap { $0.document?.raw("_id") } ?? [])
                == [double, decimal])
        #expect(found[0]["inserted"]?.bool == true)
        #expect(found[0]["newest"]?.timestamp == newest)
        try await spill.forget(collection)
        #expect(try await store.find("dirty").isEmpty)
    }

    @Test func i7IDsOfAMegabyteAreSetAside() async throws {
        let fixture = try await VerifyFixture("spill_large", ["items": [:]])
        let collection = try await fixture.register("items")
        let spill = Spill(context: fixture.context)
        let count = 20
        fixture.context.dirty.update { keys in
            for number in 0..<count {
                let id = rawID(.string("\(number)" + String(repeating: "x", count: 1 << 20)))
                SpillServerTests.add(id, of: collection, to: &keys)
            }
        }
        try await spill.spill(upTo: SpillServerTests.end)
        #expect(try await fixture.context.store.find("dirty").count == count)
        try await spill.forget(collection)
    }

    /// Each part would be found by looking at all that is left.
    @Test func spilledKeysAreFoundByAnIndex() async throws {
        let fixture = try await VerifyFixture("spill_index", ["items": [:]])
        let collection = try await fixture.register("items")
        let dirty = fixture.context.dirty
        let spill = Spill(context: fixture.context)
        func uses() async throws -> Int {
            try await fixture.destination.open(
                ["aggregate": "dirty", "pipeline": [["$indexStats": [:]]], "cursor": [:]],
                on: StateStore.database
            ).documents.first { $0["name"]?.string == "order" }?["accesses"]?.document?["ops"]?
            .integer ?? 0
        }
        dirty.update { SpillServerTests.add(1, of: collection, to: &$0) }
        try await spill.spill(upTo: SpillServerTests.end)
        let before = try await uses()
        let restoring = Task { try await spill.restore(collection) }
        try await eventually("it is brought back") { dirty.backlog > 0 }
        #expect(try await uses() > before)
        while let work = dirty.take(limit: 10, maximumBytes: 1_000) {
            dirty.update { $0.complete(work, answeredAt: work.newest) }
        }
        try await restoring.value
        #expect(spill.isEmpty)
    }

    private static func setRefusing(_ isRefusing: Bool) async throws {
        let servers = try await VerifyServers.started.value
        try await servers.destination.members[0].setFailPoint(
            "failCommand",
            [
                "mode": isRefusing ? "alwaysOn" : "off",
                "data": [
                    // OutOfDiskSpace
                    "failCommands": ["update"], "errorCode": 14031,
                    "namespace": "lagzero_internal.spilled",
                ],
            ])
    }

    /// The application goes on, so there is always something to set aside: the file is read back all the same.
    @Test func theFileIsReadBackWhileTheOplogIsShort() async throws {
        var options = MigrationOptions()
        options.dirtyBytes = 8_000
        let fixture = try await VerifyFixture("spill_file", ["items": [:]], options: options)
        let collection = try await fixture.register("items")
        let context = fixture.context
        let spill = Spill(context: context)
        func add(_ ids: Range<Int>) {
            context.dirty.update { keys in
                for id in ids { SpillServerTests.add(id, of: collection, to: &keys) }
            }
        }
        let begin = context.dirty.appliedThrough
        add(0..<5_000)
        try await SpillServerTests.setRefusing(true)
        try await spill.relieve(upTo: SpillServerTests.end)
        let kept = context.status.figures.onDisk
        #expect(kept > 0)
        #expect(context.dirty.appliedThrough == begin)
        try await SpillServerTests.setRefusing(false)
        for round in 1...3 where context.status.figures.onDisk > 0 {
            add(5_000 + round..<5_001 + round)
            try await spill.relieve(upTo: SpillServerTests.end)
        }
        #expect(context.status.figures.onDisk == 0)
        // Nothing holds the position any more.
        try await spill.relieve(upTo: SpillServerTests.end)
        #expect(context.dirty.backlog == 0)
        #expect(context.dirty.appliedThrough > begin)
        try await spill.forget(collection)
        #expect(try await context.store.find("dirty").isEmpty)
    }

    /// There is no room anywhere: what is not read stays in the oplog.
    @Test func nothingMoreIsReadThanThereIsRoomFor() async throws {
        var options = MigrationOptions()
        options.dirtyBytes = 40_000
        let fixture = try await VerifyFixture("spill_full", ["items": [:]], options: options)
        let collection = try await fixture.register("items")
        let context = fixture.context
        let tail = Tail(context: context, copyRequests: CopyRequests(Signal())) { _ in }
        let reading = Task { try await tail.run() }
        func insert(_ ids: Range<Int>) async throws {
            try await fixture.insert(
                ids.map { ["_id": .integer($0)] }, into: "items", [fixture.source])
        }
        let limit = 2 * options.dirtyBytes
        try await insert(0..<1_000)
        try await eventually("it is full") { context.dirty.read { $0.bytes } > limit }
        let full = context.dirty.backlog
        try await eventually("it says so") { !context.status.waitingFor.isEmpty }
        try await insert(1_000..<1_200)
        #expect(context.dirty.backlog == full)
        while let work = context.dirty.take(limit: 100, maximumBytes: 10_000) {
            context.dirty.update { $0.complete(work, answeredAt: work.newest) }
        }
        // Some of what was left in the oplog may be taken already.
        try await insert(1_200..<1_400)
        try await eventually("it reads on") { context.dirty.backlog >= 200 }
        #expect(context.registry[collection] != nil)
        reading.cancel()
        _ = await reading.result
    }
}
