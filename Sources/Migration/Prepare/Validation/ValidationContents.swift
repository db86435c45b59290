internal import BSON
internal import Mongo

extension Validation {
    /// Rules about what both clusters hold: pure. The catalogs are nil where they could not be listed at all.
    struct Contents: Sendable {
        let options: MigrationOptions
        let source: Catalog?
        let destination: Catalog?
        let sourceVersion: ServerVersion
        let destinationVersion: ServerVersion

        var checks: [ValidationCheck] {
            [conflicts, otherData, filter, systemCollections, sourceVersionLimits] + indexChecks
        }

        private var migrated: [Catalog.Entry]? { source?.migrated(options.filter) }

        // MARK: What the destination holds

        private var isCleared: Bool { options.drop && !options.resume }

        private var conflicts: ValidationCheck {
            func check(
                _ outcome: ValidationCheck.Outcome, message: String? = nil, seen: String,
                remedy: String? = nil
            ) -> ValidationCheck {
                ValidationCheck(
                    .conflictingNamespaces, .destination, outcome, message: message, seen: seen,
                    remedy: remedy)
            }
            if options.resume {
                return check(.pass, seen: "the migration that is resumed wrote there")
            }
            guard let destination else {
                return check(.unknown, seen: "its collections could not be listed")
            }
            if destination.ordinary.isEmpty, destination.isComplete {
                return check(.pass, seen: "it is empty")
            }
            if options.drop {
                return check(
                    .pass,
                    seen:
                        "everything is cleared first: \(Validation.listed(destination.userDatabases))"
                )
            }
            guard let migrated else {
                return check(.unknown, seen: "the source's collections could not be listed")
            }
            let names = collisions(migrated, destination)
            guard names.isEmpty else {
                return check(
                    .failure, seen: Validation.listed(names),
                    remedy:
                        "Drop them there, leave them out with --exclude, or clear the destination with --drop."
                )
            }
            guard destination.isComplete, source?.isComplete ?? false else {
                return check(.unknown, seen: "not every database could be listed")
            }
            return check(.pass, seen: "no name is on both sides")
        }

        /// Names on both sides, and databases that differ only in case: servers refuse the second one.
        private func collisions(_ migrated: [Catalog.Entry], _ destination: Catalog) -> [String] {
            let both = shared(migrated, destination).sorted().map(\.description)
            let databases = Set(migrated.map(\.namespace.database))
            let cases = destination.userDatabases.filter { name in
                !databases.contains(name)
                    && databases.contains { $0.lowercased() == name.lowercased() }
            }
            return both + cases.map { "database \($0), whose name differs only in case" }
        }

        private func shared(_ migrated: [Catalog.Entry], _ destination: Catalog) -> Set<Namespace> {
            Set(migrated.map(\.namespace)).intersection(destination.ordinary.map(\.namespace))
        }

        private var otherData: ValidationCheck {
            func check(
                _ outcome: ValidationCheck.Outcome, message: String? = nil, seen: String,
                remedy: String? = nil
            ) -> ValidationCheck {
                ValidationCheck(
                    .otherData, .destination, outcome, message: message, seen: seen, remedy: remedy)
            }
            guard let destination else {
                return check(.unknown, seen: "its collections could not be listed")
            }
            if options.resume {
                return check(.pass, seen: "the migration that is resumed wrote there")
            }
            // What is on both sides is told as a conflict.
            let told = isCleared ? [] : shared(migrated ?? [], destination)
            let others = destination.ordinary.map(\.namespace).filter { !told.contains($0) }
            let databases = Set(others.map(\.database)).sorted()
            guard !databases.isEmpty else {
                let isSure = destination.isComplete
                return check(
                    isSure ? .pass : .unknown,
                    seen: isSure ? "none" : "not every database could be listed")
            }
            let named =
                "\(Validation.counted(databases.count, "database")): \(Validation.listed(databases))"
            if isCleared {
                return check(
                    .warning, message: "Everything on the destination will be dropped", seen: named,
                    remedy: "Leave out --drop to keep it.")
            }
            return check(
                .warning, message: "The destination holds other data", seen: named,
                remedy:
                    "It is kept, and not compared. Clear the destination with --drop if nobody needs it."
            )
        }

        // MARK: What the source holds

        private var filter: ValidationCheck {
            let patterns = options.filter.include + options.filter.exclude
            guard !patterns.isEmpty else {
                return ValidationCheck(
                    .namespaceFilter, .source, .pass, seen: "everything is migrated")
            }
            guard let source, let migrated else {
                return ValidationCheck(
                    .namespaceFilter, .source, .unknown,
                    seen: "the source's collections could not be listed")
            }
            let names = source.ordinary.map(\.namespace)
            let idle = patterns.filter { pattern in !names.contains(where: pattern.matches) }.map(
                \.description)
            let seen =
                "\(Validation.counted(migrated.count, "collection")) of \(names.count) \(migrated.count == 1 ? "is" : "are") migrated"
            guard !idle.isEmpty else {
                return ValidationCheck(.namespaceFilter, .source, .pass, seen: seen)
            }
            guard source.isComplete else {
                return ValidationCheck(
                    .namespaceFilter, .source, .unknown, seen: "not every database could be listed")
            }
            return ValidationCheck(
                .namespaceFilter, .source, .warning, message: "A pattern matches nothing",
                seen: "\(Validation.listed(idle)); \(seen)",
                remedy:
                    "Check the spelling; names are case-sensitive. It counts for collections that appear later."
            )
        }

