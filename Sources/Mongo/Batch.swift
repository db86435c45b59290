package import BSON

/// An open cursor on a server.
package struct Cursor: Hashable, Sendable {
    package let id: Int64
    let server: UInt32
    let database: String
    let collection: String
}

/// One batch of a cursor: the answer of the server, and the documents in it as they came.
package struct Batch: Sendable {
    /// The documents as one BSON array, a slice of the answer.
    package let array: Document
    /// Nil when the cursor is exhausted.
    package let cursor: Cursor?
    /// Change streams, and finds with `$_requestResumeToken`: where to go on after this batch.
    package let postBatchResumeToken: Document?
    package let operationTime: Timestamp?

    init(_ reply: Document, server: UInt32, database: String) throws(MongoError) {
        guard let body = reply["cursor"]?.document,
            let array = body["firstBatch"]?.document ?? body["nextBatch"]?.document,
            let id = body["id"]?.integer
        else {
            throw MongoError(
                kind: .driver, message: "the server's answer holds no cursor", reply: reply)
        }
        self.array = array
        let namespace = body["ns"]?.string ?? ""
        let collection = namespace.dropping(bytes: database.utf8.count + 1)
        cursor =
            id == 0
            ? nil
            : Cursor(
                id: Int64(id), server: server, database: database, collection: collection)
        postBatchResumeToken = body["postBatchResumeToken"]?.document
        operationTime = reply["operationTime"]?.timestamp
    }

    package var isEmpty: Bool { array.isEmpty }

    /// How many documents.
    package var count: Int { array.reduce(0) { count, _ in count + 1 } }

    /// The documents one by one, each a slice of the answer.
    package var documents: some Sequence<Document> { array.lazy.compactMap(\.document) }
}
