import BSON
import Testing

@testable import Migration

struct RecheckQueueTests {
    private let start = ContinuousClock.now
    private let collection = BinaryUUID(high: 1, low: 1)
    private let other = BinaryUUID(high: 2, low: 2)

    private func key(_ id: Int) -> DirtyKeys.Key {
        let raw = rawID(.integer(id))
        return DirtyKeys.Key(
            canonical: CanonicalKey(raw), ids: [raw], newest: .zero, isSuspect: false,
            insertion: nil)
    }

    private func later(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func item(
        _ queue: inout RecheckQueue, at now: ContinuousClock.Instant
    ) throws -> RecheckQueue.Item {
        try #require(queue.take(limit: 1, maximumBytes: 1_000_000, now: now)?.items.first)
    }

    private func take(
        _ queue: inout RecheckQueue, at now: ContinuousClock.Instant?
    ) -> [Int] {
        let batch = queue.take(limit: 100, maximumBytes: 1_000_000, now: now)
        return batch?.items.compactMap { $0.ids.first?.value?.integer } ?? []
    }

    private func expect(_ taken: [Int], _ wanted: [Int]) { #expect(taken == wanted) }

    @Test func aKeyWaitsBeforeItIsComparedAgainUnlessItIsUrgent() {
        var queue = RecheckQueue()
        let isKept = queue.note([key(1)], of: collection, now: start)
        #expect(isKept)
        expect(take(&queue, at: start), [])
        var urgent = queue
        expect(take(&urgent, at: nil), [1])
        expect(take(&queue, at: later(5)), [1])
    }

    @Test func aKeyThatIsAppliedAgainAndAgainIsOneEntry() {
        var queue = RecheckQueue()
        for _ in 0..<100 { _ = queue.note([key(1), key(2)], of: collection, now: start) }
        #expect(queue.count == 2)
        expect(take(&queue, at: later(5)), [1, 2])
        expect(take(&queue, at: later(9)), [])
    }

    @Test func aKeyThatIsAppliedWhileItIsComparedIsComparedAgain() throws {
        var queue = RecheckQueue()
        _ = queue.note([key(1)], of: collection, now: start)
        let first = try item(&queue, at: later(5))
        #expect(!queue.isDisturbed(first, of: collection))
        _ = queue.note([key(1)], of: collection, now: later(5))
        #expect(queue.isDisturbed(first, of: collection))
        queue.resolve(first, of: collection, .done, now: later(5))
        #expect(queue.count == 1)
        let second = try item(&queue, at: later(9))
        queue.resolve(second, of: collection, .done, now: later(9))
        #expect(queue.count == 0)
        #expect(queue.bytes == 0)
    }

    /// Ids that only look alike, as those of decimals beyond a double's precision.
    @Test func aCandidateWithTheKeyOfOneThatIsComparedIsComparedToo() throws {
        var queue = RecheckQueue()
        let (double, decimal): (Value, Value) = (
            .double(0.1), .decimal128(Decimal128(high: 0x303E_0000_0000_0000, low: 1))
        )
        queue.add(candidates: [rawID(double)], of: collection, now: start)
        let first = try item(&queue, at: start)
        queue.add(candidates: [rawID(decimal)], of: collection, now: start)
        queue.resolve(first, of: collection, .done, now: start)
        #expect(try item(&queue, at: later(9)).ids.count == 2)
    }

    @Test func aKeyThatNobodyKeepsDisturbsTheWorkerThatHasIt() throws {
        var queue = RecheckQueue()
        queue.add(candidates: [rawID(1)], of: collection, now: start)
        let item = try item(&queue, at: start)
        queue.disturb([key(1), key(2)], of: collection)
        #expect(queue.isDisturbed(item, of: collection))
        #expect(queue.count == 1)
    }

    @Test func aKeyThatIsForgottenAndComesAgainIsAnotherOne() throws {
        var queue = RecheckQueue()
        queue.add(candidates: [rawID(1)], of: collection, now: start)
        let old = try item(&queue, at: start)
        queue.disturb([key(1)], of: collection)
        queue.forgetNoted(collection)
        queue.add(candidates: [rawID(1)], of: collection, now: start)
        #expect(queue.isDisturbed(old, of: collection))
        let new = try item(&queue, at: start)
        #expect(queue.isDisturbed(old, of: collection))
        #expect(!queue.isDisturbed(new, of: collection))
        queue.resolve(old, of: collection, .done, now: start)
        #expect(queue.count == 1)
    }

    @Test func tooManyKeysAreRefused() {
        var queue = RecheckQueue(limit: 10_000)
        var isRefused = false
        for id in 0..<1_000 where !isRefused {
            isRefused = !queue.note([key(id)], of: collection, now: start)
        }
        #expect(isRefused)
        #expect(queue.bytes < 11_000)
        queue.forgetNoted(collection)
        #expect(queue.count == 0)
        #expect(queue.bytes == 0)
    }

    @Test func whatWasProvedToDifferStaysWhenTheOthersAreForgotten() throws {
        var queue = RecheckQueue()
        queue.add(candidates: [rawID(1), rawID(2)], of: collection, now: start)
        #expect(queue.candidates == 2)
        queue.resolve(try item(&queue, at: start), of: collection, .redirtied, now: start)
        queue.resolve(try item(&queue, at: start), of: collection, .later, now: start)
        #expect(queue.candidates == 0)
        #expect(queue.undecided == 1)
        queue.forgetNoted(collection)
        #expect(queue.undecided == 0)
        expect(take(&queue, at: later(5)), [1])
    }

    @Test func collectionsTakeTurns() {
        var queue = RecheckQueue()
        queue.add(candidates: [rawID(1), rawID(2)], of: collection, now: start)
        queue.add(candidates: [rawID(3)], of: other, now: start)
        let first = queue.take(limit: 1, maximumBytes: 1_000, now: start)
        let second = queue.take(limit: 1, maximumBytes: 1_000, now: start)
        #expect(first?.collection == collection)
        #expect(second?.collection == other)
        queue.forget(collection)
        #expect(queue.count == 1)
    }

    @Test func bothFormsOfAnIDAreKept() {
        var queue = RecheckQueue()
        let wide = rawID(.int64(1))
        queue.add(candidates: [rawID(1)], of: collection, now: start)
        queue.add(candidates: [wide], of: collection, now: start)
        #expect(queue.count == 1)
        let batch = queue.take(limit: 10, maximumBytes: 1_000, now: start)
        #expect(batch?.items.first?.ids.count == 2)
    }
}
