internal import BSON

/// Which collections are compared whole, in which parts, and which of it is done. A pure value.
struct PassPlan: Sendable {
    struct Task: Sendable {
        enum Work: Sendable {
            /// Measure the collection and find its ranges.
            case plan
            case range(Partition)
            /// In natural order, as one: capped collections, whose order counts, and most others.
            case natural
        }

        let collection: BinaryUUID
        /// Which pass over this collection: later ones make it void.
        let pass: Int
        let work: Work
        /// Whether the collection is compared for the first time.
        let isFirst: Bool
        /// About how many documents the collection has.
        var documents = 0
        /// Documents that fit into a batch.
        var batchSize = 1
    }

    private struct Collection: Sendable {
        let destination: BinaryUUID
        var pass: Int
        var hasBegun = false
        var isPlanned = false
        var openTasks = 1
        /// Must be compared once more when the present pass is done.
        var isWantedAgain = false
        var documents = 0
        /// How often keys of it were applied: tells whether it was quiet.
        var changes = 0

        var isDone: Bool { openTasks == 0 && !isWantedAgain }
    }

    private var collections: [BinaryUUID: Collection] = [:]
    /// What is done first: then it is known how much there is.
    private var plans = Queue<Task>()
    /// Of whole collections, which workers cannot share, the one of most documents last: it is compared before the others,
    /// so that it is not left for one worker while the others have nothing to do.
    private var natural: [Task] = []
    /// What is done last: parts, and all that is done once more, so that nothing waits for it.
    private var others = Queue<Task>()
    private var nextPass = 0
    /// Whether it was ever told what there is.
    private(set) var hasLooked = false

    /// Takes over what is to be verified now: adds what is new, begins anew what was copied anew. Returns what is gone.
    mutating func update(_ current: [MigratedCollection]) -> [BinaryUUID] {
        var present: Set<BinaryUUID> = []
        for collection in current where collection.isCopied {
            present.insert(collection.source)
            if collections[collection.source]?.destination == collection.destination { continue }
            begin(collection.source, destination: collection.destination)
        }
        hasLooked = true
        let gone = collections.keys.filter { !present.contains($0) }
        for uuid in gone { collections[uuid] = nil }
        return gone
    }

    private mutating func begin(_ uuid: BinaryUUID, destination: BinaryUUID) {
        nextPass += 1
        let old = collections[uuid]
        collections[uuid] = Collection(
            destination: destination, pass: nextPass, changes: old?.changes ?? 0)
        add(Task(collection: uuid, pass: nextPass, work: .plan, isFirst: old == nil))
    }

    private mutating func add(_ task: Task) {
        switch task.work {
        case .plan where task.isFirst: plans.append(task)
        case .natural where task.isFirst:
            let place = natural.firstIndex { $0.documents > task.documents } ?? natural.endIndex
            natural.insert(task, at: place)
        default: others.append(task)
        }
    }

    mutating func next() -> Task? {
        while let task = plans.popFirst() ?? natural.popLast() ?? others.popFirst() {
            guard isCurrent(task) else { continue }
            collections[task.collection]?.hasBegun = true
            return task
        }
        return nil
    }

    /// Whether the task is not void.
    func isCurrent(_ task: Task) -> Bool { collections[task.collection]?.pass == task.pass }

    /// The answer to `plan`, or to a task that could not be done the way it was planned: what is to be done for the
    /// collection that holds about this many documents.
    mutating func planned(
        _ task: Task, _ work: [Task.Work], documents: Int, batchSize: Int
    ) {
        guard isCurrent(task) else { return }
        collections[task.collection]?.isPlanned = true
        collections[task.collection]?.documents = documents
        collections[task.collection]?.openTasks += work.count
        for part in work {
            add(
                Task(
                    collection: task.collection, pass: task.pass, work: part,
                    isFirst: task.isFirst, documents: documents, batchSize: batchSize))
        }
    }

    mutating func finish(_ task: Task) {
        guard isCurrent(task), var collection = collections[task.collection] else { return }
        collection.openTasks -= 1
        collections[task.collection] = collection
        guard collection.openTasks == 0, collection.isWantedAgain else { return }
        begin(task.collection, destination: collection.destination)
    }

    /// The task could not be done now: it is tried again behind the others.
    mutating func giveBack(_ task: Task) {
        if isCurrent(task) { others.append(task) }
    }

    /// Keys of the collection were applied. False when its pass has not begun, so that it will see them anyway.
    mutating func noteChange(of uuid: BinaryUUID) -> Bool {
        collections[uuid]?.changes += 1
        return collections[uuid]?.hasBegun ?? false
    }

    func changes(of uuid: BinaryUUID) -> Int { collections[uuid]?.changes ?? 0 }

    /// Whether its keys need not be kept, as it will be compared from its beginning.
    func isWantedAgain(_ uuid: BinaryUUID) -> Bool { collections[uuid]?.isWantedAgain ?? true }

    /// Has the whole collection compared once more.
    mutating func wantAgain(_ uuid: BinaryUUID) {
        guard let collection = collections[uuid] else { return }
        if collection.openTasks == 0 {
            begin(uuid, destination: collection.destination)
        } else {
            collections[uuid]?.isWantedAgain = true
        }
    }

    // MARK: Progress

    var isDone: Bool { hasLooked && collections.values.allSatisfy(\.isDone) }

    var count: Int { collections.count }

    var done: Int { collections.values.reduce(0) { $0 + ($1.isDone ? 1 : 0) } }

    /// About how many documents there are to compare; nil while that is not known of all collections.
    var documents: Int? {
        guard collections.values.allSatisfy(\.isPlanned) else { return nil }
        return collections.values.reduce(0) { $0 + $1.documents }
    }
}
