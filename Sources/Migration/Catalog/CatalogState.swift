package import BSON
package import Mongo

/// What a migration remembers about one collection: one document, `_id` is the UUID on the source.
package struct CatalogEntry: Hashable, Sendable {
    package let source: BinaryUUID
    /// The name it was created by, or has since been renamed to.
    package var namespace: Namespace
    /// The collection that it is on the destination. Nil: its creation was begun, and nobody knows
    /// how that ended.
    package var destination: BinaryUUID?

    package init(source: BinaryUUID, namespace: Namespace, destination: BinaryUUID? = nil) {
        self.source = source
        self.namespace = namespace
        self.destination = destination
    }

    package init?(_ document: Document) {
        guard let source = document["_id"]?.uuid, let database = document["db"]?.string,
            let collection = document["coll"]?.string
        else { return nil }
        self.init(
            source: source, namespace: Namespace(database, collection),
            destination: document["destination"]?.uuid)
    }

    package var id: Value { .uuid(source) }

    /// Everything but the `_id`.
    package var fields: Document {
        [
            "db": .string(namespace.database), "coll": .string(namespace.collection),
            "destination": destination.map(Value.uuid) ?? .null,
        ]
    }
}

/// What a migration has made on the destination so far.
package struct CatalogState: Sendable {
    package var entries: [BinaryUUID: CatalogEntry]
    /// Views that this migration made or was about to make.
    package var views: Set<Namespace>

    package init(_ entries: some Sequence<CatalogEntry> = [], views: Set<Namespace> = []) {
        self.entries = Dictionary(entries.map { ($0.source, $0) }) { $1 }
        self.views = views
    }

    /// Source UUID to destination UUID.
    package var pairs: [BinaryUUID: BinaryUUID] { entries.compactMapValues(\.destination) }
}

/// Where the state of the catalog is kept. Every call returns when it is durable.
package protocol CatalogJournal: Sendable {
    func load() async throws -> CatalogState
    /// Before collections are created. Replaces what was known of those source UUIDs.
    func intend(_ entries: [CatalogEntry]) async throws
    /// After they were created, found again after a crash, or renamed.
    func pair(_ entries: [CatalogEntry]) async throws
    /// After it was dropped.
    func unpair(_ source: BinaryUUID) async throws
    /// Before a view is created.
    func claim(view: Namespace) async throws
    /// After a view was dropped.
    func release(view: Namespace) async throws
}
