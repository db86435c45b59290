internal import BSON
internal import Mongo

/// Transactions that are open on the source: they hold a write block up, and their writes would come after it.
package struct OpenTransactions: Sendable {
    /// One transaction, for people: who opened it, since when.
    package struct Transaction: Sendable {
        package let client: String
        package let seconds: Int
    }

    /// Asks the primary. Nil when the user may not ask (privilege `inprog`).
    static func find(_ lane: Lane) async throws -> [Transaction]? {
        do {
            let batch = try await lane.open(
                [
                    "aggregate": 1,
                    "pipeline": [
                        ["$currentOp": ["allUsers": true, "idleSessions": true]],
                        ["$match": ["transaction.parameters.autocommit": false]],
                        [
                            "$project": [
                                "client": 1, "appName": 1, "open": "$transaction.timeOpenMicros",
                            ]
                        ],
                    ],
                    "cursor": [:],
                ], on: "admin")
            return batch.documents.map { transaction in
                Transaction(
                    client: transaction["appName"]?.string ?? transaction["client"]?.string
                        ?? "unknown client",
                    seconds: (transaction["open"]?.integer ?? 0) / 1_000_000)
            }
        } catch {
            guard error.isUnauthorized else { throw error }
            return nil
        }
    }
}
