internal import BSON
internal import Mongo

/// What the stages of one migration share.
struct Context: Sendable {
    let options: MigrationOptions
    let source: Side
    let destination: Side
    let dirty: DirtySet
    let registry: CollectionRegistry
    let status: Status
    let retry: Retry
    let lease: Lease
    let store: StateStore
    /// Closed while the migration is paused.
    let gate: Gate
    /// Who of those that copy and apply may take work.
    let workers: Workers
    /// Asks the reconciler for a run.
    let reconcile: Signal
    /// Something the operator must decide was met by work that began in this opening of the gate: the migration is paused
    /// with this reason, unless the operator has had it go on since.
    let pause: @Sendable (MigrationError, _ opening: Int) async -> Void

    /// The read concern of every read of data: majority, and not older than `time`.
    func readConcern(after time: Timestamp) -> Value {
        ["level": "majority", "afterClusterTime": .timestamp(time)]
    }

    /// A command on a collection of the source that names its UUID where the version can.
    func sourceCommand(_ verb: String, _ collection: MigratedCollection) -> DocumentBuilder {
        var command = DocumentBuilder(reserving: 256)
        command.append(verb, .string(collection.sourceName.collection))
        if source.version.namesCollectionsByUUID {
            command.append("collectionUUID", .uuid(collection.source))
        }
        return command
    }

    /// A command on a collection of the destination that names its UUID.
    func destinationCommand(
        _ verb: String, _ collection: MigratedCollection, reserving capacity: Int = 256
    ) -> DocumentBuilder {
        var command = DocumentBuilder(reserving: capacity)
        command.append(verb, .string(collection.destinationName.collection))
        command.append("collectionUUID", .uuid(collection.destination))
        return command
    }
}

/// The collection is not there any more, on the side that is named; the reconciler will see why.
struct CollectionGone: Error {
    let collection: BinaryUUID
    let side: Side.Role
}
