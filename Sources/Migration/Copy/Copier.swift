internal import BSON
internal import Mongo

/// Copies every collection that is queued: the stage *copying*, and every collection that appears later.
struct Copier: Sendable {
    let context: Context
    let queue: CopyQueue
    /// Called when a collection is copied, with the last task of it, before its keys are applied.
    let copied: @Sendable (CopyQueue.Task) async throws -> Void

    /// Measures a collection and queues it, without the partitions that an earlier owner has copied.
    func enqueue(_ uuid: BinaryUUID, readAfter: Timestamp, lane: Lane) async throws {
        guard let collection = context.registry[uuid] else { return }
        let size = try await size(of: collection, lane: lane)
        let terms = CopyQueue.Terms(
            bytes: size.bytes, documents: size.documents, readAfter: readAfter,
            documentBytes: size.bytes / max(1, size.documents) + Tuning.batchOverhead)
        guard collection.kind != .capped,
            let split = PartitionPlanner.Split(
                bytes: size.bytes, documents: size.documents,
                partitionBytes: context.options.partitionBytes)
        else {
            add(bytes: size.bytes)
            await queue.addWhole(uuid, to: collection.destination, terms: terms)
            return
        }
        let known = try await context.store.partitions(of: collection)
        // What an earlier owner has copied is counted already; one partition is about as large as another.
        add(
            bytes: max(
                0, size.bytes - known.count(where: \.isDone) * context.options.partitionBytes))
        let order = NaturalOrder(context: context, lane: lane)
        if known.isEmpty, try await order.suits(collection, bytes: size.bytes) {
            await queue.addWhole(
                uuid, to: collection.destination, isResumable: true, terms: terms)
            return
        }
        await queue.addSplit(
            uuid, to: collection.destination, known: known, split: split, terms: terms)
    }

    /// So much more is to be copied.
    private func add(bytes: Int) {
        context.status.update { $0.bytesTotal = ($0.bytesTotal ?? 0) + bytes }
    }

    /// Bytes and documents of a collection of the source; zero where it is gone.
    func size(
        of collection: MigratedCollection, lane: Lane
    ) async throws -> (bytes: Int, documents: Int) {
        do {
            return try await SourceSurvey(context: context, lane: lane).size(of: collection)
        } catch is CollectionGone {
            return (0, 0)
        }
    }

    /// Copies until cancelled, with as many workers as `Workers` allows. `reconcile` makes the catalogs equal: what refuses
    /// a document may be gone from the source.
    func run(_ reconcile: @escaping @Sendable () async throws -> Void) async throws {
        try await context.workers.run { number in
            try await work(
                PartitionCopier(context: context, number: number, reconcile: reconcile))
        }
    }

    private func work(_ copier: PartitionCopier) async throws {
        while true {
            try await context.workers.pass(copier.number)
            let seen = queue.hasTask.count
            try await context.gate.pass()
            guard let task = await queue.next() else {
                await queue.hasTask.wait(after: seen)
                continue
            }
            do {
                try await perform(task, copier)
                if await queue.finish(task) {
                    context.status.update { $0.collectionsCopied += 1 }
                    try await copied(task)
                    await queue.conclude(task)
                }
            } catch is CollectionGone {
                await queue.forget(task)
                context.reconcile.notify()
            } catch is PartitionCopier.HandedBack {
                await queue.giveBack(task)
            }
            // Where it is there after all, a run of the reconciler queues it anew.
            if await queue.leave(task) { context.reconcile.notify() }
        }
    }

    private func perform(_ task: CopyQueue.Task, _ copier: PartitionCopier) async throws {
        guard let collection = context.registry[task.collection],
            collection.destination == task.destination
        else { throw CollectionGone(collection: task.collection, side: .destination) }
        switch task.work {
        case .conclusion: break
        case .whole:
            try await copier.copyWhole(collection, task.terms)
        case .scan:
            try await copier.copyInNaturalOrder(collection, task.terms)
        case .partition(let partition):
            try await copier.copy(partition, of: collection, task.terms)
            try await context.store.finish(partition, to: collection.destination)
        case .plan(let split, let start, let index):
            let planner = PartitionPlanner(context: context, lane: context.source.lane())
            try await planner.plan(collection, split, from: start, index: index) { found in
                try await context.store.add(found, to: collection.destination)
                await queue.found(found, by: task)
            }
        }
    }
}
