package import BSON
package import Mongo
internal import Synchronization

/// A collection that is being migrated. It is its UUID; names are attributes of it.
package struct MigratedCollection: Sendable {
    package enum Kind: String, Sendable {
        case plain, capped
        /// The raw buckets of a time-series collection.
        case buckets
    }

    package let source: BinaryUUID
    package var sourceName: Namespace
    package var destination: BinaryUUID
    package var destinationName: Namespace
    package var kind: Kind
    /// Its default collation is not the simple one: different ids can be equal.
    package var isCollated: Bool
    package var isClustered: Bool
    package var isCopied = false

    package init(
        source: BinaryUUID, sourceName: Namespace, destination: BinaryUUID,
        destinationName: Namespace,
        kind: Kind, isCollated: Bool, isClustered: Bool
    ) {
        self.source = source
        self.sourceName = sourceName
        self.destination = destination
        self.destinationName = destinationName
        self.kind = kind
        self.isCollated = isCollated
        self.isClustered = isClustered
    }

    /// Whether its keys must be applied by one worker at a time and in order.
    var isExclusive: Bool { isCollated || kind == .capped }
    /// Whether the order of its documents counts.
    var isOrdered: Bool { kind == .capped }

    /// Ids by what one `find` may ask for. Of a clustered collection, buckets included, that is a single one: for an `$in`
    /// servers scan it whole, and for one id they go straight there (6.0.5: 100,000 documents for two ids, 2 for one).
    func readable(_ ids: some Sequence<RawValue>) -> [[RawValue]] {
        isClustered ? ids.map { [$0] } : [Array(ids)]
    }
}

extension DocumentBuilder {
    /// The part of a `find` that asks for the documents with these ids.
    mutating func appendFilter(ids: some Sequence<RawValue>) {
        begin("filter")
        begin("_id")
        beginArray("$in")
        for (index, id) in ids.enumerated() { append(String(index), raw: id) }
        end()
        end()
        end()
    }
}

/// Every collection that is being migrated, by its UUID on the source. Thread safe.
package final class CollectionRegistry: Sendable {
    private struct State {
        var collections: [BinaryUUID: MigratedCollection] = [:]
        /// For sources before 6.0, whose events carry no UUID.
        var byName: [Namespace: BinaryUUID] = [:]

        mutating func put(_ collection: MigratedCollection) {
            if let old = collections[collection.source], byName[old.sourceName] == old.source {
                byName[old.sourceName] = nil
            }
            collections[collection.source] = collection
            byName[collection.sourceName] = collection.source
        }
    }

    private let state = Mutex(State())

    package init() {}

    package var all: [MigratedCollection] { state.withLock { Array($0.collections.values) } }

    package subscript(_ source: BinaryUUID) -> MigratedCollection? {
        state.withLock { $0.collections[source] }
    }

    func uuid(named source: Namespace) -> BinaryUUID? { state.withLock { $0.byName[source] } }

    func put(_ collection: MigratedCollection) { state.withLock { $0.put(collection) } }

    func update(_ source: BinaryUUID, _ body: (inout MigratedCollection) -> Void) {
        state.withLock { state in
            guard var collection = state.collections[source] else { return }
            body(&collection)
            state.put(collection)
        }
    }

    /// The copy to this collection of the destination is done. False when the collection is copied to another one by now.
    func setCopied(_ source: BinaryUUID, to destination: BinaryUUID) -> Bool {
        state.withLock { state in
            guard state.collections[source]?.destination == destination else { return false }
            state.collections[source]?.isCopied = true
            return true
        }
    }

    func remove(_ source: BinaryUUID) {
        state.withLock { state in
            guard let old = state.collections.removeValue(forKey: source) else { return }
            if state.byName[old.sourceName] == source { state.byName[old.sourceName] = nil }
        }
    }

    package var areAllCopied: Bool {
        state.withLock { $0.collections.values.allSatisfy(\.isCopied) }
    }
}
