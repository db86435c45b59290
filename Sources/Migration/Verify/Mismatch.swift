package import BSON
package import Mongo

/// A difference between source and destination that is none of lag: named, so that it can be found.
package struct Mismatch: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case changed, missing, extra, order, count, catalog
    }

    /// As the source names it.
    package var namespace: Namespace
    package var kind: Kind
    /// The document's `_id` as extended JSON; nil where it is not about one document.
    package var id: String?
    /// What differs, in words that complete the sentence.
    package var detail: String
    /// Cluster time of the source at which it was first seen.
    package var firstSeen: Timestamp
    /// Written once more, the destination had it right. It counts all the same until the operator
    /// has taken note: a change was lost, or someone else writes to the destination.
    package var isRepaired = false

    package init(
        _ kind: Kind, in namespace: Namespace, id: String? = nil, detail: String = "",
        firstSeen: Timestamp
    ) {
        self.kind = kind
        self.namespace = namespace
        self.id = id
        self.detail = detail
        self.firstSeen = firstSeen
    }
}

extension Mismatch: CustomStringConvertible {
    /// One line that names it: `shop.orders: document {"$oid": "…"} is missing on the destination`.
    package var description: String { name + (isRepaired ? " (repaired since)" : "") }

    /// The same, repaired or not.
    var name: String {
        let document = "document " + (id ?? "?")
        let what =
            switch kind {
            case .changed: "\(document) differs"
            case .missing: "\(document) is missing on the destination"
            case .extra: "\(document) is on the destination only"
            case .order:
                "the order of the documents differs" + (id.map { " at document \($0)" } ?? "")
            case .count: "the number of documents differs"
            case .catalog: ""
            }
        let parts = [what, detail].filter { !$0.isEmpty }.joined(separator: ": ")
        return "\(namespace): \(parts)"
    }
}

extension RawValue {
    /// For names of differences: extended JSON that tells 1 from 1L, cut where it is very long.
    var mismatchName: String {
        let text =
            switch value {
            case .int64(let number): "{\"$numberLong\": \"\(number)\"}"
            case let other: other?.json ?? "of an unknown type"
            }
        guard text.count > Tuning.mismatchIDLength else { return text }
        return text.prefix(Tuning.mismatchIDLength) + "..."
    }
}

extension Document {
    /// What of this document, the source's, is different on the destination, in words; no values, as
    /// they may be confidential.
    func difference(to other: Document) -> String {
        if let mine = raw("_id"), let theirs = other.raw("_id"), mine != theirs {
            return "its _id is stored as \(theirs.mismatchName) on the destination"
        }
        for element in self {
            guard let counterpart = other.raw(element.name) else {
                return "field \"\(element.name)\" is missing on the destination"
            }
            if counterpart != element.raw { return "field \"\(element.name)\"" }
        }
        for element in other where !has(element.name) {
            return "field \"\(element.name)\" is on the destination only"
        }
        return "the order of its fields"
    }
}
