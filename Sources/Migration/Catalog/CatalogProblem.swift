package import BSON
package import Mongo

/// Something about a collection, view or index that does not pass by itself: what it is and what to
/// do about it.
package struct CatalogProblem: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Something that this migration did not make has a name that it needs.
        case foreign
        /// The destination refuses a command; the code is the server's.
        case refused(code: Int32)
        /// The destination has it with an option that no command changes.
        case unchangeable
        /// The source does not tell of its changes.
        case unfollowed
        /// Documents with equal keys make a unique index impossible.
        case notUnique
        /// It is not there right before the destination accepts writes.
        case missing
    }

    package var kind: Kind
    package var namespace: Namespace
    package var index: String?
    /// What is so, as a sentence without its final stop.
    package var reason: String
    package var remedy: String
    /// Groups of `_id`s of documents that are in the way, a few of them.
    package var documents: [[Value]]

    package init(
        _ kind: Kind, _ namespace: Namespace, index: String? = nil, reason: String, remedy: String,
        documents: [[Value]] = []
    ) {
        self.kind = kind
        self.namespace = namespace
        self.index = index
        self.reason = reason
        self.remedy = remedy
        self.documents = documents
    }

    static func foreign(_ namespace: Namespace, isView: Bool) -> CatalogProblem {
        let thing = isView ? "view" : "collection"
        return CatalogProblem(
            .foreign, namespace,
            reason: "the destination has a \(thing) \(namespace) that this migration did not make",
            remedy: "rename or drop it on the destination, then resume")
    }

    static func unfollowed(timeSeries namespace: Namespace) -> CatalogProblem {
        CatalogProblem(
            .unfollowed, namespace,
            reason:
                "MongoDB tells of changes in time series collections from 6.0 on, and the source is older",
            remedy:
                "drop it on the source and resume, or begin anew with the source upgraded or the collection excluded"
        )
    }

    static func missing(_ namespace: Namespace, index: String) -> CatalogProblem {
        CatalogProblem(
            .missing, namespace, index: index, reason: "it is not on the destination",
            remedy:
                "see that nobody changes indexes on either side; it is built now, then cut over again"
        )
    }

    static func refused(
        _ namespace: Namespace, index: String? = nil, while activity: String, _ error: MongoError
    ) -> CatalogProblem {
        CatalogProblem(
            .refused(code: error.code), namespace, index: index,
            reason: "the destination refuses \(activity): \(error)",
            remedy:
                "change it on the source so that the destination's version accepts it, then resume")
    }
}

extension CatalogProblem: CustomStringConvertible {
    package var description: String {
        let subject = index.map { "index \($0) of \(namespace)" } ?? "\(namespace)"
        return "\(subject): \(reason); \(remedy)"
    }
}
