internal import BSON
internal import Mongo
internal import Synchronization

/// Dirty keys that are kept on the destination because memory or the oplog is short.
///
/// Once keys are durable there, the stored token moves past their events. They come back when their collection can be
/// applied, and are deleted when they are.
final class Spill: Sendable {
    private struct State {
        /// Oldest event among the spilled keys, and how many keys, by collection.
        var floors: [BinaryUUID: Timestamp] = [:]
        /// Keys of a collection that were brought back and are not yet deleted from the spill; false for those that were
        /// spilled again meanwhile.
        var restored: [BinaryUUID: [CanonicalKey: Bool]] = [:]
    }

    private static let collection = "dirty"
    /// A document for each key:
    ///
    /// - `_id`: `c`, the UUID of the collection; `k`, the canonical key, shortened.
    /// - `ids`: every `_id` that was spilled under the key, each in a document of its own.
    /// - `newest`: time of the newest event. `inserted`: whether an event inserted the document.
    /// - `order`: place of its newest insertion among the events, or of its first event where nothing inserted it;
    ///   those of later owners are higher. `version`: another one after each spilling.
    private static let byOrder: Value = ["key": ["_id.c": 1, "order": 1], "name": "order"]

    private let context: Context
    private let store: StateStore
    /// Where the destination takes nothing.
    private let file: SpillFile
    private let state = Mutex(State())
    private let isIndexed = Atomic(false)
    /// Held while keys are written and while the last of a collection is deleted: a collection that gets keys is never
    /// forgotten. Nothing waits for the destination while it holds this.
    private let writing = Turn()

    init(context: Context) {
        self.context = context
        // Checkpoints wait for a destination that takes no writes; this does not.
        store = context.store.on(context.destination.lane())
        file = SpillFile(dirty: context.dirty, status: context.status)
    }

    /// No event at or after this time may be called applied while keys are spilled; nil when none are.
    var floor: Timestamp? { state.withLock { $0.floors.values.min() } }

    /// Collections that have spilled keys.
    var collections: Set<BinaryUUID> { state.withLock { Set($0.floors.keys) } }

    func hasKeys(of collection: BinaryUUID) -> Bool {
        file.hasKeys(of: collection) || isOnDestination(collection)
    }

    private func isOnDestination(_ collection: BinaryUUID) -> Bool {
        state.withLock { $0.floors[collection] != nil }
    }

    var isEmpty: Bool { file.isEmpty && state.withLock { $0.floors.isEmpty } }

    /// After a restart: learns what an earlier owner spilled.
    func load() async throws {
        let floors = try await store.find("spilled")
        state.withLock { state in
            for floor in floors {
                guard let uuid = floor["_id"]?.uuid, let time = floor["oldest"]?.timestamp else {
                    continue
                }
                state.floors[uuid] = time
            }
        }
    }

    /// One round of keeping the dirty set small, and of bringing the position up to `middle` where nothing else holds it.
    /// The file is read back as soon as the destination takes keys again: those in it hold the position.
    ///
    /// `middle`: of the source's oplog, which may soon drop what is older; nil where that is not known.
    func relieve(upTo middle: Timestamp?) async throws {
        if isBehind(middle), context.source.version.namesCollectionsByUUID {
            context.dirty.setCatalogAside()
        }
        let isLarge = context.dirty.read { $0.bytes } > context.options.dirtyBytes
        if isLarge || isBehind(middle) {
            guard try await spill(upTo: middle) else { return }
        }
        while context.dirty.read({ $0.bytes }) < context.options.dirtyBytes / 4,
            try file.bringSomeBack()
        {}
    }

    private func isBehind(_ middle: Timestamp?) -> Bool {
        guard let middle else { return false }
        return context.dirty.read { $0.watermark.appliedThrough } < middle
    }

    /// Writes keys that nobody is working on to the destination until the dirty set is small and the position is at
    /// `middle`. What comes meanwhile is left to the next round: it may come faster than it can be written, what is
    /// being brought back would be set aside again and again, and a busy collection would keep the oldest key of another
    /// one waiting.
    ///
    /// Where the destination takes nothing, what is too much for the memory goes to a file of this host: then false.
    @discardableResult
    func spill(upTo middle: Timestamp?) async throws -> Bool {
        var isTaken = true
        var round = context.dirty.read(\.free)
        while isHalfFull || isBehind(middle) {
            switch try await writing.take({ try await spillSome(&round) }) {
            case .written: isTaken = true
            case .kept: isTaken = false
            case .noneFree: return isTaken
            case .noRoom: return false
            }
        }
        return isTaken
    }

