internal import BSON

/// Commands that are no retryable writes - those on the catalog - cannot be told apart by their number. They are outlasted.
extension Lane {
    /// Returns when no command that these lanes have sent and that was not answered can be executed any more; does nothing
    /// where all were. What is on its way to a server is executed as long as that server keeps the connection, so all
    /// connections of that time are closed, and the primary is asked until it has none of them.
    ///
    /// All lanes of one cluster that was made with `canOutlast`; waits for calls that are under way on them. Throws an
    /// error of kind `network` where a connection is still there: to be called again until it does not. A server notices
    /// by itself, after some minutes, that nobody is at the other end.
    package static func outlast(_ lanes: [Lane]) async throws(MongoError) {
        guard let lane = lanes.first else { return }
        let pools = lane.cluster.unanswered
        guard !pools.isEmpty else { return }
        for lane in lanes { try await lane.leave(pools) }
        let names = Document(array: pools.map(Value.string))
        let found = try await lane.all(
            [
                "aggregate": 1,
                "pipeline": [
                    ["$currentOp": ["idleConnections": true]],
                    ["$match": ["appName": ["$in": .array(names)]]], ["$limit": 1],
                    ["$project": ["_id": 0, "appName": 1]],
                ], "cursor": [:],
            ], on: "admin")
        guard found.isEmpty else {
            throw MongoError(
                kind: .network,
                message:
                    "a command that was not answered may still be executed, as the server keeps its connection"
            )
        }
        lane.cluster.hasOutlasted(pools)
    }
}
