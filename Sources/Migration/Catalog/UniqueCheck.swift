package import BSON
package import Mongo

/// Looks for documents on the destination that make unique indexes impossible, before the cutover
/// and while everything goes on. What it finds may be gone a moment later, as values that moved
/// between documents arrive one by one: ask again when the destination has caught up.
///
/// Reads every document of a collection once for each unique index. Not looked for: indexes on text
/// and places, and on positions in arrays; what stands in their way is found when they are finished.
package struct UniqueCheck: Sendable {
    let source: Catalog
    let pairs: [BinaryUUID: BinaryUUID]
    let destination: CatalogReader
    /// To the destination, with endless patience.
    let lanes: [Lane]

    package init(
        source: Catalog, pairs: [BinaryUUID: BinaryUUID], destination: CatalogReader, lanes: [Lane]
    ) {
        self.source = source
        self.pairs = pairs
        self.destination = destination
        self.lanes = lanes
    }

    /// A unique index as it will be.
    package struct Subject: Hashable, Sendable {
        let collection: BinaryUUID
        let index: IndexSpec
    }

    package struct Outcome: Sendable {
        package var problems: [CatalogProblem] = []
        /// Nothing was in their way.
        var passed: Set<Subject> = []
    }

    /// What the names of trial collections in the state's database begin with.
    static let trialPrefix = "unique."

    private struct Item {
        let collection: CollectionInfo
        let subject: Subject
        /// Tells it apart from the others, for the name of its trial collection.
        let number: Int
    }

    /// `passed`: not looked at again.
    package func run(but passed: Set<Subject> = []) async throws -> Outcome {
        let catalog = try await destination.read(databases: source.databases)
        var items: [Item] = []
        for (source, destination) in FinishingPlan.matches(source, catalog, pairs) {
            guard let uuid = destination.uuid else { continue }
            let present = Set(destination.indexes.filter(\.isUnique).map(\.id))
            for index in Translation.final.indexes(of: source)
            where index.isUnique && !present.contains(index.id) {
                let subject = Subject(
                    collection: uuid, index: Translation.twin(index, of: source))
                guard !passed.contains(subject) else { continue }
                items.append(
                    Item(collection: destination, subject: subject, number: items.count))
            }
        }
        let found = try await lanes.forEach(items) { item, lane in
            (item.subject, try await UniqueCheck.problem(of: item, lane))
        }
        return Outcome(
            problems: found.compactMap(\.1),
            passed: passed.union(found.lazy.filter { $0.1 == nil }.map(\.0)))
    }

    private static func problem(of item: Item, _ lane: Lane) async throws -> CatalogProblem? {
        do {
            var confirmed: [[Value]] = []
            for ids in try await candidates(for: item, lane) {
                try Task.checkCancellation()
                if try await isConflict(ids, item, lane) { confirmed.append(ids) }
            }
            guard !confirmed.isEmpty else { return nil }
            return .notUnique(
                item.collection.displayName, index: item.subject.index.name, documents: confirmed)
        } catch let error as MongoError {
            guard error.isUUIDMismatch || error.isNamespaceNotFound else { throw error }
            return nil
        }
    }

    private static func candidates(for item: Item, _ lane: Lane) async throws -> [[Value]] {
        guard let query = UniqueQuery(item.subject.index) else { return [] }
        let namespace = item.collection.namespace
        let found = try await lane.all(
            [
                "aggregate": .string(namespace.collection),
                "collectionUUID": .uuid(item.subject.collection),
                "pipeline": .array(
                    Document(array: query.pipeline(limit: Tuning.violationSample))),
                "cursor": [:], "allowDiskUse": true,
                "collation": .document(item.subject.index.collation ?? ["locale": "simple"]),
                "readConcern": ["level": "majority"],
            ], on: namespace.database)
        return found.compactMap { group in
            guard let first = group["first"], let last = group["last"] else { return nil }
            return [first, last]
        }
    }

    /// Whether the documents, as they are now, cannot be in one unique index: the server itself is
    /// asked, with a collection that holds nothing else.
    private static func isConflict(_ ids: [Value], _ item: Item, _ lane: Lane) async throws -> Bool
    {
        let namespace = item.collection.namespace
        let trial = "\(trialPrefix)\(item.number)"
        let database = NamespaceFilter.stateDatabase
        try await drop(trial, database, lane)
        _ = try await lane.run(
            ["createIndexes": .string(trial), "indexes": [.document(item.subject.index.spec)]],
            on: database
        )
        var isConflict = false
        var tried: Set<Value> = []
        for id in ids {
            let found = try await lane.open(
                [
                    "find": .string(namespace.collection),
                    "collectionUUID": .uuid(item.subject.collection),
                    "filter": ["_id": ["$eq": id]], "limit": 1,
                    "readConcern": ["level": "majority"],
                ], on: namespace.database)
            // One that was deleted and inserted while the collection was read was read twice.
            guard let document = found.documents.first(where: { _ in true }),
                let current = document["_id"], tried.insert(current).inserted
            else { continue }
            let reply = try await lane.write(
                [
                    "insert": .string(trial), "documents": [.document(document)],
                    "bypassDocumentValidation": true,
                ], on: database)
            if reply.failures.contains(where: \.error.isDuplicateKey) { isConflict = true }
        }
        try await drop(trial, database, lane)
        return isConflict
    }

    private static func drop(_ collection: String, _ database: String, _ lane: Lane) async throws {
        do {
            _ = try await lane.run(["drop": .string(collection)], on: database)
        } catch {
            guard error.isNamespaceNotFound else { throw error }
        }
    }
}
