package import BSON
package import Mongo

extension Lane {
    /// Changes a document of the state of the migration that this destination holds, as another host or time would.
    /// Throws where there is none.
    package func changeState(_ collection: String, _ id: String, _ change: Document) throws {
        let reply = try write(
            [
                "update": .string(collection),
                "updates": [["q": ["_id": .string(id)], "u": .document(change)]],
                "writeConcern": ["w": "majority"],
            ], on: "lagzero_internal")
        guard reply.count == 1 else { throw NoSuchState(collection: collection, id: id) }
    }
}

private struct NoSuchState: Error {
    let collection: String
    let id: String
}
