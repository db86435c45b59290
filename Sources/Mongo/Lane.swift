package import BSON
internal import CMongo
internal import Synchronization

/// One connection to a cluster with one explicit session, used by one caller after another.
///
/// Every libmongoc call blocks the lane's own thread and nothing else, at most for the cluster's server selection
/// time plus its socket time. A call that has begun is not interrupted by cancellation. Everything goes to the
/// primary. An error is thrown once; repeating is up to the caller.
package actor Lane {
    let cluster: Cluster
    private let executor = LaneExecutor()
    private var client: Client?
    /// The primary as last seen; 0 when it must be looked for.
    private var primary: UInt32 = 0
    /// The number of the last retryable write of any lane: sessions outlive their lanes and are used again by others, and
    /// a server takes a number that a session has used for a repetition.
    private static let transactionNumber = Atomic<Int64>(0)

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(_ cluster: Cluster) { self.cluster = cluster }

    /// Runs a command on the primary and returns the whole answer. Throws also where the answer is `ok: 1` with a
    /// write concern error; write errors of single documents are left to the caller.
    package func run(_ command: Document, on database: String = "admin") throws(MongoError)
        -> Document
    {
        let client = try connected()
        if primary == 0 { primary = try client.selectPrimary() }
        do {
            return try client.run(command, on: database, server: primary)
        } catch {
            if error.isUnanswered { cluster.hasNoAnswer(on: client.pool) }
            if error.isUnauthorized { renewLostLogin(of: client) }
            if error.kind == .network || error.isNotPrimary || error.kind == .serverSelection {
                primary = 0
            }
            throw error
        }
    }

    /// What the primary says about itself. Any member answers this command, also one that was the primary when this lane
    /// last looked: then it is an error like that of any other command there.
    package func hello() throws(MongoError) -> Document {
        let reply = try run(["hello": 1])
        guard reply["isWritablePrimary"]?.bool == false else { return reply }
        primary = 0
        throw MongoError(
            kind: .server, code: MongoError.notWritablePrimary,
            message: "the member is not the primary any more", reply: reply)
    }

    /// Opens a cursor with a `find` or `aggregate` command and returns its first batch.
    package func open(_ command: Document, on database: String) throws(MongoError) -> Batch {
        let reply = try run(command, on: database)
        let batch = try Batch(reply, server: primary, database: database)
        if let cursor = batch.cursor { cluster.hasOpened(cursor) }
        return batch
    }

    /// Every document that a `find`, `aggregate` or `list...` command returns, each a slice of its batch's answer. Between
    /// two batches others may use the lane.
    package nonisolated func all(
        _ command: Document, on database: String
    ) async throws(MongoError) -> [Document] {
        var batch = try await open(command, on: database)
        var documents = Array(batch.documents)
        while let cursor = batch.cursor {
            batch = try await more(cursor)
            documents += batch.documents
        }
        return documents
    }

    /// The next batch of a cursor. `wait` (milliseconds) is for change streams and tailing cursors: how long the server
    /// may wait for something new before it answers with an empty batch.
    package func more(
        _ cursor: Cursor, batchSize: Int? = nil, wait: Int? = nil
    ) throws(MongoError) -> Batch {
        var command = DocumentBuilder()
        command.append("getMore", .int64(cursor.id))
        command.append("collection", .string(cursor.collection))
        if let batchSize { command.append("batchSize", .integer(batchSize)) }
        if let wait { command.append("maxTimeMS", .integer(wait)) }
        let client = try connected()
        do {
            let reply = try client.run(command.finish(), on: cursor.database, server: cursor.server)
            let batch = try Batch(reply, server: cursor.server, database: cursor.database)
            if batch.cursor == nil { cluster.hasEnded(cursor) }
            return batch
        } catch {
            if error.isUnauthorized { renewLostLogin(of: client) }
            if error.isCursorLost { cluster.hasEnded(cursor) }
            throw error
        }
    }

    /// Tells the server that a cursor is not needed any more. Errors are of no interest: cursors end by themselves.
    package func kill(_ cursor: Cursor) {
        let command: Document = [
            "killCursors": .string(cursor.collection), "cursors": [.int64(cursor.id)],
        ]
        _ = try? connected().run(command, on: cursor.database, server: cursor.server)
        cluster.hasEnded(cursor)
    }

    /// Makes an `insert`, `update` or `delete` command the next retryable write of this lane's session. From its
    /// answer on, no earlier write of the lane can be executed any more: servers refuse lower numbers.
    package func prepare(_ command: consuming DocumentBuilder, on database: String) -> PreparedWrite
    {
        let number = Lane.transactionNumber.add(1, ordering: .relaxed).newValue
        command.append("txnNumber", .int64(number))
        return PreparedWrite(command: command.finish(), database: database)
    }

    /// The same for a command that is a document already.
    package func prepare(_ command: Document, on database: String) -> PreparedWrite {
        prepare(DocumentBuilder(command), on: database)
    }

    /// Sends a prepared write. After an error without an answer the same write may be sent again, as often as needed:
    /// it is executed at most once.
    package func send(_ write: PreparedWrite) throws(MongoError) -> WriteReply {
        try WriteReply(run(write.command, on: write.database))
    }

    /// `prepare` and `send` in one, for writes that need no repetition by the caller.
    package func write(_ command: Document, on database: String) throws(MongoError) -> WriteReply {
        try send(prepare(command, on: database))
    }

    /// After "unauthorized": where the server does not know any more who this connection is, the next call logs in anew.
    private func renewLostLogin(of lost: Client) {
        guard cluster.connectionString.username != nil, primary != 0,
            let status = try? lost.run(["connectionStatus": 1], on: "admin", server: primary),
            status["authInfo"]?.document?["authenticatedUsers"]?.document?.isEmpty ?? false
        else { return }
        try? cluster.replace(lost.pool)
        client = nil
        primary = 0
    }

    /// Closes its connection where it is of one of these pools; the next call opens one of another pool.
    func leave(_ pools: Set<String>) throws(MongoError) {
        guard let client, pools.contains(client.pool.name) else { return }
        try cluster.replace(client.pool)
        self.client = nil
        primary = 0
    }

    private func connected() throws(MongoError) -> Client {
        if let client { return client }
        let fresh = try Client(cluster.pool)
        client = fresh
        return fresh
    }
}

