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
    }

    private static let collection = "dirty"

    private let context: Context
    private let state = Mutex(State())
    /// Spilling some keys, and finding that none are left, exclude each other.
    private let turns = Turns()

    init(context: Context) { self.context = context }

    /// No event at or after this time may be called applied while keys are spilled; nil when none are.
    var floor: Timestamp? { state.withLock { $0.floors.values.min() } }

    /// Collections that have spilled keys.
    var collections: Set<BinaryUUID> { state.withLock { Set($0.floors.keys) } }

    func hasKeys(of collection: BinaryUUID) -> Bool { state.withLock { $0.floors[collection] != nil } }

    var isEmpty: Bool { state.withLock { $0.floors.isEmpty } }

    /// After a restart: learns what an earlier owner spilled.
    func load() async throws {
        let floors = try await context.store.find("spilled")
        state.withLock { state in
            for floor in floors {
                guard let uuid = floor["_id"]?.uuid, let time = floor["oldest"]?.timestamp else { continue }
                state.floors[uuid] = time
            }
        }
    }

    /// Writes keys that nobody is working on to the destination until the dirty set is small. Blocks until they are
    /// durable.
    ///
    /// `isShort`: the oplog is, so that every key must become durable.
    func spill(isShort: Bool) async throws {
        let limit = isShort ? 0 : Tuning.dirtyBytes / 2
        while context.dirty.read({ $0.bytes }) > limit, try await turns.take({ try await spillPart() }) {}
    }

    /// False when there was no key to spill.
    private func spillPart() async throws -> Bool {
        // In one step: at no moment is a key neither dirty nor known to be spilled.
        let taken = context.dirty.update { keys -> (drained: DirtyKeys.Drained, floor: Timestamp)? in
            guard let drained = keys.drain(limit: Tuning.spillKeys) else { return nil }
            let oldest = drained.entries.map(\.oldest).min() ?? .zero
            return state.withLock { state in
                let floor = min(state.floors[drained.collection] ?? oldest, oldest)
                state.floors[drained.collection] = floor
                return (drained, floor)
            }
        }
        guard let (drained, floor) = taken else { return false }
        try await context.store.upsert(
            "spilled", id: .uuid(drained.collection), set: ["oldest": .timestamp(floor)])
        try await context.store.upsert(
            Spill.collection, drained.entries.map { document($0, of: drained.collection) })
        context.dirty.update { $0.releaseDrained(drained) }
        return true
    }

    private func document(
        _ entry: DirtyKeys.Drained.Entry, of collection: BinaryUUID
    ) -> (id: Value, set: Document) {
        var fields = DocumentBuilder()
        fields.beginArray("ids")
        for (index, id) in entry.ids.enumerated() {
            // A document each: an id can be anything.
            fields.begin(String(index))
            fields.append("_id", raw: id)
            fields.end()
        }
        fields.end()
        fields.append("newest", .timestamp(entry.newest))
        fields.append("order", .int64(Int64(entry.order)))
        return (
            ["c": .uuid(collection), "k": .binary(subtype: 0, entry.key.shortened)], fields.finish()
        )
    }

    /// Brings the spilled keys of a collection back, part by part, and deletes each part when it is applied. Blocks until all
    /// are.
    ///
    /// Meanwhile keys may be spilled again, those that were just brought back among them: they then have another place in
    /// the order, by which it is seen that they are not to be deleted yet.
    func restore(_ collection: BinaryUUID) async throws {
        let lane = context.destination.lane()
        while hasKeys(of: collection) {
            try await context.gate.pass()
            let part = try await turns.take {
                let part = try await read(collection, lane)
                if part.isEmpty { try await clear(collection) }
                return part
            }
            let keys = part.flatMap { $0["ids"]?.elements.compactMap { $0.document?.raw("_id") } ?? [] }
            context.dirty.redirty(keys, of: collection)
            try await waitUntilApplied(keys, of: collection)
            try await context.store.delete(
                Spill.collection,
                each: part.map { document in
                    var filter = DocumentBuilder()
                    for name in ["_id", "epoch", "order"] {
                        if let value = document.raw(name) { filter.append(name, raw: value) }
                    }
                    return filter.finish()
                })
        }
        context.dirty.hasMoved.notify()
    }

    /// The oldest spilled keys of a collection.
    private func read(_ collection: BinaryUUID, _ lane: Lane) async throws -> [Document] {
        try await context.retry("reading the migration's state") {
            let part = try await lane.open(
                [
                    "find": .string(Spill.collection), "filter": ["_id.c": .uuid(collection)],
                    // Every owner counts from the beginning.
                    "sort": ["epoch": 1, "order": 1], "limit": .integer(Tuning.restoredKeys),
                    "batchSize": .integer(Tuning.restoredKeys), "readConcern": ["level": "majority"],
                ], on: StateStore.database)
            if let cursor = part.cursor { await lane.kill(cursor) }
            return part.documents.map { $0.copied() }
        }
    }

    /// Nothing of the collection is spilled any more.
    private func clear(_ collection: BinaryUUID) async throws {
        try await context.store.delete("spilled", filter: ["_id": .uuid(collection)])
        state.withLock { _ = $0.floors.removeValue(forKey: collection) }
    }

    private func waitUntilApplied(_ keys: [RawValue], of collection: BinaryUUID) async throws {
        var rest = keys.map(CanonicalKey.init)
        while true {
            try Task.checkCancellation()
            let seen = context.dirty.hasMoved.count
            rest = context.dirty.read { dirty in rest.filter { dirty.contains($0, in: collection) } }
            if rest.isEmpty || context.registry[collection] == nil { return }
            await context.dirty.hasMoved.wait(after: seen)
        }
    }

    /// Forgets the keys of a collection that is gone.
    func forget(_ collection: BinaryUUID) async throws {
        guard hasKeys(of: collection) else { return }
        try await turns.take {
            try await context.store.delete(Spill.collection, filter: ["_id.c": .uuid(collection)])
            try await clear(collection)
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
