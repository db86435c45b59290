internal import BSON
internal import Mongo

/// Catalog events that the reconciler has not answered: when they came, and what they are about.
struct CatalogHold: Sendable {
    let generation: Int
    let subjects: CatalogSubjects
    /// Tells it from the others; given by `DirtySet`.
    var number = 0
}

/// What some catalog events are about: it explains changes of these collections and views, and of no others.
struct CatalogSubjects: Hashable, Sendable {
    private var collections: Set<BinaryUUID> = []
    private var names: Set<Namespace> = []
    /// All that is in them.
    private var databases: Set<String> = []

    init() {}

    init(_ holds: [CatalogHold]) {
        for hold in holds {
            collections.formUnion(hold.subjects.collections)
            names.formUnion(hold.subjects.names)
            databases.formUnion(hold.subjects.databases)
        }
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
