internal import BSON
internal import Mongo

/// Repeats what a passing cause stopped - a broken connection, an election, a full disk, a missing privilege - until it
/// works or the task is cancelled, with growing delays, and says meanwhile what is waited for.
package struct Retry: Sendable {
    let status: Status
    /// Asked before every attempt to write documents, and every change of the catalog: throws where this process may not
    /// write any more.
    var mayWrite: @Sendable () async throws -> Void = {}
    /// From when on it throws what would pass; nil: never.
    var end: ContinuousClock.Instant?

    /// Throws what does not pass by itself, and `CancellationError`.
    func callAsFunction<Result>(
        _ activity: String, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Result
    ) async throws -> Result {
        var delay = Tuning.firstRetryDelay
        var hasWaited = false
        defer { if hasWaited { status.goOn(activity) } }
        while true {
            try Task.checkCancellation()
            do {
                return try await body()
            } catch let error as MongoError where error.isWaitedFor && isPatient {
                status.wait(activity, for: "\(activity): \(error)")
                hasWaited = true
            }
            try await Task.sleep(for: delay)
            delay = min(delay * 2, Tuning.lastRetryDelay)
        }
    }

    private var isPatient: Bool { end.map { .now < $0 } ?? true }

    /// Sends a write until it is answered, and until no statement of it fails by a cause that passes. Every repetition is
    /// the same retryable write, so each statement is executed once, and once it is answered no copy of it can land
    /// later.
    func write(
        _ activity: String, _ command: consuming DocumentBuilder, on database: String, lane: Lane
    ) async throws -> WriteReply {
        let prepared = await lane.prepare(command, on: database)
        return try await self(activity) {
            try await mayWrite()
            let reply = try await lane.send(prepared)
            // A full disk, a write conflict or an election can show in single statements, and so can a collection that was
            // renamed in the middle of the command: some statements may be done, all can be repeated.
            let failure = reply.failures.map(\.error).first {
                $0.isWaitedFor || $0.isUUIDMismatch || $0.isNamespaceNotFound
            }
            if let failure { throw failure }
            return reply
        }
    }

    /// The same for a command that is a document already.
    func write(
        _ activity: String, _ command: Document, on database: String, lane: Lane
    ) async throws -> WriteReply {
        try await write(activity, DocumentBuilder(command), on: database, lane: lane)
    }
}
