internal import BSON

/// The dirty keys of one collection: an entry a document, and the order in which they are handed out.
struct DirtyCollection: Sendable {
    struct Entry: Sendable {
        var ids: [RawValue]
        /// Generation of the oldest event that is not answered, and time of the newest one.
        var generation: Int
        var newest: Timestamp
        var isSuspect: Bool
        var isTaken = false
        /// What came while a worker had the key: the first generation of it. `newest` is already raised.
        var againFrom: Int?

        /// Bytes in memory, about.
        var size: Int { ids.reduce(Tuning.dirtyEntryOverhead) { $0 + 2 * $1.count } }
    }

    /// Whether keys may be handed out: the collection is copied and exists on both sides.
    var isEligible = false
    /// One worker at a time, in the order of the events: capped collections, and those whose collation makes
    /// different ids equal.
    let isExclusive: Bool
    private(set) var entries: [CanonicalKey: Entry] = [:]
    private var queue = Queue<CanonicalKey>()
    private var workers = 0

    init(isExclusive: Bool) { self.isExclusive = isExclusive }

    var isBeingApplied: Bool { workers > 0 }

    var isQueueEmpty: Bool { queue.isEmpty }

    var hasWork: Bool { isEligible && !queue.isEmpty && !(isExclusive && workers > 0) }

    /// Adds an event. Returns the bytes that are taken more, and whether the key was not there.
    mutating func add(
        _ id: RawValue, time: Timestamp, generation: Int, isSuspect: Bool, _ watermark: inout Watermark
    ) -> (bytes: Int, isNew: Bool) {
        let key = CanonicalKey(id)
        guard let index = entries.index(forKey: key) else {
            let entry = Entry(
                ids: [id.copied()], generation: generation, newest: time, isSuspect: isSuspect)
            entries[key] = entry
            queue.append(key)
            watermark.retain(generation)
            return (entry.size, true)
        }
        let before = entries.values[index].size
        if !entries.values[index].ids.contains(id) { entries.values[index].ids.append(id.copied()) }
        entries.values[index].newest = max(entries.values[index].newest, time)
        entries.values[index].isSuspect = entries.values[index].isSuspect || isSuspect
        if entries.values[index].isTaken, entries.values[index].againFrom == nil {
            entries.values[index].againFrom = generation
            watermark.retain(generation)
        }
        return (entries.values[index].size - before, false)
    }

    /// Takes keys in their order; they stay entries until completed or given back.
    mutating func take(limit: Int, maximumBytes: Int) -> (keys: [DirtyKeys.Key], newest: Timestamp) {
        var keys: [DirtyKeys.Key] = []
        var bytes = 0
        var newest = Timestamp.zero
        while keys.count < limit, bytes < maximumBytes, let key = queue.popFirst() {
            guard let index = entries.index(forKey: key), !entries.values[index].isTaken else { continue }
            entries.values[index].isTaken = true
            let entry = entries.values[index]
            bytes += entry.ids.reduce(0) { $0 + $1.count }
            newest = max(newest, entry.newest)
            keys.append(
                DirtyKeys.Key(
                    canonical: key, ids: entry.ids, newest: entry.newest,
                    isSuspect: entry.isSuspect || entry.ids.count > 1))
        }
        if !keys.isEmpty { workers += 1 }
        return (keys, newest)
    }

    /// The worker is done: keys without newer events go, the others are handed out again. Returns what was freed.
    mutating func complete(
        _ keys: [DirtyKeys.Key], answeredAt time: Timestamp, _ watermark: inout Watermark
    ) -> (count: Int, bytes: Int) {
        workers -= 1
        var freed = (count: 0, bytes: 0)
        for key in keys {
            guard let index = entries.index(forKey: key.canonical) else { continue }
            let entry = entries.values[index]
            watermark.release(entry.generation)
            if let again = entry.againFrom, entry.newest > time {
                entries.values[index].generation = again
                entries.values[index].againFrom = nil
                entries.values[index].isTaken = false
                queue.append(key.canonical)
            } else {
                if let again = entry.againFrom { watermark.release(again) }
                entries.remove(at: index)
                freed.count += 1
                freed.bytes += entry.size
            }
        }
        return freed
    }

    /// The worker could not do it: the keys are handed out again, as old as they were.
    mutating func giveBack(_ keys: [DirtyKeys.Key], _ watermark: inout Watermark) {
        workers -= 1
        for key in keys {
            guard let index = entries.index(forKey: key.canonical) else { continue }
            entries.values[index].isTaken = false
            if let again = entries.values[index].againFrom {
                watermark.release(again)
                entries.values[index].againFrom = nil
            }
            queue.append(key.canonical)
        }
    }

    /// Takes every key out without a worker, in the order of the events: for spilling. Keys that a worker has stay.
    mutating func drain(limit: Int) -> [(key: CanonicalKey, entry: Entry)] {
        var drained: [(key: CanonicalKey, entry: Entry)] = []
        while drained.count < limit, let key = queue.popFirst() {
            guard let index = entries.index(forKey: key), !entries.values[index].isTaken else { continue }
            let entry = entries.values[index]
            drained.append((key, entry))
            entries.remove(at: index)
        }
        return drained
    }

    /// Lets go of everything.
    func releaseAll(_ watermark: inout Watermark) {
        for entry in entries.values {
            watermark.release(entry.generation)
            if let again = entry.againFrom { watermark.release(again) }
        }
    }
}
