internal import BSON
package import Mongo

/// Which migration it is, and when it was in whose hands: what is stored on a destination may be another one by now, or
/// somebody else's.
package struct MigrationIdentity: Hashable, Sendable, Codable {
    /// As its state says, milliseconds since 1970; nil where it was not seen to begin.
    package var begunAt: Int64?
    /// Of the lease when it was held here last: every owner has a higher one. Nil where it was not held.
    package var epoch: Int64?

    package init(begunAt: Int64? = nil, epoch: Int64? = nil) {
        self.begunAt = begunAt
        self.epoch = epoch
    }
}

/// Ends a migration for good that has failed, and that nobody runs: a cutover that it has left half done is undone, its
/// blocks are lifted, and its state says that it is cancelled.
///
/// Refused where the destination holds another migration, where somebody else has had this one since, and past the point
/// of no return. A server that does not answer ends it: what is left is done when it is tried again.
package struct Abandonment: Sendable {
    private let source: ConnectionString
    private let destination: ConnectionString
    private let options: MigrationOptions
    private let identity: MigrationIdentity
    private let owner: Lease.Owner
    private let isRunning: @Sendable (Lease.Owner) -> Bool
    private let log: EventLog
    private let status = Status()

    static let whatStays =
        "the databases that were migrated so far and \(StateStore.database) stay on the destination: "
        + "drop them there, or begin anew with --drop"

    /// `identity` is what is known of it here; `listener` gets the lines of its event log.
    package init(
        source: ConnectionString, destination: ConnectionString, options: MigrationOptions,
        identity: MigrationIdentity, owner: Lease.Owner,
        isRunning: @escaping @Sendable (Lease.Owner) -> Bool,
        listener: @escaping @Sendable (LogEntry) -> Void = { _ in }
    ) {
        (self.source, self.destination) = (source, destination)
        var options = options
        (options.resume, options.drop) = (true, false)
        self.options = options
        self.identity = identity
        self.owner = owner
        self.isRunning = isRunning
        log = EventLog(listener: listener)
    }

    /// What is waited for, in words.
    package var waitingFor: [String] { status.waitingFor }

    /// Returns what is left to be done by hand. `held` is told the epoch as soon as the lease is held.
    ///
    /// Throws `MigrationError`, or `MongoError` where a cluster does not answer.
    package func perform(held: @Sendable (Int64) async -> Void) async throws -> [String] {
        try await reaching(.destination, destination) { try await end($0, held) }
    }

    /// Has the body use a cluster, which is left whatever happens.
    private func reaching<Result: Sendable>(
        _ role: Side.Role, _ uri: ConnectionString, _ body: (Side) async throws -> Result
    ) async throws -> Result {
        let activity = "reaching the \(role)"
        status.wait(activity, for: "the \(role) to answer")
        let side: Side
        do {
            defer { status.goOn(activity) }
            side = try await Side(role, uri)
        }
        do {
            let result = try await body(side)
            await side.close()
            return result
        } catch {
            await side.close()
            throw error
        }
    }

    private func end(
        _ destination: Side, _ held: @Sendable (Int64) async -> Void
    ) async throws -> [String] {
        let lane = destination.lane()
        guard let state = try await StateStore.peek("state", "migration", lane) else {
            return identity.begunAt == nil ? [] : [Abandonment.stateIsGone]
        }
        try require(state)
        guard StoredMigration(state).phase != .cancelled else { return [Abandonment.whatStays] }
        // Before it is taken: an owner that is silent for a while must not lose it to one that has no business with it.
        let lease = try await StateStore.peek(Lease.namespace.collection, "owner", lane)
        guard let epoch = identity.epoch, lease?["epoch"]?.integer == Int(epoch) else {
            throw Abandonment.superseded
        }
        try await holdingLease(since: epoch, lane: destination.lane(), held) {
            try await undo(destination, $0)
        }
        return [Abandonment.whatStays]
    }

    /// Throws where it is not this migration, or can only go forward.
    private func require(_ state: Document) throws {
        let stored = StoredMigration(state)
        guard let begunAt = identity.begunAt, stored.startedAt == begunAt, state["token"] != nil
        else { throw Abandonment.otherMigration }
        guard !stored.isPastPointOfNoReturn else { throw MigrationEngine.tooLate }
    }

    /// The body ends with the lease: nobody undoes what has become another owner's.
    private func holdingLease(
        since epoch: Int64, lane: Lane, _ held: @Sendable (Int64) async -> Void,
        _ body: @escaping @Sendable (Lease) async throws -> Void
    ) async throws {
        // No engine of this process runs it. Patient, as nobody could tell afterwards whose lease it is where the answer is
        // lost.
        let lease: Lease
        do {
            lease = try await Lease.acquire(
                as: owner, isRunning: { $0 != owner && isRunning($0) }, after: epoch, lane: lane,
                retry: Retry(status: status), timing: options.lease)
        } catch let error as MigrationError where error.code == .ownershipLost {
            throw Abandonment.superseded
        }
        do {
            await held(lease.epoch)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await lease.keep(retry) }
                group.addTask { try await body(lease) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            await lease.release()
            throw error
        }
        await lease.release()
    }

    /// Who has asked for it is there, and can ask again.
    private var retry: Retry {
        var retry = Retry(status: status)
        retry.isImpatient = true
        return retry
    }

    private func undo(_ destination: Side, _ lease: Lease) async throws {
        var retry = retry
        retry.mayWrite = { try await lease.check() }
        let store = StateStore(lane: destination.lane(), retry: retry, epoch: lease.epoch)
        let state = try await store.loadMigration() ?? [:]
        try require(state)
        let stored = StoredMigration(state)
        guard stored.phase != .cancelled else { return }
        if stored.cutover == .begun || stored.isSourceBlocked {
            try await undoCutover(stored, destination, lease)
        }
        if stored.isDestinationBlocked {
            try await lease.beat()
            try await WriteBlock(side: destination, store: store, retry: retry)
                .lift { try lease.requireSole() }
            try await store.save(["destinationBlocked": false])
            log.note("the destination takes the writes of others again")
        }
        try await store.save(["phase": .string(Phase.cancelled.rawValue)])
        log.note("failed -> cancelled")
        try await log.write(to: store)
    }

    /// The only thing that the source is needed for.
    private func undoCutover(
        _ stored: StoredMigration, _ destination: Side, _ lease: Lease
    ) async throws {
        try await reaching(.source, source) { source in
            let preparation = Preparation(
                source: source, destination: destination, options: options, lease: lease,
                retry: retry, status: status, log: log)
            let context = try await preparation.makeContext(
                gate: Gate(), workers: Workers(loadLevel: options.loadLevel)
            ) { _, _ in }
            let parts = MigrationParts(
                context: context, log: log, stored: stored,
                now: try await ServerTime(of: destination, retry))
            try await parts.cutover.undoInterrupted(stored)
        }
    }

    // MARK: Why not

    private static let stateIsGone =
        "the migration's own state is no longer on the destination: where either side still refuses writes, run \(WriteBlock.liftByHand) there"

    private static let superseded = MigrationError(
        .ownershipLost,
        "somebody else has taken this migration up since it failed here, so nothing was undone: cancel it there. Where "
            + "nobody goes on with it, run \(WriteBlock.liftByHand) on the destination to let applications write there"
    )

    private static let otherMigration = MigrationError(
        .destinationHeld,
        "the destination does not hold this migration, but another one, so nothing was undone. Where nobody goes on "
            + "with that either, run \(WriteBlock.liftByHand) on the destination to let applications write there"
    )
}
