internal import BSON
internal import Mongo

/// Copies ranges of collections: reads the next batch from the source while the last one is being inserted.
///
/// One worker with a lane on each side; at most two batches are held, of 16 MB each where documents are
/// much larger than most of the collection.
struct PartitionCopier: Sendable {
    /// The worker may not go on, and what it has not copied yet can be copied by another one.
    struct HandedBack: Error {}

    let context: Context
    /// Of the worker, for `Workers`.
    let number: Int
    private let reconcile: @Sendable () async throws -> Void
    let reader: Lane
    let inserter: Inserter

    init(
        context: Context, number: Int, reconcile: @escaping @Sendable () async throws -> Void
    ) {
        self.reconcile = reconcile
        self.context = context
        self.number = number
        reader = context.source.lane()
        inserter = Inserter(context: context, lane: context.destination.lane())
    }

    /// Copies a range of the `_id` index. After a broken connection it goes on behind the last document inserted.
    /// Throws `CollectionGone`.
    func copy(_ partition: Partition, of collection: MigratedCollection, _ terms: CopyQueue.Terms)
        async throws
    {
        var left: Partition? = partition
        while var partition = left {
            try await reading(collection, terms) { collection in
                var command = find(collection, terms)
                partition.append(to: &command)
                return try await open(command, collection)
            } inserted: { batch in
                if let last = batch.array.lastDocument?.raw("_id") {
                    partition.lower = last.copied()
                }
            }
            left = partition.rest
        }
    }

    /// Copies a collection in natural order, with one ordered writer where it is capped. After a broken connection it begins
    /// again; what is there already stays.
    func copyWhole(_ collection: MigratedCollection, _ terms: CopyQueue.Terms) async throws {
        try await reading(collection, terms) { collection in
            var command = find(collection, terms)
            command.append("hint", ["$natural": 1])
            return try await open(command, collection)
        } inserted: { _ in
        }
    }

    /// The same for a collection that is not capped, as one scan: see `NaturalOrder`. After a broken connection, and after
    /// a restart of this process, it goes on behind what was inserted, as long as the source's member runs.
    func copyInNaturalOrder(_ collection: MigratedCollection, _ terms: CopyQueue.Terms) async throws
    {
        let order = NaturalOrder(context: context, lane: reader)
        var position = try await context.store.naturalPosition(of: collection)
        while true {
            do {
                try await scan(collection, terms, order, from: &position)
                return
            } catch let error as MongoError where error.isKeyNotFound && position != nil {
                // The document that the token names is gone: from the beginning, as nobody knows what it stood before.
                position = nil
            }
        }
    }

    private func scan(
        _ collection: MigratedCollection, _ terms: CopyQueue.Terms, _ order: NaturalOrder,
        from position: inout NaturalOrder.Position?
    ) async throws {
        var reached = position
        defer { position = reached }
        var member: NaturalOrder.Member?
        var bytes = 0
        try await reading(collection, terms) { collection in
            let opened = try await order.open { member in
                if reached?.member != member { reached = nil }
                var command = find(collection, terms)
                command.append("hint", ["$natural": 1])
                command.append("$_requestResumeToken", true)
                if let reached { command.append("$_resumeAfter", .document(reached.token)) }
                return try await open(command, collection)
            }
            member = opened.member
            return opened.batch
        } inserted: { batch in
            guard let member, let token = batch.postBatchResumeToken else { return }
            let here = NaturalOrder.Position(
                token: token.copied(), member: member, destination: collection.destination)
            reached = here
            bytes += batch.array.count
            guard bytes >= context.options.partitionBytes else { return }
            bytes = 0
            try await context.store.save(here, of: collection.source)
            guard context.workers.allow(number) else { throw HandedBack() }
        }
    }

    private func find(_ collection: MigratedCollection, _ terms: CopyQueue.Terms) -> DocumentBuilder
    {
        var command = context.sourceCommand("find", collection)
        command.append("batchSize", .integer(batchDocuments(terms)))
        command.append("readConcern", context.readConcern(after: terms.readAfter))
        return command
    }

    private func batchDocuments(_ terms: CopyQueue.Terms) -> Int {
        max(1, context.workers.batchBytes / terms.documentBytes)
    }

    private func open(
        _ command: consuming DocumentBuilder, _ collection: MigratedCollection
    ) async throws -> Batch {
        try await reader.open(command.finish(), on: collection.sourceName.database)
    }

    private func reading(
        _ collection: MigratedCollection, _ terms: CopyQueue.Terms,
        open: (MigratedCollection) async throws -> Batch,
        inserted: (Batch) async throws -> Void
    ) async throws {
        var current = collection
        var delay = Tuning.firstRetryDelay
        while true {
            do {
                let batch = try await context.retry("reading \(current.sourceName)") {
                    try await open(current)
                }
                try await pump(batch, into: current, terms, inserted: inserted)
                return
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try context.followSource(of: current, error)
            } catch let error as MongoError where error.isWaitedFor {
                context.status.wait("copy", for: "reading \(current.sourceName): \(error)")
                try await Task.sleep(for: delay)
                delay = min(delay * 2, Tuning.lastRetryDelay)
                context.status.goOn("copy")
            }
        }
    }

    private func pump(
        _ first: Batch, into collection: MigratedCollection, _ terms: CopyQueue.Terms,
        inserted: (Batch) async throws -> Void
    ) async throws {
        var batch = first
        while true {
            try await context.gate.pass()
            let cursor = batch.cursor
            // Servers do not remember the size of the first batch.
            async let next = more(cursor, batchSize: batchDocuments(terms))
            try await insert(batch, into: collection)
            do {
                try await inserted(batch)
            } catch let error as HandedBack {
                if let cursor = try? await next?.cursor { await reader.kill(cursor) }
                throw error
            }
            guard let following = try await next else { return }
            batch = following
        }
    }

    private func more(_ cursor: Cursor?, batchSize: Int) async throws -> Batch? {
        guard let cursor else { return nil }
        return try await reader.more(cursor, batchSize: batchSize)
    }

    /// Inserts a batch; a document that is refused pauses the migration until the operator resumes it.
    private func insert(_ batch: Batch, into collection: MigratedCollection) async throws {
        guard !batch.isEmpty else { return }
        /// Since the last refusal.
        var hasReconciled = false
        while true {
            let opening = context.gate.openings
            do {
                guard let current = context.registry[collection.source],
                    current.destination == collection.destination
                else {
                    throw CollectionGone(collection: collection.source, side: .destination)
                }
                try await inserter.insert(
                    batch, into: current, isOrdered: collection.kind == .capped)
                break
            } catch let error as MigrationError where error.code == .refused {
                hasReconciled.toggle()
                if hasReconciled {
                    try await reconcile()
                    continue
                }
                await context.pause(error, opening)
                try await context.gate.pass()
            }
        }
        context.status.update { figures in
            figures.bytesCopied += batch.array.count
            figures.documentsCopied += batch.count
        }
    }
}
