internal import BSON
internal import Mongo

/// The cutover, step by step: writes are blocked, the last changes applied and compared, and the destination opened.
///
/// Every step is stored before it is taken. Up to the point of no return every failure undoes what was done and throws
/// `cutoverRefused`; after it there is only forward.
struct Cutover: Sendable {
    struct Outcome: Sendable {
        /// From the last write seen on the source to the destination accepting writes, seconds; nil when no write was seen
        /// in the hour before.
        let downtime: Double?
    }

    let context: Context
    let keeper: CatalogKeeper
    let verifier: Verifier
    let writes: SeenWrites
    let spill: Spill
    let copyQueue: CopyQueue
    let log: EventLog
    let steps = CutoverSteps()

    private var destination: DestinationGuard { DestinationGuard(context: context, log: log) }

    private var sourceBlock: WriteBlock {
        WriteBlock(side: context.source, store: context.store, retry: context.retry)
    }

    /// Steps 1 to 6 of `engine.md` section 8. Returns when the destination accepts writes.
    func run() async throws -> Outcome {
        steps.beginAnew()
        do {
            steps.begin(.checkTransactions)
            try await refuseOnOpenTransactions()
            steps.begin(.checkUniqueIndexes)
            try await keeper.refuseOnViolations()
        } catch {
            steps.end(hasFailed: true)
            throw error
        }
        writes.setExpiring(await keeper.expiring)
        try await context.store.save([
            "cutover": .string(StoredMigration.CutoverStep.begun.rawValue)
        ])
        do {
            steps.begin(.stopWrites)
            try await stopWrites()
            let lane = context.source.lane()
            steps.begin(.applyLastChanges)
            var final = try await drain(lane)
            steps.begin(.compareCatalogs)
            try await keeper.reconcileForCutover()
            steps.begin(.verify)
            try await verify()
            // What was copied again has no indexes yet.
            if verifier.hasCopiedAgain { try await keeper.reconcileForCutover() }
            steps.begin(.prepareUniqueIndexes)
            try await keeper.prepareUnique()
            steps.begin(.checkForStrayWrites)
            final = try await refuseOnStrayWrites(after: final, lane)
            steps.begin(.openDestination)
            let outcome = try await accept(final)
            steps.end()
            return outcome
        } catch {
            steps.end(hasFailed: true)
            try await undo()
            if let error = error as? MongoError {
                throw MigrationError(
                    .cutoverRefused, "the cutover was undone: a server refused a step of it",
                    cause: error)
            }
            throw error
        }
    }

    // MARK: Steps

    private func refuseOnOpenTransactions() async throws {
        let open = try await context.retry("looking for open transactions") {
            try await OpenTransactions.find(context.source.lane())
        }
        guard let longest = open?.max(by: { $0.seconds < $1.seconds }) else { return }
        throw MigrationError(
            .cutoverRefused,
            "the source has \(open?.count ?? 0) open transactions, the longest by \(longest.client) for "
                + "\(longest.seconds) s: end them, then cut over again")
    }

    /// Blocks writes on the source, or waits for them to have stopped where that is not possible.
    private func stopWrites() async throws {
        let outcome: WriteBlock.Outcome
        do {
            outcome = try await sourceBlock.block(limit: Tuning.blockLimit, isOursAlready: false)
        } catch let error as MongoError where error.isTimeLimitExceeded {
            throw MigrationError(
                .cutoverRefused,
                "writes could not be blocked on the source within \(Tuning.blockLimit / 1_000) s, as transactions are "
                    + "open there: end them, then cut over again", cause: error)
        }
        switch outcome {
        case .blocked:
            steps.setSourceBlocked(true)
            log.note("writes are blocked on the source")
        case .alreadyBlocked:
            log.note("writes were blocked on the source already; that block is left as it is")
        case .cannotBlock(let reason):
            log.note("writes cannot be blocked: \(reason)")
            try await waitForQuiet(reason)
        }
    }

    private func waitForQuiet(_ reason: String) async throws {
        let quiet = Duration.seconds(context.options.quietPeriod)
        while writes.quiet < quiet {
            writes.reset()
            try await Task.sleep(for: .seconds(1))
            if let busiest = writes.busiest.first {
                throw MigrationError(
                    .cutoverRefused,
                    "the source still gets writes (\(busiest.namespace), \(busiest.count) a second), and \(reason): "
                        + "stop the application, then cut over again")
            }
        }
    }

