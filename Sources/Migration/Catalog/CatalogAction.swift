package import BSON
package import Mongo

/// One change of the destination's catalog. Collections are named by the UUID they have there;
/// `source` is the UUID of the collection they belong to.
package enum CatalogAction: Hashable, Sendable {
    case dropView(Namespace)
    case drop(BinaryUUID, CollectionInfo.Kind, Namespace, source: BinaryUUID)
    case rename(BinaryUUID, from: Namespace, to: Namespace, source: BinaryUUID)
    /// The collection of the source that is created, as it is there.
    case create(CollectionInfo)
    case createView(CollectionInfo)
    /// Arguments of `collMod`, and the names of what they change for people.
    case modify(BinaryUUID, Namespace, Document, changes: [String], source: BinaryUUID)
    case dropIndexes(BinaryUUID, Namespace, [String], source: BinaryUUID)

    /// The collection of the source that it is about; nil for views.
    var source: BinaryUUID? {
        switch self {
        case .dropView, .createView: nil
        case .create(let info): info.uuid
        case .drop(_, _, _, let source), .rename(_, _, _, let source),
            .modify(_, _, _, _, let source), .dropIndexes(_, _, _, let source):
            source
        }
    }

    /// The collection of the source that it creates.
    var created: CollectionInfo? {
        guard case .create(let info) = self else { return nil }
        return info
    }

    /// Whether it can be performed beside others of its kind, in any order.
    func isIndependent(of other: CatalogAction) -> Bool {
        switch (self, other) {
        case (.drop(_, _, let one, _), .drop(_, _, let two, _)):
            !one.isStoredFunctions && !two.isStoredFunctions
        case (.create, .create), (.dropIndexes, .dropIndexes): true
        case (.modify(let one, _, _, _, _), .modify(let two, _, _, _, _)): one != two
        default: false
        }
    }

    /// Names that it takes or gives up. What fails leaves later actions on them impossible.
    var namespaces: [Namespace] {
        switch self {
        case .dropView(let namespace), .modify(_, let namespace, _, _, _),
            .dropIndexes(_, let namespace, _, _):
            [namespace]
        case .drop(_, let kind, let namespace, _):
            CollectionInfo(namespace: namespace, kind: kind).names
        case .rename(_, let from, let to, _): [from, to]
        case .create(let info), .createView(let info): info.names
        }
    }
}

extension CatalogAction: CustomStringConvertible {
    /// For the event log.
    package var description: String {
        switch self {
        case .dropView(let namespace): "drop view \(namespace)"
        case .drop(_, _, let namespace, _): "drop \(namespace)"
        case .rename(_, let from, let to, _): "rename \(from) to \(to)"
        case .create(let info): "create \(info.displayName)"
        case .createView(let info): "create view \(info.namespace)"
        case .modify(_, let namespace, _, let changes, _):
            "change \(changes.joined(separator: ", ")) of \(namespace)"
        case .dropIndexes(_, let namespace, let names, _):
            "drop \(names.count == 1 ? "index" : "indexes") \(names.joined(separator: ", ")) of \(namespace)"
        }
    }
}

/// Indexes of one collection that are to be built, in one command.
package struct IndexBuild: Hashable, Sendable {
    package let source: BinaryUUID
    package let destination: BinaryUUID
    package let namespace: Namespace
    package let specs: [IndexSpec]

    package init(
        source: BinaryUUID, destination: BinaryUUID, namespace: Namespace, specs: [IndexSpec]
    ) {
        self.source = source
        self.destination = destination
        self.namespace = namespace
        self.specs = specs
    }

    /// As the log says that it is done.
    var built: String {
        "built \(specs.count == 1 ? "1 index" : "\(specs.count) indexes") of \(namespace)"
    }
}
