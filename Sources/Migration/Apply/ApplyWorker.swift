internal import BSON
internal import Mongo

/// One worker of the stage *apply*, with a lane on each side.
struct ApplyWorker: Sendable {
    let context: Context
    private let reader: Lane
    private let destinationReader: Lane
    private let writer: DocumentWriter

    init(context: Context) {
        self.context = context
        reader = context.source.lane()
        destinationReader = context.destination.lane()
        writer = DocumentWriter(context: context, lane: context.destination.lane())
    }

    /// Makes the destination equal for these keys, by a read at or after the newest of their events. Blocks until a
    /// majority of the destination has it. Throws `CollectionGone`, or `refused`.
    func apply(_ work: DirtyKeys.Work, of collection: MigratedCollection) async throws {
        if collection.kind == .capped {
            try await applyInOrder(work.keys, newest: work.newest, of: collection)
            return
        }
        if collection.isCollated {
            try await applyExactly(work.keys, newest: work.newest, of: collection)
            return
        }
        let suspects = work.keys.filter(\.isSuspect)
        if !suspects.isEmpty {
            try await applyExactly(suspects, newest: work.newest, of: collection)
        }
        let plain = suspects.isEmpty ? work.keys : work.keys.filter { !$0.isSuspect }
        if !plain.isEmpty { try await applyByKey(plain, newest: work.newest, of: collection) }
    }

    /// The usual way: what is found is written, what is not found is deleted. Documents whose `_id` has other bytes
    /// than the event had go the exact way.
    private func applyByKey(
        _ keys: [DirtyKeys.Key], newest: Timestamp, of collection: MigratedCollection
    ) async throws {
        var missing: [CanonicalKey: DirtyKeys.Key] = [:]
        missing.reserveCapacity(keys.count)
        for key in keys { missing[key.canonical] = key }
        var changed: [DirtyKeys.Key] = []
        try await read(keys.lazy.flatMap(\.ids), newest: newest, of: collection) { documents in
            let found = documents.filter { document in
                guard let id = document.raw("_id"),
                    let key = missing.removeValue(forKey: CanonicalKey(id))
                else { return false }
                if key.ids == [id] { return true }
                changed.append(key)
                return false
            }
            try await writer.write(found, to: collection)
        }
        try await writer.delete(missing.values.lazy.flatMap(\.ids), from: collection)
        if !changed.isEmpty { try await applyExactly(changed, newest: newest, of: collection) }
    }

    /// The way for capped collections, whose order counts. What was inserted comes to the end, in the order in which it
    /// was, also where the destination has it at an earlier place: it left that place on the source.
    private func applyInOrder(
        _ keys: [DirtyKeys.Key], newest: Timestamp, of collection: MigratedCollection
    ) async throws {
        let suspects = keys.filter { $0.isSuspect && $0.insertion == nil }
        if !suspects.isEmpty { try await applyExactly(suspects, newest: newest, of: collection) }
        var rest = keys.filter { !$0.isSuspect || $0.insertion != nil }[...]
        var size = Tuning.heldDocuments
        while !rest.isEmpty {
            let part = rest.prefix(size)
            rest = rest.dropFirst(size)
            var found: [CanonicalKey: Document] = [:]
            try await read(part.lazy.flatMap(\.ids), newest: newest, of: collection) { documents in
                for document in documents {
                    guard let id = document.raw("_id") else { continue }
                    found[CanonicalKey(id)] = document.copied()
                }
            }
            try await writer.delete(
                try await leaving(part, found, of: collection), from: collection)
            try await writer.write(part.compactMap { found[$0.canonical] }, to: collection)
            size = ApplyWorker.held(after: Array(found.values))
        }
    }

    /// How many documents like these may be held until they are written.
    private static func held(after documents: [Document]) -> Int {
        guard !documents.isEmpty else { return Tuning.heldDocuments }
        let average = documents.reduce(0) { $0 + $1.count } / documents.count
        return min(max(1, Tuning.writeBytes / average), Tuning.applyKeys)
    }

