internal import BSON
internal import Mongo

extension Validation {
    /// A search for documents that break a unique index of the source itself. That such can be was seen: an index that
    /// lost entries lets duplicates in, and the same index can then not be built on the destination.
    struct UniqueSearch: Hashable, Sendable {
        let namespace: Namespace
        let index: Document

        /// Whether the pipeline says what the index would. Numbers in paths mean positions to an index, names to it.
        var isFaithful: Bool {
            fields.allSatisfy { field in
                !field.isEmpty
                    && !field.split(separator: ".", omittingEmptySubsequences: false).contains {
                        $0.isEmpty || $0.hasPrefix("$") || Int($0) != nil
                    }
            } && (index["key"]?.elements ?? []).allSatisfy { $0.double != nil }
        }

        /// Whether it may find pairs that the index allows: two fields within one array make pairs by element there.
        var mayFindTooMuch: Bool {
            let tops = fields.filter { $0.contains(".") }.compactMap {
                $0.split(separator: ".").first
            }
            return Set(tops).count < tops.count
        }

        private var fields: [String] { index["key"]?.document?.map(\.name) ?? [] }

        /// Documents with equal keys: `{n, first, last}` with two of their ids. A scan of the collection, never of the
        /// index in question; one document may hold a value several times.
        var command: Document {
            var stages: [Value] = []
            if let partial = index["partialFilterExpression"] {
                stages.append(["$match": partial])
            } else if index["sparse"]?.bool ?? false {
                let exists: Value = ["$exists": true]
                let present = fields.map { Value.document(Document([($0, exists)])) }
                stages.append(["$match": ["$or": .array(Document(array: present))]])
            }
            let names = fields.indices.map { "k\($0)" }
            let keys = zip(names, fields).map {
                ($0, ["$ifNull": [.string("$\($1)"), nil]] as Value)
            }
            stages.append(["$project": .document(Document(keys))])
            for name in names {
                stages.append([
                    "$unwind": ["path": .string("$\(name)"), "preserveNullAndEmptyArrays": true]
                ])
            }
            let key = Document(names.map { ($0, .string("$\($0)")) })
            stages.append(["$group": ["_id": ["k": .document(key), "d": "$_id"]]])
            stages.append([
                "$group": [
                    "_id": "$_id.k", "n": ["$sum": 1], "first": ["$min": "$_id.d"],
                    "last": ["$max": "$_id.d"],
                ]
            ])
            stages.append(["$match": ["n": ["$gt": 1]]])
            stages.append(["$limit": .integer(Tuning.shownNames)])
            return [
                "aggregate": .string(namespace.collection),
                "pipeline": .array(Document(array: stages)), "cursor": [:],
                "hint": ["$natural": 1], "collation": index["collation"] ?? ["locale": "simple"],
                "maxTimeMS": .integer(Tuning.scanMilliseconds),
            ]
        }
    }

    /// What the searches together have shown.
    struct UniqueFindings: Hashable, Sendable {
        var violations: [String] = []
        /// Indexes that were not searched to the end, or not with certainty.
        var unsure: [String] = []
        var searched = 0

        var check: ValidationCheck {
            if !violations.isEmpty {
                return ValidationCheck(
                    .uniqueViolations, .source, .warning,
                    message: "Documents break a unique index of the source",
                    seen: Validation.listed(violations),
                    remedy:
                        "Correct or delete one document of each pair before the cutover: the destination cannot build the "
                        + "index with both.")
            }
            guard unsure.isEmpty else {
                return ValidationCheck(
                    .uniqueViolations, .source, .unknown,
                    seen: "not searched to the end: \(Validation.listed(unsure))",
                    remedy: "lagzero looks again before the cutover.")
            }
            return ValidationCheck(
                .uniqueViolations, .source, .pass,
                seen:
                    "\(Validation.counted(searched, "unique index", plural: "unique indexes")) searched"
            )
        }
    }

    static func searchUnique(_ entries: [Catalog.Entry], _ link: Link) async -> UniqueFindings {
        let deadline = ContinuousClock.now + Tuning.scanLimit
        var findings = UniqueFindings()
        for entry in entries where entry.type == "collection" {
            for index in entry.indexes where index.isUnique {
                let search = UniqueSearch(namespace: entry.namespace, index: index)
                let name = "\(index["name"]?.string ?? "") of \(entry.namespace)"
                guard search.isFaithful, ContinuousClock.now < deadline, !Task.isCancelled,
                    let pairs = await pairs(search, link)
                else {
                    findings.unsure.append(name)
                    continue
                }
                findings.searched += 1
                if pairs.isEmpty { continue }
                if search.mayFindTooMuch {
                    findings.unsure.append(name)
                } else {
                    findings.violations += pairs.map {
                        "\(name): _id \($0["first"]?.json ?? "") and \($0["last"]?.json ?? "")"
                    }
                }
            }
        }
        return findings
    }

    /// Nil when the collection is too large or the search did not end in time.
    private static func pairs(_ search: UniqueSearch, _ link: Link) async -> [Document]? {
        let namespace = search.namespace
        guard
            let count = try? await link.run(
                ["count": .string(namespace.collection)], on: namespace.database),
            let number = count["n"]?.integer, number <= Tuning.scanDocuments
        else { return nil }
        return try? await link.all(search.command, on: namespace.database)
    }
}
