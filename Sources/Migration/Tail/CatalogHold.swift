internal import BSON
internal import Mongo

/// Catalog events that the reconciler has not answered: where they hold the position, and what they are about.
struct CatalogHold: Sendable {
    /// Of the first of them.
    let generation: Int
    var subjects: CatalogSubjects
    /// When the first of them came, where they hold only `appliedThrough` any more.
    var setAsideFrom: Timestamp?
}

/// What some catalog events are about: it explains changes of these collections and views, and of no others.
struct CatalogSubjects: Hashable, Sendable {
    private var collections: Set<BinaryUUID> = []
    private var names: Set<Namespace> = []
    /// All that is in them.
    private var databases: Set<String> = []

    mutating func formUnion(_ others: CatalogSubjects) {
        collections.formUnion(others.collections)
        names.formUnion(others.names)
        databases.formUnion(others.databases)
    }

    mutating func add(_ event: ChangeEvent) {
        if let uuid = event.collectionUUID { collections.insert(uuid) }
        if let newName = event.newName { names.insert(newName.withoutBucketsPrefix) }
        if let view = event.view {
            names.insert(view)
        } else if event.collection.isEmpty || event.collection == "system.views" {
            databases.insert(event.database)
        } else {
            names.insert(event.namespace.withoutBucketsPrefix)
        }
    }

    func explain(_ action: CatalogAction) -> Bool {
        explain(action.source, action.namespaces)
    }

    func explain(_ build: IndexBuild) -> Bool { explain(build.source, [build.namespace]) }

    private func explain(_ collection: BinaryUUID?, _ namespaces: [Namespace]) -> Bool {
        collection.map(collections.contains) ?? false
            || namespaces.contains {
                names.contains($0.withoutBucketsPrefix) || databases.contains($0.database)
            }
    }
}
