internal import BSON
internal import Mongo

/// Makes documents of the destination equal to given ones, and deletes others: retryable raw write commands.
struct DocumentWriter: Sendable {
    let context: Context
    let lane: Lane

    /// Replaces or inserts these documents. Where a stored `_id` equals but differs in bytes, the caller has deleted it.
    func write(_ documents: some Sequence<Document>, to collection: MigratedCollection) async throws
    {
        var batch = StatementBatch(verb: "update", list: "updates")
        for document in documents {
            guard let id = document.raw("_id") else { continue }
            if document.count + 2 * id.count + 1_024 > Tuning.commandLimit {
                try await replaceLarge(document, id: id, in: collection)
                continue
            }
            if batch.isFull(adding: document.count + id.count) {
                try await send(&batch, to: collection)
            }
            batch.append { statement in
                statement.begin("q")
                statement.begin("_id")
                statement.append("$eq", raw: id)
                statement.end()
                statement.end()
                if document.changesAsReplacement {
                    statement.append("u", [["$replaceWith": ["$literal": .document(document)]]])
                } else {
                    statement.append("u", .document(document))
                }
                statement.append("upsert", true)
            }
        }
        try await send(&batch, to: collection)
    }

    /// Deletes the documents with these ids, where there are any.
    func delete(_ ids: some Sequence<RawValue>, from collection: MigratedCollection) async throws {
        var batch = StatementBatch(verb: "delete", list: "deletes")
        for id in ids {
            if batch.isFull(adding: id.count) { try await send(&batch, to: collection) }
            batch.append { statement in
                statement.begin("q")
                statement.begin("_id")
                statement.append("$eq", raw: id)
                statement.end()
                statement.end()
                statement.append("limit", 1)
            }
        }
        try await send(&batch, to: collection)
    }

    /// A document that leaves no room for the filter beside it in one update command: deleted and inserted.
    private func replaceLarge(_ document: Document, id: RawValue, in collection: MigratedCollection)
        async throws
    {
        try await delete([id], from: collection)
        try await insert([document], into: collection)
    }

    /// Inserts documents in their order.
    func insert(_ documents: [Document], into collection: MigratedCollection) async throws {
        for document in documents {
            try await run(on: collection) { current in
                var command = context.destinationCommand(
                    "insert", current, reserving: document.count + 512)
                command.append("bypassDocumentValidation", true)
                command.append("writeConcern", ["w": "majority"])
                command.append("documents", [.document(document)])
                return command
            } id: { _ in
                document["_id"]
            }
        }
    }

    private func send(_ batch: inout StatementBatch, to collection: MigratedCollection) async throws
    {
        guard batch.count > 0 else { return }
        try await context.lease.check()
        let statements = batch.takeStatements()
        let (verb, list) = (batch.verb, batch.list)
        try await run(on: collection) { current in
            var command = context.destinationCommand(
                verb, current, reserving: statements.count + 512)
            command.append("ordered", .bool(collection.isExclusive))
            if verb == "update" { command.append("bypassDocumentValidation", true) }
            command.append("writeConcern", ["w": "majority"])
            command.append(list, .array(statements))
            return command
        } id: { index in
            statements.element(at: index)?.document?["q"]?.document?["_id"]?.document?["$eq"]
        }
        batch = StatementBatch(verb: verb, list: list)
    }

    /// Runs a command on the collection, whatever its name is by then. `id`: of the document of a statement.
    private func run(
        on collection: MigratedCollection, _ command: (MigratedCollection) -> DocumentBuilder,
        id: (Int) -> Value?
    ) async throws {
        var current = collection
        while true {
            do {
                let reply = try await context.retry.write(
                    "writing to the destination", command(current),
                    on: current.destinationName.database, lane: lane)
                guard let failure = reply.failures.first else { return }
                throw MigrationError.refused(
                    id(failure.index), of: current.destinationName, failure.error)
            } catch let error as MongoError where error.isUUIDMismatch || error.isNamespaceNotFound
            {
                current = try context.followDestination(of: current, error)
            } catch let error as MongoError where error.kind == .server {
                throw MigrationError.refused(writesTo: current.destinationName, error)
            }
        }
    }
}

extension MigrationError {
    /// A document that the destination refuses for good, with its `_id`, where that is known.
    static func refused(_ id: Value?, of namespace: Namespace, _ cause: MongoError)
        -> MigrationError
    {
        MigrationError(
            .refused,
            "the destination refuses a document of \(namespace) with _id \(id?.json ?? "unknown")",
            cause: cause)
    }

    /// A whole write command that the destination refuses for good.
    static func refused(writesTo namespace: Namespace, _ cause: MongoError) -> MigrationError {
        MigrationError(
            .refused, "the destination refuses writes to \(namespace)", cause: cause)
    }
}

/// The statements of one write command while they are collected.
private struct StatementBatch {
    let verb: String
    let list: String
    private(set) var count = 0
    private var builder = DocumentBuilder(reserving: 4_096)

    init(verb: String, list: String) {
        self.verb = verb
        self.list = list
    }

    var bytes: Int { builder.count }

    /// The statements as an array; the batch must not be used afterwards.
    mutating func takeStatements() -> Document { builder.take() }

    /// Whether a statement of about this many bytes more would be too much for one command.
    func isFull(adding size: Int) -> Bool {
        count > 0 && (count == Tuning.writeStatements || bytes + size + 256 > Tuning.writeBytes)
    }

    mutating func append(_ write: (inout DocumentBuilder) -> Void) {
        builder.begin(String(count))
        write(&builder)
        builder.end()
        count += 1
    }
}
