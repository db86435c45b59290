package import BSON
package import Mongo

/// One collection or view as `listCollections` and `listIndexes` say it.
package struct CollectionInfo: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case collection, view
        /// The raw data of a time-series collection, `system.buckets.X`. It stands for the
        /// collection X too, which has no entry of its own.
        case buckets
    }

    package var namespace: Namespace
    package var kind: Kind
    /// Nil for views.
    package var uuid: BinaryUUID?
    package var options: Document
    /// The index on `_id` where the collection has one that is not implied by its kind.
    package var idIndex: Document?
    package var indexes: [IndexSpec]

    package init(
        namespace: Namespace, kind: Kind = .collection, uuid: BinaryUUID? = nil,
        options: Document = [:],
        idIndex: Document? = nil, indexes: [IndexSpec] = []
    ) {
        self.namespace = namespace
        self.kind = kind
        self.uuid = uuid
        self.options = options
        self.idIndex = idIndex
        self.indexes = indexes
    }

    /// Nil for the view of a time-series collection, whose buckets are listed too, and for
    /// malformed entries.
    init?(listed: Document, in database: String) {
        guard let name = listed["name"]?.string, let type = listed["type"]?.string else {
            return nil
        }
        let namespace = Namespace(database, name)
        let options = listed["options"]?.document?.copied() ?? [:]
        let uuid = listed["info"]?.document?["uuid"]?.uuid
        switch type {
        case "view": self.init(namespace: namespace, kind: .view, options: options)
        case "collection":
            guard let uuid else { return nil }
            self.init(
                namespace: namespace,
                kind: namespace.isBuckets && options.has("timeseries") ? .buckets : .collection,
                uuid: uuid,
                options: options, idIndex: listed["idIndex"]?.document?.copied())
        default: return nil
        }
    }

    package var isCapped: Bool { options["capped"]?.bool == true }
    /// Strings are compared otherwise than byte by byte, also in `_id`.
    package var isCollated: Bool {
        options["collation"]?.document?["locale"]?.string.map { $0 != "simple" } ?? false
    }
    package var isClustered: Bool { options.has("clusteredIndex") }

    /// The name that operators know it by: for buckets, that of their time-series collection.
    package var displayName: Namespace {
        kind == .buckets ? namespace.withoutBucketsPrefix : namespace
    }

    /// Every name that it takes in its database.
    var names: [Namespace] { kind == .buckets ? [namespace, displayName] : [namespace] }
}

/// Every collection and view of one side, read together.
package struct Catalog: Sendable {
    package private(set) var collections: [Namespace: CollectionInfo]
    /// Nothing seen is newer than this time, and all of it is majority-committed.
    package var operationTime: Timestamp
    /// Every change up to this time is seen. Later ones may be, as listing takes time.
    package var reflects: Timestamp
    private var names: [BinaryUUID: Namespace]

    package init(
        _ collections: some Sequence<CollectionInfo>, operationTime: Timestamp = .zero,
        reflects: Timestamp = .zero
    ) {
        self.collections = [:]
        names = [:]
        self.operationTime = operationTime
        self.reflects = reflects
        for info in collections {
            self.collections[info.namespace] = info
            if let uuid = info.uuid { names[uuid] = info.namespace }
        }
    }

    package subscript(_ namespace: Namespace) -> CollectionInfo? { collections[namespace] }
    package subscript(_ uuid: BinaryUUID) -> CollectionInfo? {
        names[uuid].flatMap { collections[$0] }
    }

    /// In the order of their names, so that everything made from it comes in the same order every
    /// time.
    package var sorted: [CollectionInfo] {
        collections.values.sorted { $0.namespace < $1.namespace }
    }

    /// The first collection or view that is not the same in both.
    func firstDifference(from other: Catalog) -> Namespace? {
        Set(collections.keys).union(other.collections.keys).filter { self[$0] != other[$0] }.min()
    }

    package var databases: Set<String> { Set(collections.keys.map(\.database)) }
}
