package import BSON
internal import Mongo

/// One index as `listIndexes` says it.
package struct IndexSpec: Hashable, Sendable {
    package let name: String
    /// What `createIndexes` takes: everything that was listed but `ns`.
    package let spec: Document
    /// The build that makes it, while that is not finished. Indexes of one build can only be
    /// dropped together.
    package let build: BinaryUUID?

    package init?(_ spec: Document, build: BinaryUUID? = nil) {
        guard let name = spec["name"]?.string, spec["key"]?.document != nil else { return nil }
        self.name = name
        self.spec = spec.removing("ns")
        self.build = build
    }

    /// From an answer to `listIndexes` with `includeBuildUUIDs`, where an unfinished index is
    /// `{spec, buildUUID}`.
    init?(listed: Document) {
        guard let spec = listed["spec"]?.document else {
            self.init(listed)
            return
        }
        let build = listed["buildUUID"] ?? listed["indexBuildInfo"]?.document?["buildUUID"]
        self.init(spec, build: build?.uuid)
    }

    /// By which it is looked up.
    var id: ExactName { ExactName(name) }
    package var key: Document { spec["key"]?.document ?? [:] }
    package var isUnique: Bool { has("unique") }
    package var isHidden: Bool { has("hidden") }
    package var isPreparedUnique: Bool { has("prepareUnique") }
    package var isSparse: Bool { has("sparse") }
    package var isFinished: Bool { build == nil }
    package var partialFilter: Document? { spec["partialFilterExpression"]?.document }
    /// Nil for the simple one, which servers leave out of the listing.
    package var collation: Document? {
        guard let collation = spec["collation"]?.document, collation["locale"] != "simple" else {
            return nil
        }
        return collation
    }

    /// Made by the server together with the collection: the index on `_id`, or the clustered one.
    package var isImplied: Bool { name == "_id_" || has("clustered") }

    /// Whether the server can make an index of this kind unique. `collMod` must never try it with a
    /// wildcard index: 6.0.27 ends with a fatal assertion then.
    var canBeUnique: Bool {
        !key.contains {
            $0.name == "$**" || $0.name.hasSuffix(".$**") || $0.value?.string == "hashed"
        }
    }

    /// Whether its keys are plain values in order, and not text or places.
    var isOrdered: Bool { key.allSatisfy { $0.value?.double != nil } && canBeUnique }

    /// Seconds until documents expire; nil when they do not.
    ///
    /// As 6.0 understands what older versions store: not a number means practically never,
    /// fractions are cut.
    package var expiry: Int? {
        guard let seconds = spec["expireAfterSeconds"]?.double else { return nil }
        if seconds.isNaN { return Tuning.largestExpiry }
        return Int(min(max(seconds, 0), Double(Tuning.largestExpiry)))
    }

    /// What tells indexes apart for the server (code 85 otherwise), but for `unique`: two indexes
    /// that differ in nothing else are *twins*.
    var signature: CanonicalKey {
        var builder = DocumentBuilder()
        builder.append("key", .document(key))
        builder.append("collation", .document(collation?.withoutCollatorVersion ?? [:]))
        builder.append("partial", partialFilter.map(Value.document) ?? .null)
        builder.append("sparse", .bool(isSparse))
        builder.append("wildcard", spec["wildcardProjection"] ?? .null)
        return CanonicalKey(builder.finish())
    }

    /// Everything that counts when indexes are compared, defaults left out, numbers without their
    /// types.
    var attributes: [String: CanonicalKey] {
        var attributes: [String: CanonicalKey] = [:]
        for element in spec {
            switch element.name {
            case "name", "background", "clustered": break
            case "unique", "sparse", "hidden", "prepareUnique":
                if element.value?.bool == true {
                    attributes[element.name] = CanonicalKey(bytes: [])
                }
            case "expireAfterSeconds":
                attributes[element.name] = expiry.map { CanonicalKey(["": .integer($0)]) }
            case "collation":
                attributes[element.name] = collation.map { CanonicalKey($0.withoutCollatorVersion) }
            case "storageEngine" where element.document?.isEmpty == true: break
            default: attributes[element.name] = CanonicalKey(element.raw)
            }
        }
        return attributes
    }

    /// The same index with other options.
    func with(_ change: (Document) -> Document) -> IndexSpec {
        IndexSpec(change(spec), build: build) ?? self
    }

    private func has(_ flag: String) -> Bool { spec[flag]?.bool == true }
}

extension CanonicalKey {
    init(_ document: Document) {
        let wrapped: Document = ["": .document(document)]
        if let raw = wrapped.raw("") { self.init(raw) } else { self.init(bytes: document.bytes) }
    }
}

extension Document {
    /// A collation without the version of the library that compares: servers fill in their own and
    /// refuse another.
    var withoutCollatorVersion: Document { removing("version") }
}
