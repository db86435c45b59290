internal import BSON
internal import Mongo

/// What is to be copied, largest collection first, and when a collection is done.
///
/// Collections may be added at any time: every new UUID is copied like an initial one.
actor CopyQueue {
    struct Task: Sendable {
        enum Work: Sendable {
            /// Find the boundaries of a large collection.
            case plan(PartitionPlanner.Split, from: RawValue?, index: Int)
            case partition(Partition)
            /// In natural order, as one: small and capped collections.
            case whole
            /// In natural order, as one that goes on where it stopped: see `NaturalOrder`.
            case scan
            /// Nothing: an earlier owner has copied every partition, and was stopped before it could say so.
            case conclusion
        }

        let collection: BinaryUUID
        /// What it is copied to. When that was dropped and created again, a task of the old one counts for nothing.
        let destination: BinaryUUID
        let work: Work
        let terms: Terms
    }

    /// How a collection is read.
    struct Terms: Sendable {
        /// Its size when it was measured, bytes: the largest comes first.
        let bytes: Int
        /// As many as it had then.
        let documents: Int
        /// Reads must be at or after this time.
        let readAfter: Timestamp
        /// What a document takes in a batch on average, bytes.
        let documentBytes: Int
    }

    private struct Pending {
        let destination: BinaryUUID
        /// Tasks. Where there are none it is about to be said that the collection is copied.
        var unfinished: Int
    }

    private var tasks: [Task] = []
    private var pending: [BinaryUUID: Pending] = [:]
    /// Tasks that workers have, by the collection of the destination that they write to.
    private var underWay: [BinaryUUID: Int] = [:]
    /// Notified when there may be a task.
    nonisolated let hasTask = Signal()

    var isIdle: Bool { pending.isEmpty }

    /// Adds a collection that is copied as one.
    func addWhole(
        _ collection: BinaryUUID, to destination: BinaryUUID, isResumable: Bool = false,
        terms: Terms
    ) {
        pending[collection] = Pending(destination: destination, unfinished: 1)
        push(
            Task(
                collection: collection, destination: destination,
                work: isResumable ? .scan : .whole, terms: terms))
    }

    /// Adds a large collection: partitions that are known, and the planning of the rest unless all are.
    func addSplit(
        _ collection: BinaryUUID, to destination: BinaryUUID, known: [Partition],
        split: PartitionPlanner.Split, terms: Terms
    ) {
        let isPlanned = known.last.map { $0.upper == nil } ?? false
        var works: [Task.Work] = known.filter { !$0.isDone }.map { .partition($0) }
        if !isPlanned {
            let last = known.last
            works.insert(.plan(split, from: last?.upper, index: (last?.index ?? -1) + 1), at: 0)
        }
        if works.isEmpty { works = [.conclusion] }
        pending[collection] = Pending(destination: destination, unfinished: works.count)
        for work in works {
            push(Task(collection: collection, destination: destination, work: work, terms: terms))
        }
    }

    /// Partitions that a task has planned.
    func found(_ partitions: [Partition], by plan: Task) {
        guard isCurrent(plan) else { return }
        pending[plan.collection]?.unfinished += partitions.count
        for partition in partitions {
            push(
                Task(
                    collection: plan.collection, destination: plan.destination,
                    work: .partition(partition), terms: plan.terms))
        }
    }

    private func push(_ task: Task) {
        let place = tasks.firstIndex { $0.terms.bytes < task.terms.bytes } ?? tasks.endIndex
        tasks.insert(task, at: place)
        hasTask.notify()
    }

    /// The next task, for a worker that says `leave` when it writes nothing for it any more.
    func next() -> Task? {
        guard !tasks.isEmpty else { return nil }
        let task = tasks.removeFirst()
        underWay[task.destination, default: 0] += 1
        return task
    }

    /// A worker writes nothing for its task any more. True when it was the last one of a copy that is over or forgotten.
    func leave(_ task: Task) -> Bool {
        let left = (underWay[task.destination] ?? 0) - 1
        underWay[task.destination] = left > 0 ? left : nil
        return left <= 0 && !isCurrent(task)
    }

    /// A task is not done yet: somebody else goes on with it.
    func giveBack(_ task: Task) { if isCurrent(task) { push(task) } }

    /// A task is done. True when its collection is, too: `conclude` follows when that is known.
    func finish(_ task: Task) -> Bool {
        guard isCurrent(task), var state = pending[task.collection] else { return false }
        state.unfinished -= 1
        pending[task.collection] = state
        return state.unfinished == 0
    }

    /// It is known that the collection of a task is copied.
    func conclude(_ task: Task) { if isCurrent(task) { pending[task.collection] = nil } }

    /// Whether the collection is being copied to this one of the destination, or waits for it. Also where that was
    /// forgotten and a worker may still write: what it holds must not land beside a new copy, whose changes are applied.
    func has(_ collection: BinaryUUID, to destination: BinaryUUID) -> Bool {
        pending[collection]?.destination == destination || underWay[destination] != nil
    }

    private func isCurrent(_ task: Task) -> Bool {
        pending[task.collection]?.destination == task.destination
    }

    /// What the task was to copy, or to copy to, is gone.
    func forget(_ task: Task) {
        if isCurrent(task) { forget(task.collection) }
    }

    /// The collection is gone: nothing of it is left to do.
    func forget(_ collection: BinaryUUID) {
        pending[collection] = nil
        tasks.removeAll { $0.collection == collection }
    }
}