/// A retryable write with its number.
package struct PreparedWrite: Sendable {
    let command: Document
    let database: String
}

/// A client of the pool with its session; goes back to the pool when the lane lets go of it.
private final class Client {
    private let raw: OpaquePointer
    /// The pool must outlive its clients.
    let pool: Pool

    init(_ pool: Pool) throws(MongoError) {
        raw = try pool.pop()
        self.pool = pool
    }

    deinit { cmongo_client_push(raw) }

    func selectPrimary() throws(MongoError) -> UInt32 {
        var failure = cmongo_error_t()
        let server = cmongo_select_primary(raw, &failure)
        guard server != 0 else { throw MongoError(failure, while: .commanding) }
        return server
    }

    func run(_ command: Document, on database: String, server: UInt32) throws(MongoError)
        -> Document
    {
        var failure = cmongo_error_t()
        var answer = cmongo_bytes_t()
        let isDone = command.withBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return cmongo_command(raw, server, database, base, bytes.count, &answer, &failure)
        }
        let reply = answer.data.flatMap { data in
            Document(
                storage: Storage(adopting: data, count: answer.length), start: 0,
                limit: answer.length)
        }
        guard isDone else { throw MongoError(failure, while: .commanding, reply: reply) }
        guard let reply else {
            throw MongoError(kind: .driver, message: "the server's answer is not a BSON document")
        }
        if let concern = reply["writeConcernError"]?.document {
            throw MongoError(
                kind: .writeConcern, code: Int32(concern["code"]?.integer ?? 0),
                message: concern["errmsg"]?.string ?? "write concern error", reply: reply)
        }
        return reply
    }
}
