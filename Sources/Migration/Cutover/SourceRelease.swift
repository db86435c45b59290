internal import BSON
package import Mongo

/// Lets the source of a complete migration take writes again: the operator asks for it, any time after the cutover.
package enum SourceRelease {
    /// Lifts the block that the migration has left there, and has its state on the destination say so: a later run must
    /// not take a block for its own that somebody else sets. A block that the state does not name is not lifted.
    ///
    /// Throws `MongoError` where a cluster does not answer or refuses; it can be asked again then.
    package static func perform(
        source: ConnectionString, destination: ConnectionString
    ) async throws {
        let there = try await Cluster.open(destination).lane()
        let state = try await there.open(
            [
                "find": "state", "filter": ["_id": "migration"], "limit": 1,
                "readConcern": ["level": "majority"],
            ], on: StateStore.database
        ).documents.first { _ in true }?.copied()
        if let state, state["sourceBlocked"]?.bool == false { return }
        _ = try await Cluster.open(source).lane()
            .run(["setUserWriteBlockMode": 1, "global": false])
        // Without an upsert: a state that was dropped since stays so.
        let reply = try await there.write(
            [
                "update": "state",
                "updates": [
                    ["q": ["_id": "migration"], "u": ["$set": ["sourceBlocked": false]]]
                ],
                "writeConcern": ["w": "majority"],
            ], on: StateStore.database)
        if let failure = reply.failures.first { throw failure.error }
    }
}
