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
        /// The source's newest write that is on the destination.
        let finalTime: Timestamp
    }

    let context: Context
    let keeper: CatalogKeeper
    let verifier: Verifier
    let writes: SeenWrites
    let spill: Spill
    let copyQueue: CopyQueue
    let log: EventLog
    /// The state, through a lane on which nobody else has a write under way.
    let store: StateStore
    let steps = CutoverSteps()
    private let pointOfNoReturn = PointOfNoReturn()

    private var destination: DestinationGuard { DestinationGuard(context: context, log: log) }

    private var sourceBlock: WriteBlock {
        WriteBlock(side: context.source, store: store, retry: context.retry)
    }

    /// Whether the point of no return is known to be recorded.
    var isPastPointOfNoReturn: Bool { pointOfNoReturn.isPassed }

    /// Steps 1 to 6 of `engine.md` section 8. Returns when the point of no return is recorded, with the newest write that
    /// is on the destination: `open` is next, when nothing of the source is written any more.
    func run() async throws -> Timestamp {
        steps.beginAnew()
        do {
            steps.begin(.checkTransactions)
            try await refuseOnOpenTransactions()
            steps.begin(.checkUniqueIndexes)
            try await keeper.refuseOnViolations()
            // Nothing is stopped for what can be known before.
            try refuseOnDifferences()
        } catch {
            steps.end(hasFailed: true)
            throw error
        }
        try await store.save(["cutover": .string(StoredMigration.CutoverStep.begun.rawValue)])
        pointOfNoReturn.reset()
        do {
            steps.begin(.stopWrites)
            let isBlocked = try await stopWrites()
            return try await whileDestinationAnswers { try await finishAndAccept(isBlocked) }
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

    /// Everything between the last write of the source and the point of no return. `isBlocked`: by whomever.
    private func finishAndAccept(_ isBlocked: Bool) async throws -> Timestamp {
        let lane = context.source.lane()
        steps.begin(.applyLastChanges)
        let final = try await drain(lane)
        steps.begin(.compareCatalogs)
        try await inTime("comparing the catalogs") { try await keeper.reconcileForCutover() }
        steps.begin(.verify)
        try await inTime("the last verification") {
            try await verifier.finish()
            for name in verifier.unlooked {
                log.note("the order of \(name) was not compared, as applications wait")
            }
            // What was copied again has no indexes yet.
            if verifier.hasCopiedAgain { try await keeper.reconcileForCutover() }
        }
        try refuseOnDifferences()
        steps.begin(.prepareUniqueIndexes)
        // Nobody waits for it while the source takes no writes.
        let unfinished = try await keeper.prepareUnique(store.impatient)
        let now = try await ServerTime(of: context.destination, context.retry)
        steps.begin(.checkForStrayWrites)
        let last = try await drain(lane, refusingWritesAfter: final)
        try await inTime("the last look at the source") { try await refuseOnUntoldChanges() }
        try refuseOnWrites(after: final)
        try await refuseOnWritableSource(wasBlocked: isBlocked)
        try await accept(last, unfinished, now)
        return last
    }

    /// Applications wait: a step that takes longer is given up, and the cutover with it.
    private func inTime(
        _ activity: String, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: Tuning.comparisonLimit)
                throw MigrationError(
                    .cutoverRefused,
                    "\(activity) took more than \(Tuning.comparisonLimit.components.seconds) s with the source "
                        + "stopped: let the migration catch up, then cut over again")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    // MARK: Steps

    private func refuseOnOpenTransactions() async throws {
        let open = try await openTransactions()
        if open == nil {
            log.note(
                "whether transactions are open on the source is not known: the user may not ask (privilege inprog)"
            )
        }
        guard let longest = open?.max(by: { $0.seconds < $1.seconds }) else { return }
        throw MigrationError(
            .cutoverRefused,
            "the source has \(open?.count ?? 0) open transactions, the longest by \(longest.client) for "
                + "\(longest.seconds) s: end them, then cut over again")
    }

    /// A block of writes waits for transactions to end. Without one, a transaction that nobody sees could commit after
    /// the cutover.
    private func refuseOnUnknownTransactions(_ reason: String) async throws {
        guard try await openTransactions() == nil else { return }
        throw MigrationError(
            .cutoverRefused,
            "whether transactions are open on the source is not known, as its user may not ask, and \(reason): "
                + "grant the user the privilege inprog (role clusterMonitor), then cut over again")
    }

    /// Nil when the user may not ask.
    private func openTransactions() async throws -> [OpenTransactions.Transaction]? {
        try await context.retry("looking for open transactions") {
            try await OpenTransactions.find(context.source.lane())
        }
    }

    /// Blocks writes on the source, or waits for them to have stopped where that is not possible. True where they are
    /// blocked, by this migration or someone else.
    private func stopWrites() async throws -> Bool {
        let outcome: WriteBlock.Outcome
        do {
            outcome = try await sourceBlock.block(limit: Tuning.blockLimit, isOursAlready: false)
        } catch let error as MongoError where error.isTimeLimitExceeded {
            throw MigrationError(
                .cutoverRefused,
                "writes could not be blocked on the source within \(Tuning.blockLimit / 1_000) s, as transactions are "
                    + "open there: end them, then cut over again", cause: error)
        }
        context.status.setSourceBlockedByOthers(outcome == .alreadyBlocked)
        switch outcome {
        case .blocked: log.note("writes are blocked on the source")
        case .alreadyBlocked:
            log.note("writes were blocked on the source already; that block is left as it is")
        case .cannotBlock(let reason):
            log.note("writes cannot be blocked: \(reason)")
            try await refuseOnUnknownTransactions(reason)
            try await waitForQuiet(reason)
            return false
        }
        return true
    }

    /// Where the source could not be blocked, a transaction may have been opened since; where it was, someone may have
    /// lifted that.
    private func refuseOnWritableSource(wasBlocked: Bool) async throws {
        guard wasBlocked else { return try await refuseOnOpenTransactions() }
        guard try await sourceBlock.isBlocked() == false else { return }
        context.status.setSourceBlockedByOthers(false)
        throw MigrationError(
            .cutoverRefused,
            "the source takes writes again, as someone has lifted the block: see who does that, then cut over again"
        )
    }

    private func waitForQuiet(_ reason: String) async throws {
        let quiet = Duration.seconds(context.options.quietPeriod)
        while writes.quiet < quiet {
            writes.reset()
            try await Task.sleep(for: Tuning.quietLook)
            if let busiest = writes.busiest.first {
                throw MigrationError(
                    .cutoverRefused,
                    "the source still gets writes (\(busiest.namespace), \(busiest.count) a second), and \(reason): "
                        + "stop the application, then cut over again")
            }
        }
    }

    /// Waits until everything up to the source's newest write is on the destination. After `limit` there may be no write
    /// of an application; what the TTL monitor deletes is applied.
    private func drain(
        _ lane: Lane, refusingWritesAfter limit: Timestamp? = nil
    ) async throws -> Timestamp {
        let final = try await FinalTime(context: context, lane: lane).settle(
            atMost: Tuning.majorityLimit)
        let clock = ContinuousClock()
        let deadline = clock.now + Tuning.drainLimit
        while true {
            let seen = context.dirty.hasMoved.count
            let isApplied =
                context.dirty.appliedThrough >= final && spill.isEmpty
                && context.registry.areAllCopied
            let isDrained = isApplied ? await copyQueue.isIdle : false
            // Afterwards: what is applied has been seen.
            if let limit { try refuseOnWrites(after: limit) }
            if isDrained { return final }
            guard clock.now < deadline else {
                throw MigrationError(
                    .cutoverRefused,
                    "the last changes were not applied within \(Tuning.drainLimit.components.seconds) s: see what is "
                        + "waited for, then cut over again")
            }
            await context.dirty.hasMoved.wait(after: seen, atMost: Tuning.cutoverLook)
            try Task.checkCancellation()
        }
    }

    private func refuseOnWrites(after limit: Timestamp) throws {
        guard let (time, namespace) = writes.newest, time > limit else { return }
        throw MigrationError(
            .cutoverRefused,
            "the source was written to during the cutover (\(namespace)): "
                + "stop the application, then cut over again")
    }

    /// What the change stream of an older source does not tell of.
    private func refuseOnUntoldChanges() async throws {
        var changed = try await keeper.changedUntold()
        if changed == nil { changed = try await verifier.changedUntold() }
        guard let changed else { return }
        throw MigrationError(
            .cutoverRefused,
            "the source was changed during the cutover (\(changed)): "
                + "stop the application, then cut over again")
    }

    private func refuseOnDifferences() throws {
        guard let found = verifier.differences else { return }
        throw MigrationError.differencesFound(found.words, context.options)
    }

    /// The point of no return. Nobody waits for its record, as the source takes no writes meanwhile.
    /// `unfinished`: of how many collections the final form is stored.
    private func accept(_ final: Timestamp, _ unfinished: Int, _ now: ServerTime) async throws {
        guard pointOfNoReturn.approach() else { throw CancellationError() }
        // Not before: whoever sees this step begun cannot back out any more.
        steps.begin(.openDestination)
        // No application waits where nothing was written for long.
        let downtime = writes.downtime(until: .now)
        let newestWrite = downtime == nil ? nil : writes.newestAt
        do {
            try await store.impatient.save([
                "cutover": .string(StoredMigration.CutoverStep.accepted.rawValue),
                "finalTime": .timestamp(final), "finalCollections": .integer(unfinished),
                // Another run could not say what this one has counted and compared.
                "counts": .document(context.status.figures.counts),
                "verification": .document(verifier.summary.document),
                "unlooked": .texts(verifier.unlooked.map(\.description)),
                // To be replaced when the destination is open.
                "downtime": downtime.map(Value.double) ?? .null,
                "newestWriteAt": newestWrite.map { .date(now.stored($0)) } ?? .null,
            ])
        } catch {
            let mayBeWritten = (error as? MongoError)?.mayHaveBeenDone ?? false
            if !mayBeWritten { pointOfNoReturn.miss() }
            throw error
        }
        pointOfNoReturn.pass()
    }

    // MARK: A destination that is lost

    /// The steps, for as long as the destination answers: applications of the source do not wait for it to come back.
    private func whileDestinationAnswers(
        _ steps: @escaping @Sendable () async throws -> Timestamp
    ) async throws -> Timestamp {
        try await withThrowingTaskGroup { group in
            group.addTask(operation: steps)
            group.addTask { try await watchDestination() }
            defer { group.cancelAll() }
            var failure: (any Error)?
            while let result = await group.nextResult() {
                do {
                    // Also behind a failure: what is recorded as the point of no return counts.
                    return try result.get()
                } catch {
                    failure = failure ?? error
                    group.cancelAll()
                }
            }
            throw failure ?? CancellationError()
        }
    }

    /// Ends when it is cancelled, with the steps or by the operator, or when the destination is lost. The source takes
    /// writes again then, unless the point of no return is being recorded.
    private func watchDestination() async throws -> Never {
        while true {
            try? await Task.sleep(for: Tuning.cutoverLook)
            guard Task.isCancelled || context.lease.isDoubtful else { continue }
            guard pointOfNoReturn.giveUp() else {
                try Task.checkCancellation()
                continue
            }
            await Task { await liftAtOnce() }.value
            try Task.checkCancellation()
            let source =
                context.status.isSourceBlockedByOthers == true
                ? "" : ", and the source takes writes again"
            throw MigrationError(
                .cutoverRefused,
                "the destination does not answer: the cutover was undone\(source)")
        }
    }

    /// Lifts our block of the source without asking the destination, as long as no other owner can have set it.
    private func liftAtOnce() async {
        guard context.status.blocked.contains(.source) else { return }
        do {
            try await sourceBlock.lift { try context.lease.requireSole() }
            log.note("the source takes writes again")
        } catch {
            log.note("the source stays blocked until the destination says who owns the migration")
        }
    }

    // MARK: Undoing and finishing

    /// Also where the task is cancelled: a cutover that is given up leaves nothing behind.
    private func undo() async throws {
        try await Task { try await undoNow() }.value
    }

    /// The source first, as applications wait for it.
    private func undoNow() async throws {
        if pointOfNoReturn.giveUp() {
            await liftAtOnce()
        } else {
            log.note(
                "the destination may have recorded the cutover: the source stays blocked until it answers"
            )
        }
        // Another owner undoes it by itself, and may be in a cutover of its own already.
        try await context.retry("showing that this migration is alive") {
            try await context.lease.beat()
        }
        // A point of no return whose recording was not answered can no longer be recorded after this.
        try await store.save(["cutover": .string(StoredMigration.CutoverStep.begun.rawValue)])
        pointOfNoReturn.miss()
        if context.status.blocked.contains(.source) { try await sourceBlock.lift() }
        try await keeper.undoPrepareUnique()
        try await store.save(["cutover": .null, "sourceBlocked": false])
        // A run of the cutover's own may have been interrupted in the middle.
        context.reconcile.notify()
    }

    /// After a restart: a cutover that was interrupted before the point of no return is undone.
    func undoInterrupted(_ stored: StoredMigration) async throws {
        guard stored.cutover == .begun || stored.isSourceBlocked else { return }
        pointOfNoReturn.reset()
        // The command of the process that was interrupted may still wait for a transaction of the source.
        if stored.isSourceBlocked, try await sourceBlock.isBlocked() == false {
            context.status.setBlockPending(.source, true)
        }
        let source = stored.isSourceBlocked ? ", and the source takes writes again" : ""
        log.note("the cutover was interrupted: it is undone\(source)")
        try await undo()
    }

    /// After a restart: shows what an earlier run has done behind the point of no return, as far as that is stored.
    func takeUp(_ stored: StoredMigration) {
        guard stored.isPastPointOfNoReturn else { return }
        pointOfNoReturn.pass()
        if stored.report != nil { return steps.takeUp(through: .finishIndexes) }
        guard stored.isDestinationBlocked else { return steps.takeUp(through: .openDestination) }
        steps.takeUp(through: .checkForStrayWrites)
        steps.begin(.openDestination)
    }

    /// Step 7 begins: applications may write to the destination. Not to be called before the point of no return, nor while
    /// anything of the source may still be written there.
    func open(_ final: Timestamp) async throws -> Outcome {
        // Also where the task is cancelled: neither side takes writes until this is done.
        try await Task { try await destination.lift() }.value
        steps.end()
        let downtime = writes.downtime(until: .now)
        log.note(
            try await destination.isStillBlocked()
                ? "someone else blocks writes on the destination" : "the destination accepts writes"
        )
        try await store.save(["downtime": downtime.map(Value.double) ?? .null])
        return Outcome(downtime: downtime, finalTime: final)
    }

    /// The rest of step 7. Returns what could not be done, and what is not as it should be, each with its remedy.
    /// `outcome`: nil where an earlier run has opened the destination.
    func finish(_ outcome: Outcome?) async throws -> [String] {
        steps.begin(.finishIndexes)
        defer { steps.end() }
        var problems = try await keeper.finishIndexes()
        if try await destination.isStillBlocked() {
            problems.append(
                "someone else blocks writes on the destination: \(WriteBlock.liftByHand) there lets applications write"
            )
        }
        if let outcome, let (time, namespace) = writes.newest, time > outcome.finalTime {
            problems.append(
                "the source was written to after the cutover (\(namespace)), and the destination does not have it: "
                    + "stop the application, and compare")
        }
        let stored = StoredMigration(try await store.loadMigration() ?? [:])
        problems += stored.unlooked.map { name in
            "the order of the documents of \(name) was not compared, as applications would have waited for that: where it "
                + "matters, compare it; full verification does so before the cutover"
        }
        if stored.isSourceBlocked { problems += try await leaveSource() }
        return problems
    }

    /// Lifts our block of the source where that is wanted. The source may be gone by now, as nobody needs it any more:
    /// it is waited for a while, and what could not be done is returned.
    func leaveSource() async throws -> [String] {
        let problems = context.options.keepSourceWritable ? [Cutover.sourceStaysBlocked] : []
        guard context.source.isReached else { return problems }
        var block = sourceBlock
        block.retry.end = .now + Tuning.farewellLimit
        do {
            if context.options.keepSourceWritable {
                try await block.unblock()
                log.note("the source takes writes again")
            } else {
                // After a restart it may have been released by hand.
                try await block.look()
            }
            return []
        } catch let error as MongoError {
            log.note("the source does not answer: \(error)")
            return problems
        }
    }

    static let sourceStaysBlocked =
        "the source did not answer as it should, and refuses writes: lift that when it is back, there, by "
        + WriteBlock.liftByHand

    /// Before the migration ends for good without a cutover: our blocks are lifted.
    func abandon() async throws {
        let stored = StoredMigration(try await store.loadMigration() ?? [:])
        if stored.isSourceBlocked { try await sourceBlock.unblock() }
        try await destination.lift()
    }
}

extension MongoError {
    /// The write may have been done, or may still be.
    fileprivate var mayHaveBeenDone: Bool { isUnanswered || kind == .writeConcern }
}
