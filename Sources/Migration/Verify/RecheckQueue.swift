internal import BSON

/// Documents that are to be compared one by one: those that were applied after the pass had compared
/// them, and those that the pass saw differ. A pure value; one entry a document, bounded in bytes.
struct RecheckQueue: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Stage: Sendable {
        /// Nothing speaks against it.
        case noted
        /// Seen to differ by the pass, and not looked at since.
        case candidate
        /// Proved to differ and dirtied once more.
        case redirtied
    }

    struct Item: Sendable {
        let key: CanonicalKey
        let ids: [RawValue]
        let stage: Stage
        /// Tells this taking from every other one: an entry can be forgotten and come again while a worker has it.
        let ticket: Int
    }

    /// Keys of one collection that one worker has taken.
    struct Batch: Sendable {
        let collection: BinaryUUID
        var items: [Item]
    }

    enum Outcome: Sendable {
        /// Nothing is left to do, unless it was applied in the meantime.
        case done
        /// Nothing can be said: the document was being changed.
        case later
        case redirtied
    }

    private struct Entry: Sendable {
        var ids: [RawValue]
        var stage: Stage
        var due: Instant
        /// That of the worker who has it.
        var ticket: Int?
        /// Applied while a worker had it.
        var isDisturbed = false

        var isTaken: Bool { ticket != nil }

        var size: Int { ids.reduce(Tuning.recheckOverhead) { $0 + 2 * $1.count } }
    }

    private struct Keys: Sendable {
        var entries: [CanonicalKey: Entry] = [:]
        /// Each in the order in which its keys are due, as all of one queue wait equally long.
        var fresh = Queue<CanonicalKey>()
        var again = Queue<CanonicalKey>()
    }

    private var collections: [BinaryUUID: Keys] = [:]
    private var turns = Queue<BinaryUUID>()
    private var inTurns: Set<BinaryUUID> = []
    private(set) var count = 0
    private(set) var bytes = 0
    private(set) var candidates = 0
    private(set) var redirtied = 0
    private var tickets = 0
    private let limit: Int

    init(limit: Int = Tuning.recheckBytes) { self.limit = limit }

    /// Whether the pass must wait before it adds more.
    var isCrowded: Bool { bytes > limit / 2 }

    /// Documents of which it is not known whether they differ.
    var undecided: Int { count - redirtied }

    // MARK: Adding

    /// These documents were made equal. False when they are too many to be kept: nothing was added.
    mutating func note(
        _ keys: [DirtyKeys.Key], of collection: BinaryUUID, now: Instant
    ) -> Bool {
        guard bytes < limit else { return false }
        for key in keys { add(key.canonical, key.ids, of: collection, .noted, now: now) }
        return true
    }

    /// These documents were made equal, and need not be kept: only a worker that has one of them must know.
    mutating func disturb(_ keys: [DirtyKeys.Key], of collection: BinaryUUID) {
        guard collections[collection] != nil else { return }
        for key in keys where collections[collection]?.entries[key.canonical]?.isTaken ?? false {
            collections[collection]?.entries[key.canonical]?.isDisturbed = true
        }
    }

    /// The pass saw these differ.
    mutating func add(candidates ids: [RawValue], of collection: BinaryUUID, now: Instant) {
        for id in ids { add(CanonicalKey(id), [id], of: collection, .candidate, now: now) }
    }

    private mutating func add(
        _ key: CanonicalKey, _ ids: [RawValue], of collection: BinaryUUID, _ stage: Stage,
        now: Instant
    ) {
        if collections[collection]?.entries[key] != nil {
            merge(key, ids, of: collection, stage)
            return
        }
        let delay: Duration = stage == .noted ? Tuning.recheckDelay : .zero
        let entry = Entry(ids: ids, stage: stage, due: now + delay)
        if inTurns.insert(collection).inserted { turns.append(collection) }
        collections[collection, default: Keys()].entries[key] = entry
        if stage == .noted {
            collections[collection]?.fresh.append(key)
        } else {
            collections[collection]?.again.append(key)
        }
        recount(entry, by: 1)
    }

    private mutating func merge(
        _ key: CanonicalKey, _ ids: [RawValue], of collection: BinaryUUID, _ stage: Stage
    ) {
        change(key, of: collection) { entry in
            let known = entry.ids.count
            for id in ids where !entry.ids.contains(id) { entry.ids.append(id) }
            // The worker that has it does not look at what has come since.
            if stage == .noted || entry.ids.count > known { entry.isDisturbed = entry.isTaken }
            if stage == .candidate, entry.stage == .noted { entry.stage = .candidate }
        }
    }

    // MARK: Taking

    /// Keys of one collection that are due at `now`; nil for it: all are. Nil when there are none.
    mutating func take(limit: Int, maximumBytes: Int, now: Instant?) -> Batch? {
        for _ in 0..<turns.count {
            guard let uuid = turns.popFirst() else { return nil }
            guard collections[uuid] != nil else {
                inTurns.remove(uuid)
                continue
            }
            turns.append(uuid)
            var batch = Batch(collection: uuid, items: [])
            var bytes = 0
            while batch.items.count < limit, bytes < maximumBytes, let item = pop(uuid, now) {
                bytes += item.ids.reduce(0) { $0 + $1.count }
                batch.items.append(item)
            }
            if !batch.items.isEmpty { return batch }
        }
        return nil
    }

    private mutating func pop(_ uuid: BinaryUUID, _ now: Instant?) -> Item? {
        for queue in [\Keys.again, \Keys.fresh] {
            while let key = collections[uuid]?[keyPath: queue].first {
                guard let entry = collections[uuid]?.entries[key], !entry.isTaken else {
                    _ = collections[uuid]?[keyPath: queue].popFirst()
                    continue
                }
                if let now, entry.due > now { break }
                _ = collections[uuid]?[keyPath: queue].popFirst()
                tickets += 1
                collections[uuid]?.entries[key]?.ticket = tickets
                return Item(key: key, ids: entry.ids, stage: entry.stage, ticket: tickets)
            }
        }
        return nil
    }

    /// Whether it was, or may have been, applied since a worker took it.
    func isDisturbed(_ item: Item, of collection: BinaryUUID) -> Bool {
        guard let entry = collections[collection]?.entries[item.key], entry.ticket == item.ticket
        else { return true }
        return entry.isDisturbed
    }

    /// A worker is done with what it had taken.
    mutating func resolve(
        _ item: Item, of collection: BinaryUUID, _ outcome: Outcome, now: Instant
    ) {
        let key = item.key
        guard let entry = collections[collection]?.entries[key], entry.ticket == item.ticket
        else { return }
        if outcome == .done, !entry.isDisturbed {
            remove(key, of: collection)
            return
        }
        change(key, of: collection) { entry in
            entry.ticket = nil
            entry.isDisturbed = false
            entry.due = now + Tuning.recheckRetryDelay
            switch outcome {
            case .done: entry.stage = .noted
            // What it showed is explained by the change.
            case .later: entry.stage = entry.stage == .candidate ? .noted : entry.stage
            case .redirtied: entry.stage = .redirtied
            }
        }
        collections[collection]?.again.append(key)
    }

    // MARK: Forgetting

    /// The collection is gone, or is compared anew from its beginning.
    mutating func forget(_ collection: BinaryUUID) {
        guard let gone = collections.removeValue(forKey: collection) else { return }
        for entry in gone.entries.values { recount(entry, by: -1) }
    }

    /// The pass will compare them: only what was proved to differ is kept.
    mutating func forgetNoted(_ collection: BinaryUUID) {
        for (key, entry) in collections[collection]?.entries ?? [:] where entry.stage != .redirtied
        {
            remove(key, of: collection)
        }
    }

    private mutating func remove(_ key: CanonicalKey, of collection: BinaryUUID) {
        guard let entry = collections[collection]?.entries.removeValue(forKey: key) else { return }
        recount(entry, by: -1)
        if collections[collection]?.entries.isEmpty ?? false { collections[collection] = nil }
    }

    private mutating func change(
        _ key: CanonicalKey, of collection: BinaryUUID, _ body: (inout Entry) -> Void
    ) {
        guard var entry = collections[collection]?.entries[key] else { return }
        recount(entry, by: -1)
        body(&entry)
        recount(entry, by: 1)
        collections[collection]?.entries[key] = entry
    }

    private mutating func recount(_ entry: Entry, by number: Int) {
        count += number
        bytes += number * entry.size
        if entry.stage == .candidate { candidates += number }
        if entry.stage == .redirtied { redirtied += number }
    }
}
