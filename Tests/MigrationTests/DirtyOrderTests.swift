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

    @Test mutating func anUpdateAfterwardsIsNoInsertion() throws {
        try event(1, at: 1)
        let work = try take()
        try event(1, at: 2, isInsertion: false)
        keys.complete(work, answeredAt: Timestamp(seconds: 1, increment: 1))
        #expect(try take().keys.map(\.insertion) == [nil])
    }
}
