internal import BSON
internal import Mongo

/// Reads the change stream from before the copy starts, and never waits for the copy or for DDL, nor for the destination
/// as long as there is room for what waits for it.
struct Tail: Sendable {
    let context: Context
    let copyRequests: CopyRequests
    /// Whether the destination is its applications' own: what is still read is only shown.
    var isOver: @Sendable () -> Bool = { false }
    /// Told about the events of each batch, for the writes that are still seen at a cutover.
    let seen: @Sendable ([ChangeEvent]) -> Void

    /// The present end of the stream, before anything is read: where the migration begins.
    static func begin(_ source: Side, retry: Retry) async throws -> ResumeToken {
        let lane = source.lane()
        let batch = try await retry("opening the change stream") {
            try await lane.open(StreamCommand.make(.now, source: source.version), on: "admin")
        }
        if let cursor = batch.cursor { await lane.kill(cursor) }
        guard let token = batch.postBatchResumeToken else {
            throw MigrationError(.unexpected, "the source's change stream gives no resume token")
        }
        return ResumeToken(token)
    }

    /// Reads until cancelled. Throws `historyLost` when the oplog no longer holds what comes next, or the stream cannot be
    /// opened there.
    func run() async throws {
        let lane = context.source.lane()
        /// Where the server said last that the stream cannot go on.
        var deadEnd: ResumeToken?
        var size = StreamBatchSize()
        /// What a connection that was lost has left on the source.
        var abandoned: Cursor?
        /// Before it is opened again, and where it broke last.
        var pause = Tuning.streamReopenDelay
        var lastBreak: ResumeToken?
        while true {
            do {
                let start = StreamCommand.Start.after(place)
                let batch = try await context.retry("opening the change stream") {
                    try await lane.open(
                        StreamCommand.make(start, source: context.source.version), on: "admin")
                }
                // By another lane: its server may be another one that does not answer.
                if let cursor = abandoned {
                    let other = context.source.lane()
                    Task { await other.kill(cursor) }
                }
                abandoned = batch.cursor
                try await follow(batch, lane, &size)
                abandoned = nil
            } catch let error as MongoError where error.isHistoryLost {
                throw MigrationError(
                    .historyLost,
                    "the source's oplog no longer holds the changes that come next: the migration must start again, "
                        + "\(wording.anew); a larger oplog on the source, or fewer writes, lets it catch up",
                    cause: error)
            } catch let error as MongoError where error.isWaitedFor || error.kind == .server {
                // An oplog that was overwritten under the cursor (CappedPositionLost) shows when it is opened anew.
                if error.isStreamFatal {
                    guard place != deadEnd else { throw endsHere(error) }
                    deadEnd = place
                }
                if error.isUnanswered { size.wasLost(at: place) }
                context.status.wait("tail", for: "reading the source's changes: \(error)")
                pause =
                    place == lastBreak
                    ? min(pause * 2, Tuning.streamReopenLimit) : Tuning.streamReopenDelay
                lastBreak = place
                try await Task.sleep(for: pause)
                context.status.goOn("tail")
            }
        }
    }

    private var wording: Wording { context.options.wording }

    /// Behind the last event that was taken over.
    private var place: ResumeToken { context.dirty.read { $0.watermark.streamToken } }

    private func endsHere(_ error: MongoError) -> MigrationError {
        MigrationError(
            .historyLost,
            "the source cannot go on with its change stream from where it was read last: the migration must start "
                + "again, \(wording.anew)", cause: error)
    }

    private func follow(
        _ first: Batch, _ lane: Lane, _ size: inout StreamBatchSize
    ) async throws {
        var batch = first
        while true {
            try Task.checkCancellation()
            let hasInvalidate = try take(batch, of: size.events)
            size.came(batch.count, bytes: batch.array.count)
            guard let cursor = batch.cursor, !hasInvalidate else { return }
            // A short pause lets events gather: fewer, larger batches cost both servers less.
            if batch.count < Tuning.smallStreamBatch {
                try await Task.sleep(for: Tuning.streamGathering)
            }
            try await waitForRoom()
            batch = try await lane.more(
                cursor, batchSize: size.events, wait: Tuning.streamWait)
        }
    }

    /// Waits while there are more dirty keys than may be held: neither the destination nor this host's disk has taken
    /// enough of them. What is not read stays in the oplog, whose headroom is watched.
    private func waitForRoom() async throws {
        guard isFull else { return }
        context.status.wait(
            "tail",
            for:
                "changes that are not applied fill the memory; the source is read on when some are applied or set aside"
        )
        defer { context.status.goOn("tail") }
        while isFull {
            try Task.checkCancellation()
            let seen = context.dirty.hasMoved.count
            await context.dirty.hasMoved.wait(after: seen, atMost: .milliseconds(200))
        }
    }

    private var isFull: Bool {
        context.dirty.read { $0.bytes } > Tuning.dirtyBytesFactor * context.options.dirtyBytes
    }

    /// Takes a batch over whole, in one step. True when the stream ended in it.
    private func take(_ batch: Batch, of size: Int) throws(MigrationError) -> Bool {
        let events = try ChangeEvent.all(in: batch.documents)
        var token = batch.postBatchResumeToken.map(ResumeToken.init)
        var hasInvalidate = false
        seen(events)
        let isOver = isOver()
        for event in events {
            // What was written under the other name may have been taken for changes of another collection. Asked for before
            // the event counts as seen: the next run of the reconciler answers both.
            if let newName = event.newName, !context.source.version.namesCollectionsByUUID {
                copyRequests.addRenamed([event.namespace, newName])
            }
            if case .invalidate = event.meaning, let own = event.token?.document {
                hasInvalidate = true
                token = ResumeToken(own)
            }
        }
        let needsCatalog = context.dirty.takeEvents { keys in
            var unanswered: CatalogHold?
            if let first = events.first {
                let generation = keys.begin(at: first.time)
                var subjects = CatalogSubjects()
                for event in events {
                    keys.note(event.time)
                    if isOver { continue }
                    if !add(event, to: &keys, generation) { subjects.add(event) }
                }
                if subjects != CatalogSubjects() {
                    unanswered = CatalogHold(generation: generation, subjects: subjects)
                }
            }
            if let token {
                let isWhole =
                    batch.cursor == nil
                    || !StreamPosition.isFull(events.count, of: size, bytes: batch.array.count)
                keys.advance(
                    to: token,
                    time: StreamPosition.readThrough(
                        token, after: keys.watermark.streamToken, newestEvent: events.last?.time,
                        isWhole: isWhole))
            }
            return unanswered
        }
        if needsCatalog { context.reconcile.notify() }
        return hasInvalidate
    }

    /// False when the catalog must be looked at: a DDL event, or a document of a collection that is not known yet.
    private func add(_ event: ChangeEvent, to keys: inout DirtyKeys, _ generation: Int) -> Bool {
        switch event.meaning {
        case .catalog: return false
        case .invalidate, .nothing: return true
        case .document(let id, let uuid):
            let collection = uuid ?? context.registry.uuid(named: event.namespace)
            if let collection,
                keys.add(
                    id, of: collection, time: event.time, generation: generation,
                    isInsertion: event.operation == "insert")
            {
                return true
            }
            return !context.options.filter.contains(event.namespace)
        }
    }
}
