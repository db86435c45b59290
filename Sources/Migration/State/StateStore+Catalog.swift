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

    /// Keeps these collections of the source as they are at the point of no return, and no others: what is finished after
    /// it must not depend on what becomes of the source. The record of that point says how many they are.
    func saveFinal(_ collections: [CollectionInfo]) async throws {
        try await delete("final", filter: [:])
        try await replace("final", collections.compactMap(FinalCollection.fields))
    }

    /// So many collections that `saveFinal` has kept; nil where they are not all there.
    func loadFinal(_ count: Int) async throws -> Catalog? {
        let found = try await find("final").compactMap(FinalCollection.info)
        return count == found.count ? Catalog(found) : nil
    }

    package func claim(view: Namespace) async throws {
        try await upsert("views", id: .string(view.description), set: [:])
    }

    package func release(view: Namespace) async throws {
        try await delete("views", filter: ["_id": .string(view.description)])
    }
}

/// A collection of the source in the state. Options and indexes are kept as bytes: servers refuse some field names of
/// theirs in documents.
private enum FinalCollection {
    static func fields(of info: CollectionInfo) -> (id: Value, fields: Document)? {
        guard let uuid = info.uuid else { return nil }
        let indexes = info.indexes.filter(\.isFinished).map { Value.document($0.spec) }
        let definition: Document = [
            "options": .document(info.options), "indexes": .array(Document(array: indexes)),
        ]
        return (
            .uuid(uuid),
            [
                "db": .string(info.namespace.database), "coll": .string(info.namespace.collection),
                "isBuckets": .bool(info.kind == .buckets),
                "definition": .binary(subtype: 0, definition.bytes),
            ]
        )
    }

    static func info(_ document: Document) -> CollectionInfo? {
        guard let uuid = document["_id"]?.uuid, let database = document["db"]?.string,
            let collection = document["coll"]?.string,
            case .binary(_, let bytes)? = document["definition"],
            let definition = Document(bytes)
        else { return nil }
        let indexes = (definition["indexes"]?.elements ?? []).compactMap { index in
            index.document.flatMap { IndexSpec($0) }
        }
        return CollectionInfo(
            namespace: Namespace(database, collection),
            kind: document["isBuckets"]?.bool == true ? .buckets : .collection, uuid: uuid,
            options: definition["options"]?.document ?? [:], indexes: indexes)
    }
}
