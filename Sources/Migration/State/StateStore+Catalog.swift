package import BSON
package import Mongo

/// The state of the catalog: a document a collection, with what the copy says of it, and one a view.
extension StateStore: CatalogJournal {
    package func load() async throws -> CatalogState {
        let entries = try await find("collections").compactMap(CatalogEntry.init)
        let views = try await find("views").compactMap {
            $0["_id"]?.string.flatMap { Namespace($0) }
        }
        return CatalogState(entries, views: Set(views))
    }

    /// UUIDs of collections of the destination to which the copy is done.
    func copies() async throws -> Set<BinaryUUID> {
        Set(try await find("collections").compactMap { $0["copied"]?.uuid })
    }

    package func intend(_ entries: [CatalogEntry]) async throws {
        try await delete(
            "partitions", filter: ["_id.c": ["$in": .array(Document(array: entries.map(\.id)))]])
        try await replace("collections", entries.map { (id: $0.id, fields: $0.fields) })
    }

    package func pair(_ entries: [CatalogEntry]) async throws {
        try await upsert("collections", entries.map { (id: $0.id, set: $0.fields) })
    }

    package func unpair(_ source: BinaryUUID) async throws {
        try await delete("collections", filter: ["_id": .uuid(source)])
        try await forgetPartitions(of: source)
    }

    package func claim(view: Namespace) async throws {
        try await upsert("views", id: .string(view.description), set: [:])
    }

    package func release(view: Namespace) async throws {
        try await delete("views", filter: ["_id": .string(view.description)])
    }
}
