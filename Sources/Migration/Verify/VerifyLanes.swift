internal import BSON
internal import Mongo

/// The reads of one verification worker: a lane on each side.
struct VerifyLanes: Sendable {
    let context: Context
    let source: Lane
    let destination: Lane

    init(context: Context) {
        self.context = context
        source = context.source.lane()
        destination = context.destination.lane()
    }

    /// Opens a `find` on the source that sees at least every change up to `time`. Waits for what passes; follows
    /// renames. Throws `CollectionGone`.
    func openSource(
        _ collection: MigratedCollection, after time: Timestamp,
        _ build: (inout DocumentBuilder) -> Void
    ) async throws -> Batch {
        var current = context.registry[collection.source] ?? collection
        while true {
            var command = context.sourceCommand("find", current)
            build(&command)
            command.append("readConcern", context.readConcern(after: time))
            let find = command.finish()
            do {
                let database = current.sourceName.database
                return try await context.retry("comparing \(current.sourceName)") {
                    try await source.open(find, on: database)
                }
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try context.followSource(of: current, error)
            }
        }
    }

    /// The same on the destination, at or after `time` where one is given.
    func openDestination(
        _ collection: MigratedCollection, after time: Timestamp? = nil,
        _ build: (inout DocumentBuilder) -> Void
    ) async throws -> Batch {
        var current = context.registry[collection.source] ?? collection
        while true {
            var command = context.destinationCommand("find", current)
            build(&command)
            let concern: Value = time.map(context.readConcern(after:)) ?? ["level": "majority"]
            command.append("readConcern", concern)
            let find = command.finish()
            do {
                let database = current.destinationName.database
                return try await context.retry("comparing \(current.destinationName)") {
                    try await destination.open(find, on: database)
                }
            } catch let error as MongoError where error.isUUIDMismatch || error.isNamespaceNotFound
            {
                current = try context.followDestination(of: current, error)
            }
        }
    }

    /// A time at or after every write that the destination has acknowledged to anyone: a majority read after it sees
    /// them all, after an election too.
    func destinationTime() async throws -> Timestamp {
        let reply = try await context.retry("comparing with the destination") {
            try await destination.run(["ping": 1])
        }
        guard let time = reply["operationTime"]?.timestamp else {
            throw MigrationError(.unexpected, "the destination does not say its operation time")
        }
        return time
    }
}