        private var systemCollections: ValidationCheck {
            guard let source else {
                return ValidationCheck(
                    .systemCollections, .source, .unknown, seen: "they could not be listed")
            }
            let names = source.entries.map(\.namespace).filter(SystemCollections.isForeign).sorted()
                .map(\.description)
            guard names.isEmpty else {
                return ValidationCheck(
                    .systemCollections, .source, .warning,
                    message: "Collections in admin, config and local are not migrated",
                    seen: Validation.listed(names),
                    remedy:
                        "Move what is needed into a database of its own: db.collection.aggregate([{$out: ...}])."
                )
            }
            let hidden = source.unlisted.filter(NamespaceFilter.internalDatabases.contains)
            guard hidden.isEmpty else {
                return ValidationCheck(
                    .systemCollections, .source, .unknown,
                    seen: "may not be listed: \(hidden.joined(separator: ", "))")
            }
            return ValidationCheck(
                .systemCollections, .source, .pass, seen: "none in admin, config and local")
        }

        private var sourceVersionLimits: ValidationCheck {
            let hasTimeSeries = migrated.flatMap { entries -> Bool? in
                if entries.contains(where: { $0.type == "timeseries" }) { return true }
                return source?.isComplete ?? false ? false : nil
            }
            return Versions.source(sourceVersion, hasTimeSeries: hasTimeSeries)
        }

        // MARK: Indexes and options

        private var indexChecks: [ValidationCheck] {
            [
                index(
                    .uniqueTwins, { Indexes.twins($0) },
                    message: "Unique indexes with a non-unique twin",
                    remedy:
                        "They are built at the cutover, which takes longer by that. Drop the twins to avoid it."
                ),
                index(
                    .geoHaystack, { destinationVersion.major >= 5 ? Indexes.geoHaystack($0) : [] },
                    message: "geoHaystack indexes are not migrated",
                    remedy: "MongoDB 5.0 removed them: drop them, and use 2dsphere indexes."),
                index(
                    .removedOptions,
                    { Indexes.removed($0, source: sourceVersion, destination: destinationVersion) },
                    message: "The destination's version does not know some options",
                    remedy:
                        "Drop these indexes or options, or make them anew without what is named."),
            ]
        }

        private func index(
            _ rule: ValidationRule, _ find: ([Catalog.Entry]) -> [String], message: String,
            remedy: String
        ) -> ValidationCheck {
            let found = migrated.map(find) ?? []
            guard found.isEmpty else {
                return ValidationCheck(
                    rule, .source, .warning, message: message, seen: Validation.listed(found),
                    remedy: remedy)
            }
            guard source?.hasIndexes ?? false else {
                return ValidationCheck(
                    rule, .source, .unknown, seen: "not every index could be listed in time")
            }
            return ValidationCheck(rule, .source, .pass, seen: "none found")
        }
    }

    /// Which collections of the servers' own databases are not the servers' own.
    enum SystemCollections {
        private static let own: [String: Set<String>] = [
            "admin": ["tempusers", "temproles"],
            "config": [
                "actionlog", "analyzeShardKeySplitPoints", "changelog", "chunks",
                "clusterParameters", "collections",
                "csrs.indexes", "databases", "external_validation_keys", "image_collection",
                "lockpings", "locks",
                "migrationCoordinators", "migrations", "mongos", "placementHistory",
                "queryAnalyzers", "rangeDeletions",
                "reshardingOperations", "sampledQueries", "sampledQueriesDiff", "settings",
                "shard.indexes", "shards",
                "tags", "tenantMigrationDonors", "tenantMigrationRecipients", "tenantSplitDonors",
                "transactions",
                "transaction_coordinators", "user_writes_critical_sections", "vectorClock",
                "vectorClockState", "version",
            ],
            "local": [
                "clustermanager", "me", "oplog.rs", "startup_log", "temp_oplog_buffer",
                "initialSyncOplogBuffer",
            ],
        ]
        private static let families = [
            "system.", "replset.", "cache.", "localReshardingOperations.",
            "localReshardingConflictStash.",
        ]

        static func isForeign(_ namespace: Namespace) -> Bool {
            guard let own = own[namespace.database] else { return false }
            return !own.contains(namespace.collection)
                && !families.contains { namespace.collection.hasPrefix($0) }
        }
    }
}

extension Validation.Catalog {
    /// Databases that hold something an application made.
    var userDatabases: [String] { Set(ordinary.map(\.namespace.database)).sorted() }
}
