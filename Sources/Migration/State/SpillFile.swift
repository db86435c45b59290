internal import BSON
internal import Mongo
internal import Synchronization

/// Dirty keys that are kept on this host's disk while the destination takes no writes and memory is short.
///
/// They are not durable for others, so the stored position does not pass their events: after a crash these are read
/// again. Thread safe.
final class SpillFile: Sendable {
    private let file: DocumentFile
    private let dirty: DirtySet
    private let status: Status
    /// How many keys of each collection are in the file.
    private let counts = Mutex<[BinaryUUID: Int]>([:])

    init(
        dirty: DirtySet, status: Status,
        file: DocumentFile = DocumentFile(limit: Tuning.spillFileBytes)
    ) {
        self.file = file
        self.dirty = dirty
        self.status = status
    }

    var isEmpty: Bool { counts.withLock { $0.isEmpty } }

    func hasKeys(of collection: BinaryUUID) -> Bool { counts.withLock { $0[collection] != nil } }

    /// Keeps keys that were taken out of the dirty set; their generations stay retained. False when there is no room: they
    /// are dirty again.
    func keep(_ drained: DirtyKeys.Drained) -> Bool {
        counts.withLock { $0[drained.collection, default: 0] += drained.entries.count }
        status.update { $0.onDisk += drained.entries.count }
        if file.append(drained.document) { return true }
        bringBack(drained)
        return false
    }

    /// Makes the oldest keys of the file dirty again. False when there were none. Throws where they cannot be read.
    func bringSomeBack() throws(MigrationError) -> Bool {
        guard let document = try file.takeFirst() else { return false }
        guard let drained = DirtyKeys.Drained(document) else { throw DocumentFile.unreadable }
        bringBack(drained)
        return true
    }

    private func bringBack(_ drained: DirtyKeys.Drained) {
        // In this order: a key is dirty before it counts as not kept here.
        dirty.update { $0.giveBackDrained(drained) }
        counts.withLock { counts in
            let rest = (counts[drained.collection] ?? 0) - drained.entries.count
            counts[drained.collection] = rest > 0 ? rest : nil
        }
        status.update { $0.onDisk -= drained.entries.count }
    }
}

extension DirtyKeys.Drained {
    fileprivate var document: Document {
        var builder = DocumentBuilder()
        builder.append("collection", .uuid(collection))
        builder.beginArray("entries")
        for (index, entry) in entries.enumerated() {
            builder.begin(String(index))
            builder.append("generation", .int64(Int64(entry.generation)))
            builder.append("oldest", .timestamp(entry.oldest))
            builder.append("newest", .timestamp(entry.newest))
            builder.append("place", .int64(Int64(entry.place)))
            builder.append("inserted", .bool(entry.isInserted))
            builder.beginArray("ids")
            for (place, id) in entry.ids.enumerated() { builder.append(String(place), raw: id) }
            builder.end()
            builder.end()
        }
        builder.end()
        return builder.finish()
    }

    fileprivate init?(_ document: Document) {
        guard let collection = document["collection"]?.uuid,
            let entries = document["entries"]?.document
        else { return nil }
        self.init(
            collection: collection, entries: entries.compactMap { $0.document.flatMap(Entry.init) })
    }
}

extension DirtyKeys.Drained.Entry {
    fileprivate init?(_ document: Document) {
        let ids = document["ids"]?.document?.map { $0.raw.copied() } ?? []
        guard let first = ids.first, let generation = document["generation"]?.integer,
            let oldest = document["oldest"]?.timestamp, let newest = document["newest"]?.timestamp,
            let place = document["place"]?.integer, let isInserted = document["inserted"]?.bool
        else { return nil }
        self.init(
            key: CanonicalKey(first), ids: ids, oldest: oldest, newest: newest, place: place,
            isInserted: isInserted, generation: generation)
    }
}