    /// What goes before the documents are written: what the source does not hold any more, or holds at a later place.
    private func leaving(
        _ keys: ArraySlice<DirtyKeys.Key>, _ found: [CanonicalKey: Document],
        of collection: MigratedCollection
    ) async throws -> [RawValue] {
        let gone = keys.filter { $0.insertion != nil || found[$0.canonical] == nil }.flatMap(\.ids)
        guard collection.isCollated else { return gone }
        // An id that is gone may be equal to one that is there.
        let kept = Set(found.values.compactMap { $0.raw("_id") }).subtracting(gone)
        return try await storedIDs(Set(gone), of: collection).filter { !kept.contains($0) }
    }

    /// The way for ids that are equal and yet differ in bytes: what the destination holds under such an id is deleted
    /// first, as a replacement would keep the old bytes or be refused.
    private func applyExactly(
        _ keys: [DirtyKeys.Key], newest: Timestamp, of collection: MigratedCollection
    ) async throws {
        var rest = keys[...]
        var size = Tuning.heldDocuments
        // Few at a time: their documents are held until what stands in their way is deleted.
        while !rest.isEmpty {
            let part = rest.prefix(size)
            rest = rest.dropFirst(size)
            var documents: [Document] = []
            try await read(part.lazy.flatMap(\.ids), newest: newest, of: collection) { found in
                documents += found.map { $0.copied() }
            }
            let wanted = Set(documents.compactMap { $0.raw("_id") })
            // Under a collation an event's id can name a document that the source holds under another one.
            let asked = Set(part.flatMap(\.ids)).union(wanted)
            let stored = try await storedIDs(asked, of: collection)
            try await writer.delete(stored.filter { !wanted.contains($0) }, from: collection)
            try await writer.write(documents, to: collection)
            size = ApplyWorker.held(after: documents)
        }
    }

    private func storedIDs(_ ids: Set<RawValue>, of collection: MigratedCollection) async throws
        -> [RawValue]
    {
        var stored: [RawValue] = []
        for part in collection.readable(ids) {
            stored += try await storedIDs(among: part, of: collection)
        }
        return stored
    }

    private func storedIDs(
        among ids: [RawValue], of collection: MigratedCollection
    ) async throws -> [RawValue] {
        var current = collection
        while true {
            var command = context.destinationCommand("find", current)
            command.appendFilter(ids: ids)
            command.append("projection", ["_id": 1])
            command.append("batchSize", 100_000)
            let find = command.finish()
            do {
                let database = current.destinationName.database
                return try await context.retry("reading the destination") {
                    try await destinationReader.all(find, on: database)
                        .compactMap { $0.raw("_id") }
                }
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try context.followDestination(of: current, error)
            }
        }
    }

    /// Reads the current versions of these documents, batch by batch. `body` may be called again with documents it has
    /// had, after a broken connection.
    private func read(
        _ ids: some Sequence<RawValue>, newest: Timestamp, of collection: MigratedCollection,
        _ body: ([Document]) async throws -> Void
    ) async throws {
        let parts = collection.readable(ids)
        if parts.count == 1 {
            return try await read(part: parts[0], newest: newest, of: collection, body)
        }
        // What is read one by one is not written one by one.
        var held: [Document] = []
        var bytes = 0
        for part in parts {
            try await read(part: part, newest: newest, of: collection) { documents in
                held += documents.map { $0.copied() }
                bytes += documents.reduce(0) { $0 + $1.count }
            }
            if bytes >= Tuning.writeBytes {
                try await body(held)
                (held, bytes) = ([], 0)
            }
        }
        if !held.isEmpty { try await body(held) }
    }

    private func read(
        part ids: [RawValue], newest: Timestamp, of collection: MigratedCollection,
        _ body: ([Document]) async throws -> Void
    ) async throws {
        var current = collection
        while true {
            var command = context.sourceCommand("find", current)
            command.appendFilter(ids: ids)
            command.append("batchSize", .integer(Tuning.applyKeys + 1))
            command.append("readConcern", context.readConcern(after: newest))
            let find = command.finish()
            do {
                let database = current.sourceName.database
                var batch = try await context.retry("reading \(current.sourceName)") {
                    try await reader.open(find, on: database)
                }
                while true {
                    try await body(Array(batch.documents))
                    guard let cursor = batch.cursor else { return }
                    batch = try await reader.more(cursor)
                }
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try context.followSource(of: current, error)
            }
        }
    }
}

extension Array {
    /// Consecutive parts of at most this length.
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
