import BSON
import Migration
import Mongo
import Testing

/// In a capped collection documents stand in the order in which they were inserted last.
@Suite struct DirtyOrderTests {
    private let collection = uuid(1)
    private var keys = DirtyKeys(token: ResumeToken([:]), time: .zero)

    init() {
        keys.register(collection, isExclusive: true, isOrdered: true)
        keys.setEligible(collection, true)
    }

    private mutating func event(_ id: Int, at time: UInt32, isInsertion: Bool = true) throws {
        let document: Document = ["_id": .integer(id)]
        let time = Timestamp(seconds: 1, increment: time)
        let generation = keys.begin(at: time)
        let raw = try #require(document.raw("_id"))
        _ = keys.add(
            raw, of: collection, time: time, generation: generation, isInsertion: isInsertion)
    }

    private mutating func take(_ limit: Int = 10) throws -> DirtyKeys.Work {
        let work = keys.take(limit: limit, maximumBytes: 1_000)
        return try #require(work)
    }

    private func ids(_ work: DirtyKeys.Work) -> [Int] {
        work.keys.compactMap { $0.ids.first?.value?.integer }
    }

    @Test mutating func aDocumentThatIsInsertedAgainStandsAtTheEnd() throws {
        try event(1, at: 1)
        try event(2, at: 2)
        try event(1, at: 3, isInsertion: false)
        try event(1, at: 4)
        #expect(try ids(take()) == [2, 1])
    }

    @Test mutating func whatIsGivenBackKeepsItsPlace() throws {
        for id in 1...4 { try event(id, at: UInt32(id)) }
        let work = try take(2)
        keys.giveBack(work)
        let again = try take()
        #expect(ids(again) == [1, 2, 3, 4])
        #expect(again.keys.allSatisfy { $0.insertion != nil })
    }

    @Test mutating func anInsertionWhileAWorkerHasTheKeyHasItsOwnPlace() throws {
        try event(1, at: 1)
        let work = try take()
        try event(1, at: 2)
        try event(2, at: 3)
        keys.complete(work, answeredAt: Timestamp(seconds: 1, increment: 1))
        #expect(try ids(take()) == [1, 2])
    }

    /// Takes as many keys as there are for now, and applies them.
    private mutating func applyAll() -> [Int] {
        var all: [Int] = []
        while let work = keys.take(limit: 10, maximumBytes: 1_000) {
            all += ids(work)
            keys.complete(work, answeredAt: Timestamp(seconds: 1, increment: 99))
        }
        return all
    }

    private mutating func drain(_ limit: Int = 10) throws -> DirtyKeys.Drained {
        var round = keys.free
        let drained = keys.drain(&round, limit: limit, maximumBytes: 1_000)
        return try #require(drained)
    }

    /// Sets keys aside where they outlive this process.
    private mutating func spill(_ limit: Int = 10) throws -> [DirtyKeys.Spilled] {
        let drained = try drain(limit)
        keys.releaseDrained(drained)
        return drained.entries.map {
            DirtyKeys.Spilled(ids: $0.ids, place: $0.place, isInserted: $0.isInserted)
        }
    }

    private mutating func bringBack(_ spilled: some Sequence<DirtyKeys.Spilled>) -> Int {
        keys.bringBack(Array(spilled), of: collection)
    }

    @Test mutating func whatIsSetAsideComesBeforeWhatStaysAndWhatComes() throws {
        for id in 1...5 { try event(id, at: UInt32(id)) }
        let spilled = try spill(3)
        try event(6, at: 6)
        keys.setEligible(collection, true)
        #expect(applyAll() == [])
        _ = bringBack(spilled.prefix(2))
        #expect(applyAll() == [1, 2])
        // What came back is set aside once more, and so is what came later.
        _ = bringBack(spilled.suffix(1))
        let again = try spill()
        #expect(again.compactMap { $0.ids.first?.value?.integer } == [3, 4, 5, 6])
        try event(7, at: 7)
        #expect(applyAll() == [])
        _ = bringBack(again)
        #expect(applyAll() == [3, 4, 5, 6])
        keys.endHold(of: collection)
        #expect(applyAll() == [7])
        #expect(keys.count == 0)
    }

    @Test mutating func whatCouldNotBeSetAsideKeepsItsPlace() throws {
        for id in 1...4 { try event(id, at: UInt32(id)) }
        let drained = try drain(2)
        try event(5, at: 5)
        keys.giveBackDrained(drained)
        keys.endHold(of: collection)
        let work = try take()
        #expect(ids(work) == [1, 2, 3, 4, 5])
        #expect(work.keys.allSatisfy { $0.insertion != nil })
    }

    @Test mutating func whatAWorkerGivesBackComesBeforeWhatWasSetAsideMeanwhile() throws {
        for id in 1...4 { try event(id, at: UInt32(id)) }
        let work = try take(2)
        let spilled = try spill(1)
        keys.giveBack(work)
        #expect(applyAll() == [1, 2])
        _ = bringBack(spilled)
        #expect(applyAll() == [3])
    }

    /// It would wait for its turn behind what is set aside, and what is set aside for it.
    @Test mutating func whatIsInsertedAgainMeanwhileDoesNotHoldUpWhatWasSetAside() throws {
        for id in 1...3 { try event(id, at: UInt32(id)) }
        let spilled = try spill(2)
        try event(1, at: 4)
        try event(2, at: 5, isInsertion: false)
        let generation = bringBack(spilled)
        #expect(applyAll() == [2])
        let again = CanonicalKey(try #require(spilled.first?.ids.first))
        let last = try #require(spilled.last?.place)
        #expect(keys.isHeld(again, of: collection))
        #expect(!keys.isUnanswered(again, of: collection, upTo: generation, through: last))
        #expect(keys.contains(again, in: collection))
        keys.endHold(of: collection)
        #expect(applyAll() == [3, 1])
    }

    /// What came back is not applied because it is held: it stays where it was set aside.
    @Test mutating func whatCameBackWaitsForWhatIsSetAsideBeforeIt() throws {
        for id in 1...3 { try event(id, at: UInt32(id)) }
        let work = try take(1)
        let spilled = try spill(2)
        let generation = bringBack(spilled)
        keys.giveBack(work)
        let first = try spill(1)
        #expect(applyAll() == [])
        let last = try #require(spilled.last?.place)
        for id in spilled.flatMap(\.ids) {
            let key = CanonicalKey(id)
            #expect(keys.isHeld(key, of: collection))
            #expect(keys.isUnanswered(key, of: collection, upTo: generation, through: last))
        }
        _ = bringBack(first + spilled)
        #expect(applyAll() == [1, 2, 3])
    }

    @Test mutating func whatAnEarlierOwnerHasSetAsideComesFirst() throws {
        keys.unregister(collection)
        keys.register(collection, isExclusive: true, isOrdered: true, hasSpilled: true)
        keys.setEligible(collection, true)
        for id in 1...2 { try event(id, at: UInt32(id)) }
        #expect(applyAll() == [])
        let id = try #require((["_id": 9] as Document).raw("_id"))
        _ = bringBack([DirtyKeys.Spilled(ids: [id], place: -1_000, isInserted: true)])
        #expect(applyAll() == [9])
        keys.endHold(of: collection)
        #expect(applyAll() == [1, 2])
    }

    @Test mutating func anUpdateAfterwardsIsNoInsertion() throws {
        try event(1, at: 1)
        let work = try take()
        try event(1, at: 2, isInsertion: false)
        keys.complete(work, answeredAt: Timestamp(seconds: 1, increment: 1))
        #expect(try take().keys.map(\.insertion) == [nil])
    }
}
