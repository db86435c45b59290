internal import BSON

/// The dirty keys of one collection: an entry a document, and the order in which they are handed out.
struct DirtyCollection: Sendable {
    struct Entry: Sendable {
        var ids: [RawValue]
        /// Generation of the oldest event that is not answered, and time of the newest one.
        var generation: Int
        var newest: Timestamp
        var isSuspect: Bool
        /// Place of its newest insertion among the events of the collection, or of its first event where no unanswered one
        /// inserted it.
        var place: Int
        var isInserted: Bool
        var isTaken = false
        /// What came while a worker had the key: the first generation of it. `newest` is already raised.
        var againFrom: Int?

        var idBytes: Int { ids.reduce(0) { $0 + $1.count } }

        /// Bytes in memory, about.
        var size: Int { Tuning.dirtyEntryOverhead + 2 * idBytes }
    }

    /// Whether keys may be handed out: the collection is copied and exists on both sides.
    var isEligible = false
    /// One worker at a time, in the order of the events: capped collections, and those whose collation makes
    /// different ids equal.
    let isExclusive: Bool
    /// Keys are handed out in the order of their places, that of the insertions: capped collections.
    let isOrdered: Bool
    /// Of an ordered collection whose keys were set aside in part: keys behind this place are not handed out, as what was set
    /// aside comes first. Nil where nothing is.
    var handedOutThrough: Int?
    /// Tells it from one of the same UUID that was forgotten.
    let registration: Int
    private(set) var entries: [CanonicalKey: Entry] = [:]
    private var queue = Queue<CanonicalKey>()
    private var workers = 0
    /// Whether the queue is in the order of the places, and the last of them.
    private var isInOrder = true
    private var lastPlace = Int.min

    init(isExclusive: Bool, isOrdered: Bool, registration: Int) {
        self.registration = registration
        self.isExclusive = isExclusive
        self.isOrdered = isOrdered
    }

    var isBeingApplied: Bool { workers > 0 }

    var isQueueEmpty: Bool { queue.isEmpty }

    /// Keys that nobody is working on.
    var queued: Int { queue.count }

    /// Generation of the key that is next; nil where none is.
    var nextGeneration: Int? { queue.first.flatMap { entries[$0]?.generation } }

    var hasWork: Bool { isEligible && !queue.isEmpty && !(isExclusive && workers > 0) }

    /// Adds an event. Returns the bytes that are taken more, and whether the key was not there.
    mutating func add(
        _ id: RawValue, time: Timestamp, generation: Int, isSuspect: Bool, isInsertion: Bool,
        place: Int, _ watermark: inout Watermark
    ) -> (bytes: Int, isNew: Bool) {
        let key = CanonicalKey(id)
        guard let index = entries.index(forKey: key) else {
            let entry = Entry(
                ids: [id.copied()], generation: generation, newest: time, isSuspect: isSuspect,
                place: place, isInserted: isInsertion)
            entries[key] = entry
            queue.append(key)
            if place < lastPlace { isInOrder = false } else { lastPlace = place }
            watermark.retain(generation)
            return (entry.size, true)
        }
        let before = entries.values[index].size
        if !entries.values[index].ids.contains(id) { entries.values[index].ids.append(id.copied()) }
        entries.values[index].newest = max(entries.values[index].newest, time)
        entries.values[index].isSuspect = entries.values[index].isSuspect || isSuspect
        let isAgain = entries.values[index].isTaken && entries.values[index].againFrom == nil
        if isAgain {
            entries.values[index].againFrom = generation
            watermark.retain(generation)
        }
        let present = entries.values[index]
        // What comes back from where it was set aside is older than what came meanwhile, but for its insertion.
        if isInsertion
            ? !present.isInserted || place > present.place
            : isAgain || !present.isInserted && place < present.place
        {
            entries.values[index].place = place
            entries.values[index].isInserted = isInsertion
            isInOrder = false
        }
        return (entries.values[index].size - before, false)
    }

    /// Takes keys in their order; they stay entries until completed or given back.
    mutating func take(limit: Int, maximumBytes: Int) -> (keys: [DirtyKeys.Key], newest: Timestamp)
    {
        var keys: [DirtyKeys.Key] = []
        var bytes = 0
        var newest = Timestamp.zero
        if isOrdered, !isInOrder { sortQueue() }
        while keys.count < limit, bytes < maximumBytes, let key = queue.first {
            guard let index = entries.index(forKey: key), !entries.values[index].isTaken else {
                _ = queue.popFirst()
                continue
            }
            let entry = entries.values[index]
            if isHeld(entry) { break }
            _ = queue.popFirst()
            entries.values[index].isTaken = true
            entries.values[index].isInserted = false
            bytes += entry.idBytes
            newest = max(newest, entry.newest)
            keys.append(
                DirtyKeys.Key(
                    canonical: key, ids: entry.ids, newest: entry.newest,
                    isSuspect: entry.isSuspect || entry.ids.count > 1,
                    insertion: entry.isInserted ? entry.place : nil))
        }
        if !keys.isEmpty { workers += 1 }
        return (keys, newest)
    }

    /// Whether the key waits for keys that were set aside.
    func isHeld(_ entry: Entry) -> Bool {
        isOrdered && !entry.isTaken && handedOutThrough.map { entry.place > $0 } ?? false
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
                isInOrder = false
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
            if !entries.values[index].isInserted, let insertion = key.insertion {
                entries.values[index].place = insertion
                entries.values[index].isInserted = true
            }
            if let again = entries.values[index].againFrom {
                watermark.release(again)
                entries.values[index].againFrom = nil
            }
            queue.append(key.canonical)
        }
        isInOrder = false
    }

    private mutating func sortQueue() {
        var keys: [(key: CanonicalKey, place: Int)] = []
        while let key = queue.popFirst() { keys.append((key, entries[key]?.place ?? 0)) }
        keys.sort { $0.place < $1.place }
        for (key, _) in keys { queue.append(key) }
        lastPlace = keys.last?.place ?? .min
        isInOrder = true
    }

    /// Takes every key out without a worker, in the order of the events: for spilling. Keys that a worker has stay.
    mutating func drain(limit: Int, maximumBytes: Int) -> [(key: CanonicalKey, entry: Entry)] {
        var drained: [(key: CanonicalKey, entry: Entry)] = []
        var bytes = 0
        if isOrdered, !isInOrder { sortQueue() }
        while drained.count < limit, let key = queue.first {
            guard let index = entries.index(forKey: key), !entries.values[index].isTaken else {
                _ = queue.popFirst()
                continue
            }
            let entry = entries.values[index]
            bytes += entry.idBytes
            if bytes > maximumBytes, !drained.isEmpty { break }
            _ = queue.popFirst()
            drained.append((key, entry))
            entries.remove(at: index)
        }
        // All others stand behind these, but for what a worker has.
        if isOrdered, let first = drained.first?.entry.place {
            handedOutThrough = min(handedOutThrough ?? .max, first - 1)
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
