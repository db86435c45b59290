package import BSON

/// The answer to an `insert`, `update` or `delete` command.
package struct WriteReply: Sendable {
    /// One statement that the server refused.
    package struct Failure: Sendable {
        /// Which statement of the command.
        package let index: Int
        package let error: MongoError
        /// For duplicate keys: the pattern of the index that refused, `{_id: 1}` for the primary one.
        package let keyPattern: Document?
    }

    /// Documents inserted, matched or deleted.
    package let count: Int
    package let failures: [Failure]
    package let operationTime: Timestamp?

    init(_ reply: Document) {
        count = reply["n"]?.integer ?? 0
        operationTime = reply["operationTime"]?.timestamp
        failures = (reply["writeErrors"]?.elements ?? []).compactMap { value in
            guard let failure = value.document, let index = failure["index"]?.integer else {
                return nil
            }
            let error = MongoError(
                kind: .server, code: Int32(failure["code"]?.integer ?? 0),
                message: failure["errmsg"]?.string ?? "", reply: failure)
            return Failure(index: index, error: error, keyPattern: failure["keyPattern"]?.document)
        }
    }
}
