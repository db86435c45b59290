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

    /// The lines of the event log that this destination holds, oldest first.
    package nonisolated func storedLog() async throws -> [StoredLine] {
        try await all(["find": "log", "sort": ["_id": 1]], on: "lagzero_internal")
            .compactMap { line in
                guard case .date(let time)? = line["time"] else { return nil }
                return line["text"]?.string.map { StoredLine(time: time, text: $0) }
            }
    }
}

/// Of an event log.
package struct StoredLine: Hashable, Sendable {
    package var time: Int64
    package var text: String

    package init(time: Int64, text: String) { (self.time, self.text) = (time, text) }
}

private struct NoSuchState: Error {
    let collection: String
    let id: String
}