    private var isHalfFull: Bool {
        context.dirty.read { $0.bytes } > context.options.dirtyBytes / 2
    }

    private enum Outcome {
        case written
        /// In the file, or in memory where the order counts.
        case kept
        case noneFree, noRoom
    }

    private func spillSome(_ round: inout [BinaryUUID: Int]) async throws -> Outcome {
        guard let drained = drain(&round) else { return .noneFree }
        do {
            try await write(drained)
        } catch let error as MongoError where error.isWaitedFor {
            // Between keys of the destination those of the file would not come back in their order.
            if isHalfFull, !drained.isOrdered {
                return file.keep(drained) ? .kept : .noRoom
            }
            context.dirty.update { $0.giveBackDrained(drained) }
            round[drained.collection] = nil
            return isHalfFull ? .kept : .noRoom
        }
        context.dirty.update { $0.releaseDrained(drained) }
        return .written
    }

    private func write(_ drained: DirtyKeys.Drained) async throws {
        try await index()
        let floor = state.withLock { $0.floors[drained.collection] } ?? .zero
        try await store.impatient.upsert(
            "spilled", id: .uuid(drained.collection), set: ["oldest": .timestamp(floor)])
        try await store.impatient.change(
            Spill.collection, drained.entries.map { change($0, of: drained) })
    }

    /// Before the first key: a million of them come back part by part, in their order.
    private func index() async throws {
        guard !isIndexed.load(ordering: .relaxed) else { return }
        _ = try await store.lane.run(
            [
                "createIndexes": .string(Spill.collection), "indexes": [Spill.byOrder],
                "writeConcern": ["w": "majority"],
            ], on: StateStore.database)
        isIndexed.store(true, ordering: .relaxed)
    }

    /// A key that leaves the dirty set here is not applied, and is known not to be in the same step.
    private func drain(_ round: inout [BinaryUUID: Int]) -> DirtyKeys.Drained? {
        context.dirty.update { keys in
            guard
                let drained = keys.drain(
                    &round, limit: Tuning.spillKeys, maximumBytes: Tuning.spillBytes)
            else { return nil }
            let oldest = drained.entries.map(\.oldest).min() ?? .zero
            state.withLock { state in
                state.floors[drained.collection] = min(
                    state.floors[drained.collection] ?? oldest, oldest)
                guard state.restored[drained.collection] != nil else { return }
                for entry in drained.entries
                where state.restored[drained.collection]?[entry.key] != nil {
                    state.restored[drained.collection]?[entry.key] = false
                }
            }
            return drained
        }
    }

    /// What is spilled already stays: unequal ids can share a key, and the first place of an insertion counts until the
    /// next one.
    private func change(
        _ entry: DirtyKeys.Drained.Entry, of drained: DirtyKeys.Drained
    ) -> (id: Value, operators: Document) {
        let order = Value.int64(firstPlace + Int64(entry.place))
        let version = Value.int64(firstPlace + Int64(drained.number))
        var change = DocumentBuilder()
        change.begin("$addToSet")
        change.begin("ids")
        change.beginArray("$each")
        for (index, id) in entry.ids.enumerated() {
            // A document each: an id can be anything.
            change.begin(String(index))
            change.append("_id", raw: id)
            change.end()
        }
        change.end()
        change.end()
        change.end()
        change.append(
            "$max", ["newest": .timestamp(entry.newest), "inserted": .bool(entry.isInserted)])
        change.append(
            "$set",
            entry.isInserted ? ["version": version, "order": order] : ["version": version])
        if !entry.isInserted { change.append("$setOnInsert", ["order": order]) }
        return (
            ["c": .uuid(drained.collection), "k": .binary(subtype: 0, entry.key.shortened)],
            change.finish()
        )
    }

    /// Places of this owner begin here.
    private var firstPlace: Int64 { store.epoch << 40 }

