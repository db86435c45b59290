internal import BSON
internal import Mongo

/// Compares single documents by their ids, and knows when a difference is none of lag.
///
/// A document is read from the source at some time up to T, the operation time of the answer. If the destination has
/// something else, this proves nothing yet: a change may be in the source's oplog and not read by the tail, read and
/// not applied, or applied between the two reads. So the destination is read once more after everything up to T is
/// applied, and the difference counts only if, between the moment the key was taken from the queue and the end of that
/// second read, the key was not applied and at the end of it is not dirty. Then:
///
/// - no event of the document up to T is unapplied, as all of them are applied;
/// - none of its events fell between the first read and T, as it would have been applied in that time, or be dirty;
/// - nothing newer was applied either: the destination should hold what the first read saw.
///
/// Every apply worker notes a key after the write was acknowledged and before the key leaves the dirty set: at no
/// moment is a key that is being changed neither dirty nor noted. The first read is at or after every event that was
/// taken from the stream, so that what was applied is never newer than what it sees, after an election on the source
/// too. The second read is a majority read after the
/// destination's own newest operation time, so that a new primary does not show an older state.
///
/// Equality needs no such care: what is equal at any two moments stays right, as every later event notes the key again.
struct KeyComparer: Sendable {
    let lanes: VerifyLanes
    /// Whether a key is dirty or spilled, or was applied since it was taken.
    let isMoving: @Sendable (RecheckQueue.Item, BinaryUUID) -> Bool

    enum Verdict: Sendable {
        case equal
        /// It was being changed; nothing can be said.
        case moving
        case differs(Mismatch.Kind, firstSeen: Timestamp)
    }

    struct Result: Sendable {
        var verdicts: [CanonicalKey: Verdict]
        /// Under a collation: other ids than those asked for, that are equal to them and differ.
        var others: [RawValue] = []
    }

    /// What a side holds under the ids that were asked for.
    private struct Reading {
        var fingerprints: [RawValue: Fingerprint] = [:]
        var time = Timestamp.zero

        mutating func add(_ other: Reading) {
            fingerprints.merge(other.fingerprints) { $1 }
            time = max(time, other.time)
        }
    }

    /// Blocks, where something differs, until the tail has caught up with the read. Throws `CollectionGone`.
    func compare(
        _ batch: RecheckQueue.Batch, of collection: MigratedCollection
    ) async throws -> Result {
        var result = Result(verdicts: [:])
        let still = batch.items.filter { !lanes.context.isDirty($0.key, batch.collection) }
        for item in batch.items { result.verdicts[item.key] = .moving }
        guard !still.isEmpty else { return result }
        let time = lanes.context.dirty.seenThrough
        let ids = still.flatMap(\.ids)
        async let left = readSource(ids, of: collection, after: time)
        async let right = readDestination(ids, of: collection, after: nil)
        let (source, destination) = try await (left, right)
        for item in still { result.verdicts[item.key] = .equal }
        let first = differences(source, destination)
        var suspects: [CanonicalKey: Mismatch.Kind] = [:]
        for (id, kind) in first {
            let key = CanonicalKey(id)
            guard result.verdicts[key] != nil else {
                result.others.append(id.copied())
                continue
            }
            suspects[key] = suspects[key] == nil ? kind : .changed
        }
        try await decide(suspects, still, source, of: collection, &result)
        return result
    }

    private func decide(
        _ suspects: [CanonicalKey: Mismatch.Kind], _ items: [RecheckQueue.Item], _ source: Reading,
        of collection: MigratedCollection, _ result: inout Result
    ) async throws {
        for key in suspects.keys { result.verdicts[key] = .moving }
        let quiet = items.filter {
            suspects[$0.key] != nil && !isMoving($0, collection.source)
        }
        guard !quiet.isEmpty else { return }
        try await lanes.context.dirty.waitUntilApplied(source.time)
        let destination = try await readDestination(
            quiet.flatMap(\.ids), of: collection, after: try await lanes.destinationTime())
        var differing: [CanonicalKey: Mismatch.Kind] = [:]
        let asked = Set(quiet.map(\.key))
        let expected = source.fingerprints.filter { asked.contains(CanonicalKey($0.key)) }
        for (id, kind) in differences(Reading(fingerprints: expected), destination) {
            let key = CanonicalKey(id)
            differing[key] = differing[key] == nil ? kind : .changed
        }
        for item in quiet where !isMoving(item, collection.source) {
            result.verdicts[item.key] =
                differing[item.key].map { .differs($0, firstSeen: source.time) } ?? .equal
        }
    }

