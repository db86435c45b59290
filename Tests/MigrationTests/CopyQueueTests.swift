import BSON
import Mongo
import Testing

@testable import Migration

/// Tasks of a collection of the destination that was dropped and created again while they ran.
@Suite struct CopyQueueTests {
    private static let terms = CopyQueue.Terms(
        bytes: 1, documents: 1, readAfter: .zero, documentBytes: 1)

    private func queue() async throws -> (queue: CopyQueue, old: CopyQueue.Task) {
        let queue = CopyQueue()
        await queue.addWhole(uuid(1), to: uuid(11), terms: CopyQueueTests.terms)
        let old = try #require(await queue.next())
        await queue.forget(uuid(1))
        await queue.addWhole(uuid(1), to: uuid(12), terms: CopyQueueTests.terms)
        return (queue, old)
    }

    @Test func anOldTaskDoesNotFinishTheNewCopy() async throws {
        let (queue, old) = try await queue()
        #expect(await !queue.finish(old))
        let task = try #require(await queue.next())
        #expect(task.destination == uuid(12))
        #expect(await queue.finish(task))
        // It is not known yet that the collection is copied.
        #expect(await queue.has(task.collection, to: task.destination))
        await queue.conclude(task)
        #expect(await queue.isIdle)
    }

    @Test func anOldTaskDoesNotForgetTheNewCopy() async throws {
        let (queue, old) = try await queue()
        await queue.forget(old)
        let task = try #require(await queue.next())
        await queue.forget(task)
        #expect(await queue.isIdle)
    }

    @Test func anOldPlanAddsNothingToTheNewCopy() async throws {
        let (queue, old) = try await queue()
        let partition = Partition(collection: uuid(1), index: 0, lower: nil, upper: nil)
        await queue.found([partition], by: old)
        let task = try #require(await queue.next())
        #expect(await queue.next() == nil)
        #expect(await queue.finish(task))
    }

    @Test func aCopyOfWhichEveryPartitionIsDoneIsConcluded() async throws {
        let queue = CopyQueue()
        let split = try #require(
            PartitionPlanner.Split(bytes: 1 << 30, documents: 1_000, partitionBytes: 1 << 20))
        var partition = Partition(collection: uuid(1), index: 0, lower: nil, upper: nil)
        partition.isDone = true
        await queue.addSplit(
            uuid(1), to: uuid(11), known: [partition], split: split, terms: CopyQueueTests.terms)
        let task = try #require(await queue.next())
        guard case .conclusion = task.work else {
            Issue.record("it is copied again: \(task.work)")
            return
        }
        #expect(await queue.next() == nil)
        #expect(await queue.finish(task))
        // It is not known yet that the collection is copied.
        #expect(await queue.has(task.collection, to: task.destination))
        await queue.conclude(task)
        #expect(await queue.isIdle)
    }

    /// What the worker holds could land beside the new copy.
    @Test func aCopyThatWasForgottenIsThereUntilItsWorkersHaveLeft() async throws {
        let queue = CopyQueue()
        let split = try #require(
            PartitionPlanner.Split(bytes: 1 << 30, documents: 1_000, partitionBytes: 1 << 20))
        let partitions = (0..<3).map {
            Partition(collection: uuid(1), index: $0, lower: nil, upper: nil)
        }
        await queue.addSplit(
            uuid(1), to: uuid(11), known: partitions, split: split, terms: CopyQueueTests.terms)
        let first = try #require(await queue.next())
        let second = try #require(await queue.next())
        await queue.forget(first)
        #expect(await !queue.leave(first))
        #expect(await queue.has(uuid(1), to: uuid(11)))
        #expect(await !queue.has(uuid(1), to: uuid(12)))
        #expect(await !queue.finish(second))
        #expect(await queue.leave(second))
        #expect(await !queue.has(uuid(1), to: uuid(11)))
    }

    @Test func onlyThePresentCopyCounts() {
        let registry = CollectionRegistry()
        registry.put(
            MigratedCollection(
                source: uuid(1), sourceName: Namespace("a", "b"), destination: uuid(12),
                destinationName: Namespace("a", "b"), kind: .plain, isCollated: false,
                isClustered: false))
        #expect(!registry.setCopied(uuid(1), to: uuid(11)))
        #expect(!registry.areAllCopied)
        #expect(registry.setCopied(uuid(1), to: uuid(12)))
        #expect(registry.areAllCopied)
    }
}