    /// Brings the spilled keys of a collection back, part by part, and deletes each part when it is applied. Blocks until all
    /// are. Throws where the destination does not take the deletion: what is left is brought back by the next call.
    func restore(_ collection: BinaryUUID) async throws {
        guard isOnDestination(collection) else { return }
        let lane = context.destination.lane()
        while true {
            try await context.gate.pass()
            let part = try await context.retry("reading the migration's state") {
                try await lane.open(
                    [
                        "find": .string(Spill.collection), "filter": ["_id.c": .uuid(collection)],
                        "sort": ["order": 1], "limit": .integer(Tuning.restoredKeys),
                        "batchSize": .integer(Tuning.restoredKeys),
                        "readConcern": ["level": "majority"],
                    ], on: StateStore.database)
            }
            let documents = part.documents.map { $0.copied() }
            if let cursor = part.cursor { await lane.kill(cursor) }
            if documents.isEmpty {
                if try await writing.take({ try await finish(collection, lane) }) { return }
                continue
            }
            let spilled = documents.map { document in
                DirtyKeys.Spilled(
                    ids: document["ids"]?.elements.compactMap { $0.document?.raw("_id") } ?? [],
                    place: (document["order"]?.integer ?? 0) - Int(firstPlace),
                    isInserted: document["inserted"]?.bool ?? false)
            }
            let keys = spilled.flatMap(\.ids)
            state.withLock { state in
                state.restored[collection] = Dictionary(
                    keys.map { (CanonicalKey($0), true) }, uniquingKeysWith: { first, _ in first })
            }
            defer { state.withLock { _ = $0.restored.removeValue(forKey: collection) } }
            let generation = context.dirty.update { $0.bringBack(spilled, of: collection) }
            let place = spilled.map(\.place).max() ?? .max
            try await waitUntilApplied(keys, of: collection, upTo: generation, through: place)
            try await writing.take {
                let applied = state.withLock { $0.restored[collection] ?? [:] }
                let done = context.dirty.read { dirty in
                    zip(documents, spilled).filter { _, spilled in
                        spilled.ids.map(CanonicalKey.init).allSatisfy { key in
                            applied[key] ?? false
                                && !dirty.isUnanswered(
                                    key, of: collection, upTo: generation, through: place)
                        }
                    }
                }
                guard !done.isEmpty else { return }
                try await store.impatient.delete(
                    Spill.collection, each: done.map { Spill.version(of: $0.0) })
            }
        }
    }

    /// Finds a spilled key only as long as it was not spilled again.
    private static func version(of document: Document) -> Document {
        var filter = DocumentBuilder()
        for name in ["_id", "version", "newest"] {
            if let value = document.raw(name) { filter.append(name, raw: value) }
        }
        return filter.finish()
    }

    /// Nothing of the collection is spilled any more, unless more came meanwhile: then false.
    private func finish(_ collection: BinaryUUID, _ lane: Lane) async throws -> Bool {
        let rest = try await context.retry("reading the migration's state") {
            try await lane.open(
                [
                    "find": .string(Spill.collection), "filter": ["_id.c": .uuid(collection)],
                    "limit": 1,
                    "readConcern": ["level": "majority"],
                ], on: StateStore.database)
        }
        guard rest.isEmpty else { return false }
        try await store.impatient.delete("spilled", filter: ["_id": .uuid(collection)])
        context.dirty.update { keys in
            state.withLock { _ = $0.floors.removeValue(forKey: collection) }
            keys.endHold(of: collection)
        }
        return true
    }

    /// Returns also when those that are left must wait for keys that were set aside meanwhile: they are brought back with
    /// these.
    private func waitUntilApplied(
        _ keys: [RawValue], of collection: BinaryUUID, upTo generation: Int, through place: Int
    ) async throws {
        var rest = keys.map(CanonicalKey.init)
        while true {
            try Task.checkCancellation()
            let seen = context.dirty.hasMoved.count
            rest = context.dirty.read { [rest] dirty in
                rest.filter { key in
                    !dirty.isHeld(key, of: collection)
                        && dirty.isUnanswered(
                            key, of: collection, upTo: generation, through: place)
                }
            }
            if rest.isEmpty || context.registry[collection] == nil { return }
            await context.dirty.hasMoved.wait(after: seen)
        }
    }

    /// Forgets the keys of a collection that is gone.
    func forget(_ collection: BinaryUUID) async throws {
        guard isOnDestination(collection) else { return }
        try await context.retry("writing the migration's state") {
            try await writing.take {
                let store = store.impatient
                try await store.delete(Spill.collection, filter: ["_id.c": .uuid(collection)])
                try await store.delete("spilled", filter: ["_id": .uuid(collection)])
                state.withLock { _ = $0.floors.removeValue(forKey: collection) }
            }
        }
    }
}

extension CanonicalKey {
    /// The key itself where it is short; its beginning, its length and its hash where it is long.
    fileprivate var shortened: [UInt8] {
        guard bytes.count > Tuning.spilledKeyBytes else { return bytes }
        let hashed = withHashBytes
        return Array(bytes.prefix(Tuning.spilledKeyBytes)) + hashed
    }

    private var withHashBytes: [UInt8] {
        let reversed = CanonicalKey(bytes: bytes.reversed())
        return [UInt64(bytes.count), hash, reversed.hash].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
    }
}
