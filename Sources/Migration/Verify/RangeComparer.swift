internal import BSON
internal import Mongo

/// Compares a range of the `_id` index of both sides, document by document as bytes, in one sequential read of each.
///
/// Each of the two reads moves through time on its own, so a difference only means: look at this document again. An
/// equal pair needs no second look: whatever changes it later is applied, and then compared again.
struct RangeComparer: Sendable {
    let lanes: VerifyLanes
    /// Is told how many documents were equal and which ones are to be looked at again; may wait.
    let found: @Sendable (Int, [SequenceAligner.Candidate]) async throws -> Void

    /// After a broken connection it goes on behind the last document that both sides had. Throws `CollectionGone`.
    func compare(_ range: Partition, of collection: MigratedCollection, batchSize: Int) async throws
    {
        var range = range
        var delay = Tuning.firstRetryDelay
        while true {
            do {
                try await pass(&range, of: collection, batchSize: batchSize)
                guard let rest = range.rest else { return }
                range = rest
            } catch let error as MongoError where error.isWaitedFor {
                lanes.context.status.wait(
                    "verify", for: "comparing \(collection.sourceName): \(error)")
                defer { lanes.context.status.goOn("verify") }
                try await Task.sleep(for: delay)
                delay = min(delay * 2, Tuning.lastRetryDelay)
            }
        }
    }

    private func pass(
        _ range: inout Partition, of collection: MigratedCollection, batchSize: Int
    ) async throws {
        let bounds = range
        let time = lanes.context.dirty.seenThrough
        @Sendable func find(_ command: inout DocumentBuilder) {
            bounds.append(to: &command)
            command.append("batchSize", .integer(batchSize))
        }
        async let left = lanes.openSource(collection, after: time, find)
        async let right = lanes.openDestination(collection, find)
        var source = BatchStream(try await left, size: batchSize, lane: lanes.source)
        var destination = BatchStream(try await right, size: batchSize, lane: lanes.destination)
        do {
            try await align(&source, &destination) { range.lower = $0 }
        } catch {
            await source.close()
            await destination.close()
            throw error
        }
    }

    private func align(
        _ source: inout BatchStream, _ destination: inout BatchStream,
        reached: (RawValue) -> Void
    ) async throws {
        var aligner = SequenceAligner()
        var left: Document? = Document()
        var right: Document? = Document()
        while left != nil || right != nil {
            try await lanes.context.gate.pass()
            if aligner.needsSource { left = try await source.next() }
            if aligner.needsDestination { right = try await destination.next() }
            aligner.align(source: left, destination: right)
            if let last = aligner.lastMatched { reached(last.copied()) }
            let (matched, candidates) = aligner.takeResults()
            try await found(matched, candidates)
        }
    }
}
