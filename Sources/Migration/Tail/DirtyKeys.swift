package import BSON
package import Mongo

/// The documents that a change event named and whose current version the destination may not have: what is left to
/// be applied. One entry a document, however many events named it.
///
/// A pure value; `DirtySet` shares it between tasks.
package struct DirtyKeys: Sendable {
    /// A document of a collection to be read from the source and made equal on the destination.
    package struct Key: Sendable {
        package let canonical: CanonicalKey
        /// Every form of the `_id` that was seen; more than one where equal ids differ in bytes (1 and 1.0).
        package let ids: [RawValue]
        /// Time of the newest event.
        package let newest: Timestamp
        /// The stored `_id` on the destination may differ in bytes from the source's: look before writing.
        package let isSuspect: Bool
        /// Place of its newest unanswered insertion among those of the collection; nil where there is none.
        package var insertion: Int?
    }

    /// Keys of one collection that one worker has taken. Until it gives them back nobody else gets them, so that one
    /// document is never written by two at a time.
    package struct Work: Sendable {
        package let collection: BinaryUUID
        let registration: Int
        package let keys: [Key]
        /// The newest event among them: a read at or after this time answers all.
        package let newest: Timestamp
    }

    package private(set) var watermark: Watermark
    private var collections: [BinaryUUID: DirtyCollection] = [:]
    /// Collections that may have keys to hand out, in the order of their turns, each once: one that came more often than
    /// others would hold them up, and the watermark with them.
    private var turns = Queue<BinaryUUID>()
    private var inTurns: Set<BinaryUUID> = []
    /// Entries, and the bytes they take.
    package private(set) var count = 0
    package private(set) var bytes = 0
    /// The newest event that was seen.
    package private(set) var newestEvent: Timestamp

    /// How many events were ever added: their places.
    private var places = 0
    /// How often keys were drained.
    private var drains = 0
    /// How many collections were ever registered.
    private var registrations = 0

    package init(token: ResumeToken, time: Timestamp) {
        watermark = Watermark(token: token, time: time)
        newestEvent = time
    }

    // MARK: Collections

    /// Begins to keep keys of a collection. Returns the newest event seen so far: a copy that reads at or after it misses
    /// nothing, as every later event of the collection is kept.
    ///
    /// `hasSpilled`: an earlier owner has spilled keys of it; see `endHold`.
    @discardableResult
    package mutating func register(
        _ collection: BinaryUUID, isExclusive: Bool, isOrdered: Bool = false,
        hasSpilled: Bool = false
    ) -> Timestamp {
        if collections[collection] == nil {
            registrations += 1
            collections[collection] = DirtyCollection(
                isExclusive: isExclusive, isOrdered: isOrdered, registration: registrations)
            if hasSpilled { collections[collection]?.handedOutThrough = .min }
        }
        return newestEvent
    }

    package func isRegistered(_ collection: BinaryUUID) -> Bool { collections[collection] != nil }

    /// Forgets a collection that is gone, with its keys.
    package mutating func unregister(_ collection: BinaryUUID) {
        guard let gone = collections.removeValue(forKey: collection) else { return }
        gone.releaseAll(&watermark)
        count -= gone.entries.count
        bytes -= gone.entries.values.reduce(0) { $0 + $1.size }
    }

    /// Lets keys of a collection be handed out, or holds them back.
    package mutating func setEligible(_ collection: BinaryUUID, _ isEligible: Bool) {
        collections[collection]?.isEligible = isEligible
        if isEligible { giveTurn(to: collection) }
    }

    /// Whether a worker has keys of the collection.
    func isBeingApplied(_ collection: BinaryUUID) -> Bool {
        collections[collection]?.isBeingApplied ?? false
    }

    package func isEmpty(_ collection: BinaryUUID) -> Bool {
        collections[collection]?.entries.isEmpty ?? true
    }

    package func contains(_ key: CanonicalKey, in collection: BinaryUUID) -> Bool {
        collections[collection]?.entries[key] != nil
    }

    // MARK: Events

    /// Begins a batch of events; see `Watermark`.
    package mutating func begin(at start: Timestamp) -> Int { watermark.begin(at: start) }

    package mutating func advance(to token: ResumeToken, time: Timestamp) {
        watermark.advance(to: token, time: time)
    }

    /// Something other than a key must be done before the generation counts as answered.
    package mutating func retain(_ generation: Int) { watermark.retain(generation) }
    package mutating func release(_ generation: Int) { watermark.release(generation) }

    /// An event of this time was seen, whatever it was.
    package mutating func note(_ time: Timestamp) { newestEvent = max(newestEvent, time) }

    /// An event named this document. False when the collection is not registered: nothing was kept.
    package mutating func add(
        _ id: RawValue, of collection: BinaryUUID, time: Timestamp, generation: Int,
        isSuspect: Bool = false,
        isInsertion: Bool = false
    ) -> Bool {
        places += 1
        return add(
            id, of: collection, time: time, generation: generation, isSuspect: isSuspect,
            isInsertion: isInsertion, place: places)
    }

    private mutating func add(
        _ id: RawValue, of collection: BinaryUUID, time: Timestamp, generation: Int,
        isSuspect: Bool, isInsertion: Bool, place: Int
    ) -> Bool {
        guard let index = collections.index(forKey: collection) else { return false }
        let wasIdle = collections.values[index].isQueueEmpty
        let added = collections.values[index].add(
            id, time: time, generation: generation, isSuspect: isSuspect, isInsertion: isInsertion,
            place: place, &watermark)
        bytes += added.bytes
        if added.isNew { count += 1 }
        if wasIdle { giveTurn(to: collection) }
        return true
    }

    // MARK: Work

    /// Takes up to `limit` of the oldest keys of one eligible collection, at most about `maximumBytes` of ids. Nil when
    /// there is nothing to hand out now.
    package mutating func take(limit: Int, maximumBytes: Int) -> Work? {
        for _ in 0..<turns.count {
            guard let uuid = turns.popFirst() else { return nil }
            inTurns.remove(uuid)
            guard let index = collections.index(forKey: uuid), collections.values[index].hasWork
            else {
                continue
            }
            let (keys, newest) = collections.values[index].take(
                limit: limit, maximumBytes: maximumBytes)
            if !collections.values[index].isQueueEmpty { giveTurn(to: uuid) }
            guard keys.isEmpty else {
                return Work(
                    collection: uuid, registration: collections.values[index].registration,
                    keys: keys, newest: newest)
            }
        }
        return nil
    }

    /// A worker has made the destination equal for these keys, by a read at or after `time`. Keys with newer events stay.
    package mutating func complete(_ work: Work, answeredAt time: Timestamp) {
        guard let index = index(of: work) else { return }
        let freed = collections.values[index].complete(work.keys, answeredAt: time, &watermark)
        count -= freed.count
        bytes -= freed.bytes
        if !collections.values[index].isQueueEmpty { giveTurn(to: work.collection) }
    }

    /// A worker could not make the destination equal; the keys are handed out again.
    package mutating func giveBack(_ work: Work) {
        guard let index = index(of: work) else { return }
        collections.values[index].giveBack(work.keys, &watermark)
        giveTurn(to: work.collection)
    }

    private mutating func giveTurn(to collection: BinaryUUID) {
        if inTurns.insert(collection).inserted { turns.append(collection) }
    }

    /// Nil when the collection was forgotten since the keys were taken, be it registered again or not.
    private func index(of work: Work) -> Dictionary<BinaryUUID, DirtyCollection>.Index? {
        collections.index(forKey: work.collection).flatMap { index in
            collections.values[index].registration == work.registration ? index : nil
        }
    }

    // MARK: Spilling

    /// Keys that were taken out to be kept elsewhere. Their generations stay retained until `releaseDrained`.
    package struct Drained: Sendable {
        package struct Entry: Sendable {
            package let key: CanonicalKey
            package let ids: [RawValue]
            package let oldest: Timestamp
            package let newest: Timestamp
            /// Place of its newest insertion among the events, or of its first event where nothing inserted it.
            package let place: Int
            package let isInserted: Bool
            let generation: Int
        }

        package let collection: BinaryUUID
        package let entries: [Entry]
        /// Whether the collection is given keys in their order only.
        var isOrdered = false
        /// Another one each time.
        var number = 0
    }

    /// A key that was kept elsewhere, with the place that it had among the events: those of earlier owners are lower.
    package struct Spilled: Sendable {
        package let ids: [RawValue]
        package let place: Int
        package let isInserted: Bool

        package init(ids: [RawValue], place: Int, isInserted: Bool) {
            self.ids = ids
            self.place = place
            self.isInserted = isInserted
        }
    }

    /// How many keys of each collection nobody is working on: what a round of `drain` may take. Keys that come meanwhile
    /// stand behind them, so that a round reaches all of these, of every collection, and ends.
    package var free: [BinaryUUID: Int] {
        collections.mapValues(\.queued).filter { $0.value > 0 }
    }

    /// Takes up to `limit` keys of one collection out, with at most `maximumBytes` of ids unless the first has more, and off
    /// what is left of the round. Collections that cannot be applied yet come first, and among these the one whose next key
    /// is the oldest. Nil when the round is over.
    ///
    /// Of an ordered collection those with the lowest places are taken; the others wait, until `endHold`, for what is brought
    /// back.
    package mutating func drain(
        _ round: inout [BinaryUUID: Int], limit: Int, maximumBytes: Int
    ) -> Drained? {
        let waiting = round.keys.compactMap { uuid in
            collections[uuid].flatMap { collection in
                collection.nextGeneration.map { (uuid, collection.isEligible ? 1 : 0, $0) }
            }
        }
        guard let uuid = waiting.min(by: { ($0.1, $0.2) < ($1.1, $1.2) })?.0,
            let index = collections.index(forKey: uuid), let left = round[uuid]
        else { return nil }
        let drained = collections.values[index].drain(
            limit: min(limit, left), maximumBytes: maximumBytes)
        round[uuid] = left > drained.count ? left - drained.count : nil
        guard !drained.isEmpty else { return nil }
        drains += 1
        let entries = drained.map { key, entry in
            count -= 1
            bytes -= entry.size
            return Drained.Entry(
                key: key, ids: entry.ids, oldest: watermark.start(of: entry.generation),
                newest: entry.newest, place: entry.place,
                isInserted: entry.isInserted, generation: entry.generation)
        }
        return Drained(
            collection: uuid, entries: entries, isOrdered: collections.values[index].isOrdered,
            number: drains)
    }

    /// The drained keys are durable elsewhere.
    package mutating func releaseDrained(_ drained: Drained) {
        for entry in drained.entries { watermark.release(entry.generation) }
    }

    /// The drained keys are to be applied after all, as old as they were. Those of a collection that is gone are forgotten.
    package mutating func giveBackDrained(_ drained: Drained) {
        for entry in drained.entries {
            for id in entry.ids {
                _ = add(
                    id, of: drained.collection, time: entry.newest, generation: entry.generation,
                    isSuspect: true, isInsertion: entry.isInserted, place: entry.place)
            }
            watermark.release(entry.generation)
        }
    }

    /// Makes documents dirty without an event: they may differ though their events were answered. Returns the generation
    /// that they belong to: see `isUnanswered`.
    @discardableResult
    package mutating func redirty(_ ids: [RawValue], of collection: BinaryUUID) -> Int {
        let time = max(watermark.streamTime, newestEvent)
        let generation = begin(at: time)
        for id in ids {
            _ = add(id, of: collection, time: time, generation: generation, isSuspect: true)
        }
        return generation
    }

    /// Makes keys dirty that were spilled: of an ordered collection those with the lowest places, which are handed out now.
    /// Returns their generation: see `isUnanswered`.
    package mutating func bringBack(_ spilled: [Spilled], of collection: BinaryUUID) -> Int {
        let time = max(watermark.streamTime, newestEvent)
        let generation = begin(at: time)
        for key in spilled {
            for id in key.ids {
                _ = add(
                    id, of: collection, time: time, generation: generation, isSuspect: true,
                    isInsertion: key.isInserted, place: key.place)
            }
        }
        collections[collection]?.handedOutThrough = spilled.map(\.place).max()
        giveTurn(to: collection)
        return generation
    }

    /// Nothing of the collection is spilled any more: every key may be handed out.
    package mutating func endHold(of collection: BinaryUUID) {
        collections[collection]?.handedOutThrough = nil
        giveTurn(to: collection)
    }

    /// Whether the key waits for events of this generation or an earlier one. One that changes all the time is always
    /// dirty, but is answered up to a generation as soon as it waits only for later ones. In an ordered collection one
    /// whose document was inserted behind `place` is answered by that insertion, whose own generation is retained.
    package func isUnanswered(
        _ key: CanonicalKey, of collection: BinaryUUID, upTo generation: Int,
        through place: Int = .max
    ) -> Bool {
        guard let collection = collections[collection], let entry = collection.entries[key] else {
            return false
        }
        let isInsertedAgain =
            collection.isOrdered && !entry.isTaken && entry.isInserted && entry.place > place
        return entry.generation <= generation && !isInsertedAgain
    }

    /// Whether the key is not handed out before others that were set aside.
    package func isHeld(_ key: CanonicalKey, of collection: BinaryUUID) -> Bool {
        guard let collection = collections[collection], let entry = collection.entries[key] else {
            return false
        }
        return collection.isHeld(entry)
    }
}
