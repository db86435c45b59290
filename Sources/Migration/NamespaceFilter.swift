package import Mongo

/// Which namespaces are migrated. A namespace is migrated when some include pattern matches it (or there is none) and
/// no exclude pattern does.
package struct NamespaceFilter: Hashable, Sendable {
    /// `db.*` or `db.collection`.
    package struct Pattern: Hashable, Sendable {
        package let database: String
        /// Nil: every collection of the database.
        package let collection: String?

        /// Nil when the text is neither `db.*` nor `db.collection`.
        package init?(_ text: String) {
            guard let namespace = Namespace(text) else { return nil }
            guard !namespace.database.contains("*"), !namespace.database.contains(" ") else {
                return nil
            }
            database = namespace.database
            collection = namespace.collection == "*" ? nil : namespace.collection
        }

        func matches(_ namespace: Namespace) -> Bool {
            let collection = collection ?? namespace.collection
            return namespace == Namespace(database, collection)
        }

        package var description: String { "\(database).\(collection ?? "*")" }
    }

    package var include: [Pattern]
    package var exclude: [Pattern]

    package init(include: [Pattern] = [], exclude: [Pattern] = []) {
        self.include = include
        self.exclude = exclude
    }

    /// Databases of the servers themselves and of this program.
    package static let internalDatabases: Set<String> = [
        "admin", "config", "local", Self.stateDatabase,
    ]

    /// Where a migration keeps its state on the destination.
    package static let stateDatabase = "lagzero_internal"

    /// Whether the namespace's data are migrated. The raw buckets of a time-series collection follow that collection;
    /// of other system collections only `system.js` is migrated.
    package func contains(_ namespace: Namespace) -> Bool {
        guard !Self.internalDatabases.contains(namespace.database) else { return false }
        let named = namespace.withoutBucketsPrefix
        if named.collection.hasExactPrefix("system."), named.collection != "system.js" {
            return false
        }
        return (include.isEmpty || include.contains { $0.matches(named) })
            && !exclude.contains { $0.matches(named) }
    }

    /// Whether something of the database can be migrated.
    private func mayContain(database: String) -> Bool {
        guard !Self.internalDatabases.contains(database) else { return false }
        let whole = Namespace(database, "")
        return (include.isEmpty || include.contains { Namespace($0.database, "") == whole })
            && !exclude.contains { $0.collection == nil && $0.matches(whole) }
    }

    /// Whether the event can change what is migrated: a rename does at either end; what is about a whole database does
    /// where something of it can be migrated, and what names nothing does.
    func concerns(_ event: ChangeEvent) -> Bool {
        if event.database.isEmpty { return true }
        if let view = event.view { return contains(view) }
        if event.collection.isEmpty || event.collection == "system.views" {
            return mayContain(database: event.database)
        }
        return contains(event.namespace) || event.newName.map(contains) ?? false
    }
}

extension Namespace {
    static let bucketsPrefix = "system.buckets."

    /// Whether this is where a time-series collection keeps its raw buckets.
    package var isBuckets: Bool { collection.hasExactPrefix(Namespace.bucketsPrefix) }

    /// The time-series collection that these buckets belong to, or the namespace itself.
    package var withoutBucketsPrefix: Namespace {
        isBuckets
            ? Namespace(database, collection.dropping(bytes: Namespace.bucketsPrefix.utf8.count))
            : self
    }
}