    /// Waits until everything up to the source's newest write is on the destination.
    private func drain(_ lane: Lane) async throws -> Timestamp {
        let final = try await FinalTime(context: context, lane: lane).settle(
            atMost: Tuning.majorityLimit)
        let clock = ContinuousClock()
        let deadline = clock.now + Tuning.drainLimit
        while true {
            let seen = context.dirty.hasMoved.count
            if context.dirty.appliedThrough >= final, spill.isEmpty, await copyQueue.isIdle,
                context.registry.areAllCopied
            {
                return final
            }
            guard clock.now < deadline else {
                throw MigrationError(
                    .cutoverRefused,
                    "the last changes were not applied within \(Tuning.drainLimit.components.seconds) s: see what is "
                        + "waited for, then cut over again")
            }
            await context.dirty.hasMoved.wait(after: seen, atMost: .milliseconds(100))
            try Task.checkCancellation()
        }
    }

    private func verify() async throws {
        let mismatches = try await verifier.finish()
        guard !mismatches.isEmpty else { return }
        throw MigrationError(
            .differencesFound,
            "verification found \(mismatches.count) differences; nothing was cut over:\n  "
                + mismatches.prefix(20).map(\.description).joined(separator: "\n  "))
    }

    /// Nothing may have been written since `final`. Expired documents that the TTL monitor deleted are applied.
    private func refuseOnStrayWrites(after final: Timestamp, _ lane: Lane) async throws -> Timestamp
    {
        let last = try await drain(lane)
        if let stray = writes.newest, stray > final {
            throw MigrationError(
                .cutoverRefused,
                "the source was written to during the cutover (\(writes.busiest.first?.namespace.description ?? "unknown")): "
                    + "stop the application, then cut over again")
        }
        return last
    }

    /// The point of no return.
    private func accept(_ final: Timestamp) async throws -> Outcome {
        try await destination.lift()
        let downtime = writes.newestAt.flatMap { last -> Double? in
            let passed = ContinuousClock.now - last
            return passed < Tuning.downtimeHorizon ? passed.seconds : nil
        }
        try await context.store.save([
            "cutover": .string(StoredMigration.CutoverStep.accepted.rawValue),
            "finalTime": .timestamp(final), "downtime": downtime.map(Value.double) ?? .null,
        ])
        return Outcome(downtime: downtime)
    }

    // MARK: Undoing and finishing

    /// Also where the task is cancelled: a cutover that is given up leaves nothing behind.
    private func undo() async throws {
        try await Task { try await undoNow() }.value
    }

    private func undoNow() async throws {
        // Another owner undoes it by itself, and may be in a cutover of its own already.
        try await context.retry("showing that this migration is alive") {
            try await context.lease.beat()
        }
        // A point of no return whose recording was not answered can no longer be recorded after this.
        try await context.store.save([
            "cutover": .string(StoredMigration.CutoverStep.begun.rawValue)
        ])
        try await keeper.undoPrepareUnique()
        let stored = StoredMigration(try await context.store.loadMigration() ?? [:])
        if stored.isSourceBlocked { try await sourceBlock.unblock() }
        steps.setSourceBlocked(false)
        try await destination.raise(isOursAlready: stored.isDestinationBlocked)
        try await context.store.save(["cutover": .null])
    }

    /// After a restart: a cutover that was interrupted before the point of no return is undone.
    func undoInterrupted(_ stored: StoredMigration) async throws {
        guard stored.cutover == .begun || stored.isSourceBlocked else { return }
        log.note("the cutover was interrupted: it is undone, and the source takes writes again")
        try await undo()
    }

    /// Step 7: what is left to do after the point of no return. Returns what could not be done, each with its remedy.
    func finish() async throws -> [String] {
        steps.begin(.finishIndexes)
        defer { steps.end() }
        try await destination.lift()
        let problems = try await keeper.finishIndexes()
        let stored = StoredMigration(try await context.store.loadMigration() ?? [:])
        if stored.isSourceBlocked, context.options.keepSourceWritable {
            try await sourceBlock.unblock()
        }
        try await context.store.save([
            "cutover": .string(StoredMigration.CutoverStep.finished.rawValue)
        ])
        return problems
    }

    /// Before the migration ends for good without a cutover: our blocks are lifted.
    func abandon() async throws {
        let stored = StoredMigration(try await context.store.loadMigration() ?? [:])
        if stored.isSourceBlocked { try await sourceBlock.unblock() }
        try await destination.lift()
    }
}
