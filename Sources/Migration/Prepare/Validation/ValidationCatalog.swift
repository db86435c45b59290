internal import BSON
internal import Mongo

extension Validation {
    /// The collections of a cluster as far as they could be listed in time.
    struct Catalog: Hashable, Sendable {
        struct Entry: Hashable, Sendable {
            let namespace: Namespace
            /// `collection`, `view` or `timeseries`.
            let type: String
            let options: Document
            /// Empty when they were not asked for or not answered.
            var indexes: [Document] = []
        }

        var entries: [Entry] = []
        /// Whether every collection of every database that may be listed is in it.
        var isComplete = true
        /// Whether every index of every collection that was asked for is in it.
        var hasIndexes = true
        /// Databases whose collections may not be listed, or could not be in time.
        var unlisted: [String] = []
        var databases: [String] = []

        func entries(of database: String) -> [Entry] {
            entries.filter { $0.namespace.database == database }
        }

        /// What applications keep in the cluster, raw buckets and the server's own collections left out.
        var ordinary: [Entry] {
            entries.filter { entry in
                !NamespaceFilter.internalDatabases.contains(entry.namespace.database)
                    && (!entry.namespace.collection.hasExactPrefix("system.")
                        || entry.namespace.collection == "system.js")
            }
        }

        /// What of it the filter lets through.
        func migrated(_ filter: NamespaceFilter) -> [Entry] {
            ordinary.filter { filter.contains($0.namespace) }
        }
    }
}

extension Validation.Catalog {
    /// Lists all but indexes until the deadline. Throws only when the databases cannot be listed.
    init(
        _ link: Validation.Link, until deadline: ContinuousClock.Instant
    ) async throws(MongoError) {
        hasIndexes = false
        let answer = try await link.run(["listDatabases": 1, "nameOnly": true])
        let names = answer["databases"]?.elements.compactMap { $0.document?["name"]?.string } ?? []
        databases = names
        for name in names {
            guard ContinuousClock.now < deadline else {
                isComplete = false
                unlisted.append(name)
                continue
            }
            do throws(MongoError) {
                entries += try await link.all(["listCollections": 1], on: name).compactMap {
                    Entry($0, database: name)
                }
            } catch {
                unlisted.append(name)
                if !NamespaceFilter.internalDatabases.contains(name) { isComplete = false }
            }
        }
    }

    /// Lists the indexes of what is wanted until the deadline.
    mutating func addIndexes(
        _ wanted: NamespaceFilter, _ link: Validation.Link, until deadline: ContinuousClock.Instant
    ) async {
        hasIndexes = isComplete
        for index in entries.indices
        where entries[index].isIndexed && wanted.contains(entries[index].namespace) {
            guard ContinuousClock.now < deadline else {
                hasIndexes = false
                return
            }
            let namespace = entries[index].namespace
            do throws(MongoError) {
                entries[index].indexes = try await link.all(
                    ["listIndexes": .string(namespace.collection)], on: namespace.database)
            } catch  where error.isNamespaceNotFound {
                // Dropped in between.
            } catch {
                hasIndexes = false
            }
        }
    }
}

extension Validation.Catalog.Entry {
    /// From an entry of the answer to `listCollections`.
    init?(_ document: Document, database: String) {
        guard let name = document["name"]?.string else { return nil }
        namespace = Namespace(database, name)
        type = document["type"]?.string ?? "collection"
        options = document["options"]?.document?.copied() ?? [:]
    }

    var isIndexed: Bool {
        type != "view" && !namespace.isBuckets && namespace.collection != "system.views"
    }
}
