internal import BSON
internal import Mongo

/// Compares a capped collection in natural order.
///
/// Until the cutover the destination may hold older documents before the source's first one: what the source has
/// overwritten by itself is not always told by events. They are no difference. Beyond them the sequences must be equal.
struct CappedComparer: Sendable {
    struct Outcome: Sendable {
        var matched = 0
        /// Documents to be looked at by their ids: missing or changed.
        var candidates: [RawValue] = []
        /// Documents at another place, or on the destination only, behind its extra head.
        var misplaced: [RawValue: Mismatch.Kind] = [:]
        /// Older documents of the destination, oldest first.
        var head: [RawValue] = []
        /// Whether these are all. Where they are not, nothing else was compared.
        var isHeadWhole = true
        /// Everything up to this time must be applied before anything of it counts.
        var time = Timestamp.zero

        /// For where nobody looks at documents by their ids: those that are missing have no place, and those that the
        /// destination alone has go with its extra head.
        mutating func takeDocuments() {
            head += misplaced.filter { $0.value == .extra }.keys
            misplaced = misplaced.filter { $0.value != .extra }
            for id in candidates { misplaced[id] = .order }
        }
    }

    let lanes: VerifyLanes
    /// Ids are enough to compare the order: much less to read.
    var isByID = false

    /// One read of each side. Throws `CollectionGone`.
    func compare(_ collection: MigratedCollection, batchSize: Int) async throws -> Outcome {
        try await lanes.context.retry("comparing \(collection.sourceName)") {
            try await pass(collection, batchSize: batchSize)
        }
    }

    private func pass(_ collection: MigratedCollection, batchSize: Int) async throws -> Outcome {
        let isByID = isByID
        @Sendable func find(_ command: inout DocumentBuilder) {
            command.append("hint", ["$natural": 1])
            if isByID { command.append("projection", ["_id": 1]) }
            command.append("batchSize", .integer(batchSize))
        }
        let time = lanes.context.dirty.seenThrough
        let left = try await lanes.openSource(collection, after: time, find)
        let right = try await lanes.openDestination(collection, find)
        var source = BatchStream(left, size: batchSize, lane: lanes.source)
        var destination = BatchStream(right, size: batchSize, lane: lanes.destination)
        do {
            return try await align(&source, &destination)
        } catch {
            await source.close()
            await destination.close()
            throw error
        }
    }

    private func align(
        _ source: inout BatchStream, _ destination: inout BatchStream
    ) async throws -> Outcome {
        var outcome = Outcome()
        var aligner = SequenceAligner()
        var found: [SequenceAligner.Candidate] = []
        var left = try await source.next()
        var right = try await skipHead(before: left, in: &destination, &outcome)
        guard outcome.isHeadWhole else {
            await source.close()
            await destination.close()
            return outcome
        }
        while true {
            aligner.align(source: left, destination: right)
            let results = aligner.takeResults()
            outcome.matched += results.matched
            found += results.candidates
            if left == nil, right == nil { break }
            if aligner.needsSource { left = try await source.next() }
            if aligner.needsDestination { right = try await destination.next() }
        }
        outcome.time = source.operationTime ?? .zero
        CappedComparer.sort(found, into: &outcome)
        return outcome
    }

    /// Reads the destination up to the first document that is among the source's first ones.
    private func skipHead(
        before first: Document?, in destination: inout BatchStream, _ outcome: inout Outcome
    ) async throws -> Document? {
        let known = Set((first ?? Document()).lazy.compactMap { $0.document?.raw("_id") })
        guard !known.isEmpty else { return try await destination.next() }
        while let batch = try await destination.next() {
            let documents = batch.compactMap(\.document)
            let place = documents.firstIndex { $0.raw("_id").map(known.contains) ?? false }
            outcome.head += documents[..<(place ?? documents.count)].compactMap {
                $0.raw("_id")?.copied()
            }
            if let place {
                return place == 0 ? batch : Document(documents: documents[place...])
            }
            guard outcome.head.count < lanes.context.options.cappedHead else {
                outcome.isHeadWhole = false
                return nil
            }
        }
        return nil
    }

    /// An id that both sides have, but not at the same place, shows as missing and as extra.
    static func sort(_ found: [SequenceAligner.Candidate], into outcome: inout Outcome) {
        let missing = Set(found.lazy.filter { $0.kind == .missing }.map(\.id))
        for candidate in found {
            if candidate.kind != .extra {
                outcome.candidates.append(candidate.id)
            } else {
                outcome.misplaced[candidate.id] = missing.contains(candidate.id) ? .order : .extra
            }
        }
    }
}
