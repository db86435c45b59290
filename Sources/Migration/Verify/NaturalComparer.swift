internal import BSON
internal import Mongo

/// Compares a collection that is not capped by one scan in natural order of each side, which need not have the same
/// order: for servers the cheapest read, and no random one where ids come in no order.
///
/// Nothing is called equal that is not. Take a document of which no change was applied since the pass began. On the
/// source it is as it was when the scan began, as that sees every event taken from the stream before; on the destination
/// nobody but the migration writes. WiredTiger returns such a document exactly once, with all yields of a scan, as the
/// place of a document is given at its insertion and changes with no update. As its bytes hold its `_id`, they meet
/// those of no other document: it matches, or is a candidate.
///
/// A document that is changed during the scan may be seen in two states, at two places where it is deleted and inserted
/// again, or not at all. It may be a candidate, then, or match what it was. Its change is noted when it is applied, so
/// that it is compared again in any case, as it is after any other pass.
struct NaturalComparer: Sendable {
    let lanes: VerifyLanes
    /// Is told how many documents were equal and which ones are to be looked at again; may wait. The number is taken
    /// back, as a negative one, where it turns out to be too high.
    let found: @Sendable (Int, [RawValue]) async throws -> Void

    /// False when it cannot be compared this way, as too much is changed meanwhile or connections break; then nothing
    /// was found. Throws `CollectionGone`.
    func compare(_ collection: MigratedCollection, documents: Int, batchSize: Int) async throws
        -> Bool
    {
        var delay = Tuning.firstRetryDelay
        for _ in 0..<Tuning.naturalAttempts {
            var counted = 0
            do {
                if let rest = try await scan(collection, documents, batchSize, &counted) {
                    try await tell(rest)
                    return true
                }
                try await found(-counted, [])
                return false
            } catch {
                try await found(-counted, [])
                guard let error = error as? MongoError, error.isWaitedFor else { throw error }
                lanes.context.status.wait(
                    "verify", for: "comparing \(collection.sourceName): \(error)")
                defer { lanes.context.status.goOn("verify") }
                try await Task.sleep(for: delay)
                delay = min(delay * 2, Tuning.lastRetryDelay)
            }
        }
        return false
    }

    private func scan(
        _ collection: MigratedCollection, _ documents: Int, _ batchSize: Int, _ counted: inout Int
    ) async throws -> DifferenceTable.Rest? {
        @Sendable func find(_ command: inout DocumentBuilder) {
            command.append("hint", ["$natural": 1])
            command.append("batchSize", .integer(batchSize))
        }
        let time = lanes.context.dirty.seenThrough
        async let left = lanes.openSource(collection, after: time, find)
        async let right = lanes.openDestination(collection, find)
        var source = BatchStream(try await left, size: batchSize, lane: lanes.source)
        var destination = BatchStream(try await right, size: batchSize, lane: lanes.destination)
        do {
            return try await match(&source, &destination, documents, &counted)
        } catch {
            await source.close()
            await destination.close()
            throw error
        }
    }

    private func match(
        _ source: inout BatchStream, _ destination: inout BatchStream, _ documents: Int,
        _ counted: inout Int
    ) async throws -> DifferenceTable.Rest? {
        var matcher = MultisetMatcher(documents: documents)
        var left: Document? = Document()
        var right: Document? = Document()
        while left != nil || right != nil {
            try await lanes.context.gate.pass()
            if matcher.needsSource { left = try await source.next() }
            if matcher.needsDestination { right = try await destination.next() }
            matcher.match(source: left, destination: right)
            try await count(min(matcher.sourceCount, matcher.destinationCount), &counted)
        }
        guard let rest = matcher.takeRest() else { return nil }
        try await count(matcher.sourceCount - rest.source.count, &counted)
        return rest
    }

    /// Has told, in the end, of this many equal documents.
    private func count(_ number: Int, _ counted: inout Int) async throws {
        let more = number - counted
        counted = number
        try await found(more, [])
    }

    private func tell(_ rest: DifferenceTable.Rest) async throws {
        for ids in (rest.source + rest.destination).chunks(of: Tuning.recheckKeys) {
            try await found(0, Array(ids))
        }
    }
}
