internal import BSON
package import Mongo

/// Which migration it is, and when it was in whose hands: what is stored on a destination may be another one by now, or
/// somebody else's.
package struct MigrationIdentity: Hashable, Sendable, Codable {
    /// As its state says, milliseconds since 1970; nil where it was not seen to begin.
    package var begunAt: Int64?
    /// Of the lease when it was held here last: every owner has a higher one. Nil where it was not held.
    package var epoch: Int64?
    /// With which the lease is taken to end it for good. Whoever keeps it, before it is used, is not refused by what an
    /// attempt has taken without hearing so.
    package var claim: Int64?
    /// For what it may clear the destination; nil where it was not to, or was begun by a version that did not keep that.
    package var clearing: ClearingConfirmation?

    package init(begunAt: Int64? = nil, epoch: Int64? = nil, claim: Int64? = nil) {
        self.begunAt = begunAt
        self.epoch = epoch
        self.claim = claim
    }

    package static func newClaim() -> Int64 { Lease.newClaim() }
}

/// Ends a migration for good that has failed, and that nobody runs: a cutover that it has left half done is undone, its
/// blocks are lifted, and its state says that it is cancelled.
///
/// Refused where the destination holds another migration, where somebody else has had this one since, and past the point
/// of no return. A destination that does not answer ends it: what is left is done when it is tried again. A source that
/// does not answer may be gone for good: what it still blocks is named, and everything else done.
package struct Abandonment: Sendable {
    package struct Outcome: Sendable, Hashable {
        /// What is left to be done by hand.
        package var problems: [String]
        /// The source could not be told that its writes are not to be blocked any more.
        package var isSourceBlocked = false

        package init(problems: [String], isSourceBlocked: Bool = false) {
            self.problems = problems
            self.isSourceBlocked = isSourceBlocked
        }
    }

    private let source: ConnectionString
    private let destination: ConnectionString
    private let options: MigrationOptions
    private let identity: MigrationIdentity
    private let owner: Lease.Owner
    private let isRunning: @Sendable (Lease.Owner) -> Bool
    private let log: EventLog
    private let status = Status()

    static func whatStays(_ wording: Wording) -> String {
        "the databases that were migrated so far and \(StateStore.database) stay on the destination: "
            + "drop them there, or begin anew \(wording.anew)"
    }

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

    /// Throws `MigrationError`, or `MongoError` where a cluster does not answer.
    package func perform() async throws -> Outcome {
        try await reaching(.destination, destination) { try await end($0) }
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
        } catch let error as MongoError where role == .source && error.isTransient {
            throw SourceIsGone()
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

    private func end(_ destination: Side) async throws -> Outcome {
        let lane = destination.lane()
        guard let state = try await StateStore.peek("state", "migration", lane) else {
            return Outcome(problems: identity.begunAt == nil ? [] : [Abandonment.stateIsGone])
        }
        try require(state)
        let stored = StoredMigration(state)
        guard stored.phase != .cancelled else { return outcome(stored) }
        // Before it is taken: an owner that is silent for a while must not lose it to one that has no business with it.
        let lease = try await StateStore.peek(Lease.namespace.collection, "owner", lane)
        guard let epoch = identity.epoch, let lease,
            Lease.mayFollow(lease, after: epoch, identity.claim)
        else { throw Abandonment.superseded }
        return try await holdingLease(since: epoch, lane: destination.lane()) {
            try await undo(destination, $0)
        }
    }

    /// Of one that is cancelled.
    private func outcome(_ stored: StoredMigration) -> Outcome {
        let whatStays = Abandonment.whatStays(options.wording)
        return stored.isSourceBlocked
            ? Outcome(problems: [Abandonment.sourceIsGone, whatStays], isSourceBlocked: true)
            : Outcome(problems: [whatStays])
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
        since epoch: Int64, lane: Lane, _ body: @escaping @Sendable (Lease) async throws -> Outcome
    ) async throws -> Outcome {
        let lease: Lease
        do {
            lease = try await Lease.acquire(
                as: owner, isRunning: isRunning, claim: identity.claim ?? Lease.newClaim(),
                after: epoch, lane: lane, retry: retry, timing: options.lease)
        } catch let error as MigrationError where error.code == .ownershipLost {
            throw Abandonment.superseded
        }
        do {
            let outcome = try await withThrowingTaskGroup(of: Outcome?.self) { group in
                group.addTask {
                    try await lease.keep(retry)
                    return nil
                }
                group.addTask { try await body(lease) }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            await lease.release()
            guard let outcome else { throw CancellationError() }
            return outcome
        } catch {
            await lease.release()
            throw error
        }
    }

    /// Who has asked for it is there, and can ask again.
    private var retry: Retry {
        var retry = Retry(status: status)
        retry.end = .now
        return retry
    }

    private func undo(_ destination: Side, _ lease: Lease) async throws -> Outcome {
        var retry = retry
        retry.mayWrite = { try await lease.check() }
        let store = StateStore(lane: destination.lane(), retry: retry, epoch: lease.epoch)
        let state = try await store.loadMigration() ?? [:]
        try require(state)
        let stored = StoredMigration(state)
        guard stored.phase != .cancelled else { return outcome(stored) }
        if stored.cutover == .begun || stored.isSourceBlocked {
            do {
                try await reaching(.source, source) {
                    try await undoCutover(stored, $0, destination, lease)
                }
            } catch is SourceIsGone {
                log.note("the source does not answer: what it blocks stays so")
                try await lease.beat()
                try await undoPrepareUnique(destination, lease)
                try await store.save(["cutover": .null])
            }
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
        return outcome(StoredMigration(try await store.loadMigration() ?? [:]))
    }

    /// The only thing that the source is needed for.
    private func undoCutover(
        _ stored: StoredMigration, _ source: Side, _ destination: Side, _ lease: Lease
    ) async throws {
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

    /// The destination's part of an undone cutover, where the source cannot say which indexes are unique: before the
    /// cutover only its preparation has them refuse duplicates.
    private func undoPrepareUnique(_ destination: Side, _ lease: Lease) async throws {
        let reader = CatalogReader(lanes: [destination.lane()])
        let catalog = try await retry("reading the destination's catalog") {
            try await reader.read(filter: options.filter)
        }
        for info in catalog.collections.values {
            guard let uuid = info.uuid else { continue }
            var collection = FinishedCollection(
                uuid: uuid, namespace: info.namespace, lane: destination.lane())
            for index in info.indexes where index.isPreparedUnique {
                try lease.requireSole()
                try await collection.prepareUnique(index.name, false)
            }
            for problem in collection.problems { log.note("\(problem)") }
        }
    }

    /// It does not answer at all; what it answers is an error like any other.
    private struct SourceIsGone: Error {}

    // MARK: Why not

    private static let sourceIsGone =
        "the source did not answer, and may refuse the writes of applications still: where it comes back, run "
        + "\(WriteBlock.liftByHand) there"

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
