internal import BSON
internal import Mongo

extension Validation {
    /// Rules about what both clusters hold: pure. The catalogs are nil where they could not be listed at all; what depends
    /// on them alone then has no answer here.
    struct Contents: Sendable {
        let options: MigrationOptions
        let source: Catalog?
        let destination: Catalog?
        let sourceVersion: ServerVersion
        let destinationVersion: ServerVersion

        /// What is known without indexes; see `indexes`.
        var checks: [ValidationCheck] {
            let fromSource = source.map { [filter($0), systemCollections($0)] } ?? []
            let fromDestination =
                destination.map { [conflicts($0), otherData($0)].compactMap(\.self) } ?? []
            return [sourceVersionLimits] + fromSource + fromDestination
        }

        private var migrated: [Catalog.Entry]? { source?.migrated(options.filter) }

        // MARK: What the destination holds

        private var isCleared: Bool { options.drop && !options.resume }

        /// Nil when it depends on a source that is not known.
        private func conflicts(_ destination: Catalog) -> ValidationCheck? {
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
            guard let migrated else { return nil }
            let names = collisions(migrated, destination)
            guard names.isEmpty else {
                return check(
                    .failure, seen: Validation.listed(names),
                    remedy: options.wording == .command
                        ? "Drop them there, leave them out with --exclude, or clear the destination with --drop."
                        : "Drop them there, or go back and clear the destination.")
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

        private func otherData(_ destination: Catalog) -> ValidationCheck {
            func check(
                _ outcome: ValidationCheck.Outcome, message: String? = nil, seen: String,
                remedy: String? = nil
            ) -> ValidationCheck {
                ValidationCheck(
                    .otherData, .destination, outcome, message: message, seen: seen, remedy: remedy)
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
                    remedy: options.wording == .command
                        ? "Leave out --drop to keep it."
                        : "Do not clear the destination to keep it.")
            }
            return check(
                .warning, message: "The destination holds other data", seen: named,
                remedy: options.wording == .command
                    ? "It is kept, and not compared. Clear the destination with --drop if nobody needs it."
                    : "It is kept, and not compared. Go back and clear the destination if nobody needs it."
            )
        }

        // MARK: What the source holds

        private func filter(_ source: Catalog) -> ValidationCheck {
            let patterns = options.filter.include + options.filter.exclude
            guard !patterns.isEmpty else {
                return ValidationCheck(
                    .namespaceFilter, .source, .pass, seen: "everything is migrated")
            }
            let migrated = source.migrated(options.filter)
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

        private func systemCollections(_ source: Catalog) -> ValidationCheck {
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
    }
}

extension Validation.Catalog {
    /// Databases that hold something an application made.
    var userDatabases: [String] { Set(ordinary.map(\.namespace.database)).sorted() }
}
