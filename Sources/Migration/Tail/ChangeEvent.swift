package import BSON
package import Mongo

/// What a change event means to this engine: not what happened, only what may be different now.
package struct ChangeEvent: Sendable {
    package enum Meaning: Sendable {
        /// The document with this `_id` is dirty. The UUID is absent on sources before 6.0.
        case document(id: RawValue, collection: BinaryUUID?)
        /// The catalog is dirty: collections, options or indexes of this database.
        case catalog
        /// The stream ends here and goes on with `startAfter`.
        case invalidate
        /// A later fragment of an event whose first one was taken already.
        case nothing
    }

    /// The events of a batch. Throws where one cannot be understood: what it says may be lost with it.
    static func all(in documents: some Sequence<Document>) throws(MigrationError) -> [ChangeEvent] {
        var events: [ChangeEvent] = []
        for document in documents {
            if let event = ChangeEvent(document) {
                events.append(event)
            } else if !document.isLaterFragment {
                let namespace = document["ns"]?.json ?? "an unknown namespace"
                throw MigrationError(
                    .unexpected,
                    "the source's change stream holds an event that this program does not understand, "
                        + "\(document["operationType"]?.json ?? "without a type") of \(namespace), and what it says would be "
                        + "lost: begin anew with the destination cleared, and report it to the makers of this program"
                )
            }
        }
        return events
    }

    package let meaning: Meaning
    package let time: Timestamp
    /// Absent on `dropDatabase`'s collection part and on `invalidate`.
    package let database: String
    package let collection: String
    /// The kind of the event, as the server names it.
    package let operation: String
    /// What the collection is called after a `rename`.
    package let newName: Namespace?
    /// Absent on sources before 6.0, and where the event is about no one collection.
    package let collectionUUID: BinaryUUID?
    /// The view that was created, changed or dropped.
    package let view: Namespace?
    /// The event's own resume token.
    package let token: RawValue?

    package var namespace: Namespace { Namespace(database, collection) }

    /// Nil when the document is not a change event of a kind that can be understood: it has no type or time.
    package init?(_ event: Document) {
        var type: String?
        var time: Timestamp?
        var uuid: BinaryUUID?
        var id: RawValue?
        var database = ""
        var collection = ""
        var fragment = 1
        var token: RawValue?
        var newName: Namespace?
        for element in event {
            if element.hasName("_id") {
                token = element.raw
            } else if element.hasName("operationType") {
                type = element.value?.string
            } else if element.hasName("clusterTime") {
                time = element.value?.timestamp
            } else if element.hasName("collectionUUID") {
                uuid = element.value?.uuid
            } else if element.hasName("ns"), let namespace = element.document {
                database = namespace["db"]?.string ?? ""
                collection = namespace["coll"]?.string ?? ""
            } else if element.hasName("to"), let namespace = element.document {
                newName = Namespace(
                    namespace["db"]?.string ?? "", namespace["coll"]?.string ?? "")
            } else if element.hasName("documentKey") {
                id = element.document?.raw("_id")
            } else if element.hasName("splitEvent") {
                fragment = element.document?["fragment"]?.integer ?? 1
            }
        }
        guard let type, let time else { return nil }
        self.time = time
        self.database = database
        self.collection = collection
        self.token = token
        self.newName = newName
        collectionUUID = uuid
        // Views are documents of system.views.
        let isView = collection == "system.views"
        view = isView ? id?.value?.string.flatMap { Namespace($0) } : nil
        operation = type
        switch type {
        case _ where fragment > 1: meaning = .nothing
        case "insert", "update", "replace", "delete":
            guard let id else { return nil }
            meaning = isView ? .catalog : .document(id: id, collection: uuid)
        case "invalidate": meaning = .invalidate
        default: meaning = .catalog
        }
    }
}

extension Document {
    /// Of an event that the server has split: the fields that are needed came with the first fragment.
    fileprivate var isLaterFragment: Bool {
        (self["splitEvent"]?.document?["fragment"]?.integer ?? 1) > 1
    }
}
