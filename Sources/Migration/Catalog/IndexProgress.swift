internal import BSON
package import Mongo

/// How far an index build on the destination is.
package struct IndexProgress: Hashable, Sendable {
    package let namespace: Namespace
    package let indexes: [String]
    /// What the server does now, in its words, such as "Index Build: scanning collection".
    package let stage: String
    /// Of the present stage; nil where the server does not count.
    package let done: Int?
    package let total: Int?

    /// Every build that runs on the primary, of whoever began it. Throws the server's error where
    /// the user may not see the operations of others.
    package static func read(_ lane: Lane) async throws -> [IndexProgress] {
        let batch = try await lane.open(
            [
                "aggregate": 1, "cursor": [:],
                "pipeline": [
                    ["$currentOp": ["allUsers": true]],
                    // The builder's own thread; the connections that wait for it say nothing.
                    ["$match": ["desc": ["$regex": "^IndexBuildsCoordinator"]]],
                    ["$project": ["ns": 1, "command.indexes.name": 1, "msg": 1, "progress": 1]],
                ],
            ], on: "admin")
        return batch.documents.compactMap(IndexProgress.init)
    }

    private init?(_ operation: Document) {
        guard let namespace = operation["ns"]?.string.flatMap({ Namespace($0) }) else { return nil }
        self.namespace = namespace
        indexes =
            operation["command"]?.document?["indexes"]?.elements
            .compactMap { $0.document?["name"]?.string } ?? []
        stage = operation["msg"]?.string ?? ""
        let progress = operation["progress"]?.document
        done = progress?["done"]?.integer
        total = progress?["total"]?.integer
    }
}