    private func differences(
        _ source: Reading, _ destination: Reading
    ) -> [(id: RawValue, kind: Mismatch.Kind)] {
        var found: [(id: RawValue, kind: Mismatch.Kind)] = []
        for (id, fingerprint) in source.fingerprints {
            guard let other = destination.fingerprints[id] else {
                found.append((id, .missing))
                continue
            }
            if other != fingerprint { found.append((id, .changed)) }
        }
        for id in destination.fingerprints.keys where source.fingerprints[id] == nil {
            found.append((id, .extra))
        }
        return found
    }

    // MARK: Reads

    private func readSource(
        _ ids: [RawValue], of collection: MigratedCollection, after time: Timestamp
    ) async throws -> Reading {
        var all = Reading()
        for part in collection.readable(ids) {
            let reading = try await reading(
                lanes.source, "comparing \(collection.sourceName)"
            ) {
                try await lanes.openSource(collection, after: time) { $0.appendRead(of: part) }
            }
            all.add(reading)
        }
        return all
    }

    private func readDestination(
        _ ids: [RawValue], of collection: MigratedCollection, after time: Timestamp?
    ) async throws -> Reading {
        var all = Reading()
        for part in collection.readable(ids) {
            let reading = try await reading(
                lanes.destination, "comparing \(collection.destinationName)"
            ) {
                try await lanes.openDestination(collection, after: time) {
                    $0.appendRead(of: part)
                }
            }
            all.add(reading)
        }
        return all
    }

    /// Reads from the beginning again after a broken connection.
    private func reading(
        _ lane: Lane, _ activity: String, open: () async throws -> Batch
    ) async throws -> Reading {
        try await lanes.context.retry(activity) {
            var reading = Reading()
            var batch = try await open()
            while true {
                for document in batch.documents {
                    guard let id = document.raw("_id") else { continue }
                    reading.fingerprints[id.copied()] = Fingerprint(document)
                }
                reading.time = max(reading.time, batch.operationTime ?? .zero)
                guard let cursor = batch.cursor else { return reading }
                batch = try await lane.more(cursor)
            }
        }
    }

    /// What differs in a document, in words; empty where it cannot be said any more.
    func detail(
        of item: RecheckQueue.Item, in collection: MigratedCollection
    ) async throws -> String {
        let source = try await lanes.openSource(
            collection, after: lanes.context.dirty.seenThrough
        ) { $0.appendRead(of: item.ids) }.documents.first { _ in true }
        let destination = try await lanes.openDestination(collection) {
            $0.appendRead(of: item.ids)
        }.documents.first { _ in true }
        guard let source, let destination, source != destination else { return "" }
        return source.difference(to: destination)
    }
}

extension DocumentBuilder {
    /// The part of a `find` that reads the documents with these ids in one batch.
    fileprivate mutating func appendRead(of ids: [RawValue]) {
        appendFilter(ids: ids)
        append("batchSize", .integer(ids.count + 1))
    }
}

extension Context {
    func isDirty(_ key: CanonicalKey, _ collection: BinaryUUID) -> Bool {
        dirty.read { $0.contains(key, in: collection) }
    }
}

extension DirtySet {
    /// A read at or after this time sees the answer to every event that was taken from the stream, after an election
    /// too.
    var seenThrough: Timestamp { read { max($0.watermark.streamTime, $0.newestEvent) } }

    /// Returns when every event up to this time is applied. Throws `CancellationError`.
    func waitUntilApplied(_ time: Timestamp) async throws {
        while true {
            try Task.checkCancellation()
            let seen = hasMoved.count
            if appliedThrough >= time { return }
            await hasMoved.wait(after: seen)
        }
    }
}
