internal import BSON
internal import Mongo

extension Validation {
    /// Rules about indexes and options of the source: pure.
    enum Indexes {
        /// "name of namespace" of unique indexes that share their keys with another one.
        static func twins(_ entries: [Catalog.Entry]) -> [String] {
            entries.flatMap { entry in
                let byKey = Dictionary(grouping: entry.indexes) { $0["key"]?.document }
                return byKey.values.filter {
                    $0.contains(where: \.isUnique) && !$0.allSatisfy(\.isUnique)
                }
                .flatMap { $0.filter(\.isUnique).map { "\($0.indexName) of \(entry.namespace)" } }
            }.sorted()
        }

        static func geoHaystack(_ entries: [Catalog.Entry]) -> [String] {
            entries.flatMap { entry in
                entry.indexes.filter(\.isGeoHaystack).map {
                    "\($0.indexName) of \(entry.namespace)"
                }
            }
        }

        /// What the destination refuses or ignores, each with its place: "index a_1 of db.c: version 0".
        static func removed(
            _ entries: [Catalog.Entry], source: ServerVersion, destination: ServerVersion
        ) -> [String] {
            entries.flatMap { entry in
                entry.removedOptions(source: source, destination: destination).map {
                    "\(entry.namespace): \($0)"
                }
                    + entry.indexes.filter { !$0.isGeoHaystack }.flatMap { index in
                        index.refusedFields.map {
                            "index \(index.indexName) of \(entry.namespace): \($0)"
                        }
                    }
            }
        }
    }
}

extension Validation.Contents {
    /// `source`: with its indexes, which take longer to be listed.
    func indexes(_ source: Validation.Catalog) -> [ValidationCheck] {
        let entries = source.migrated(options.filter)
        func check(
            _ rule: ValidationRule, _ found: [String], message: String, remedy: String
        ) -> ValidationCheck {
            guard found.isEmpty else {
                return ValidationCheck(
                    rule, .source, .warning, message: message, seen: Validation.listed(found),
                    remedy: remedy)
            }
            guard source.hasIndexes else {
                return ValidationCheck(
                    rule, .source, .unknown, seen: "not every index could be listed in time")
            }
            return ValidationCheck(rule, .source, .pass, seen: "none found")
        }
        let haystacks = destinationVersion.major >= 5 ? Validation.Indexes.geoHaystack(entries) : []
        let removed = Validation.Indexes.removed(
            entries, source: sourceVersion, destination: destinationVersion)
        return [
            check(
                .uniqueTwins, Validation.Indexes.twins(entries),
                message: "Unique indexes have a twin that is not unique",
                remedy:
                    "They are built at the cutover, which takes longer by that. Drop the twins to avoid it."
            ),
            check(
                .geoHaystack, haystacks, message: "geoHaystack indexes are not migrated",
                remedy: "MongoDB 5.0 removed them: drop them, and use 2dsphere indexes."),
            check(
                .removedOptions, removed,
                message: "The destination's version does not know some options",
                remedy: "Drop these indexes or options, or make them anew without what is named."),
        ]
    }
}

extension Validation.Catalog.Entry {
    fileprivate func removedOptions(source: ServerVersion, destination: ServerVersion) -> [String] {
        var found: [String] = []
        if options["autoIndexId"]?.bool == false { found.append("autoIndexId: false") }
        if options["temp"]?.bool ?? false { found.append("temp") }
        if options["recordPreImages"]?.bool ?? false, destination >= .v6 {
            found.append("recordPreImages (since 6.0: changeStreamPreAndPostImages)")
        }
        if options.has("encryptedFields"), source.major < 7, destination.major >= 7 {
            found.append("encryptedFields of the 6.0 preview")
        }
        let engines = options["storageEngine"]?.document?.map(\.name) ?? []
        found += engines.filter { $0 != "wiredTiger" }.map { "storageEngine \($0)" }
        return found
    }
}

extension Document {
    /// Fields of an index that a server accepts. Source: `kAllowedFieldNames` of the server, and 6.0.5 asked.
    private static let indexFields: Set<String> = [
        "v", "key", "name", "ns", "background", "unique", "prepareUnique", "sparse", "hidden",
        "expireAfterSeconds",
        "partialFilterExpression", "collation", "storageEngine", "weights", "default_language",
        "language_override",
        "textIndexVersion", "2dsphereIndexVersion", "bits", "min", "max", "wildcardProjection",
        "columnstoreProjection", "clustered", "dropDups", "originalSpec", "coarsestIndexedLevel",
        "finestIndexedLevel",
    ]

    private static let indexKinds: Set<String> = [
        "text", "2d", "2dsphere", "2dsphere_bucket", "hashed", "columnstore", "geoHaystack",
    ]

    fileprivate var indexName: String { self["name"]?.string ?? "(unnamed)" }

    var isUnique: Bool { self["unique"]?.bool ?? false }

    fileprivate var isGeoHaystack: Bool {
        self["key"]?.elements.contains { $0.string == "geoHaystack" } ?? false
    }

    fileprivate var refusedFields: [String] {
        var found = map(\.name).filter { !Document.indexFields.contains($0) }.map { "option \($0)" }
        if self["v"]?.integer == 0 { found.append("index version 0") }
        for element in self["key"]?.document ?? [:] {
            switch element.value {
            case .string(let kind) where !Document.indexKinds.contains(kind):
                found.append("kind \(kind)")
            case .bool, .null, .document: found.append("a key that is no number")
            default: break
            }
        }
        for name in ["sparse", "unique"] where has(name) && self[name]?.bool == nil {
            found.append("\(name) is no boolean")
        }
        return found
    }
}
