internal import BSON
package import Mongo

/// One migration: the shell that performs what `PhaseMachine` says, on two real clusters.
///
/// All state is on the destination, in `lagzero_internal`: after a crash, or on another host, `run` with `resume` goes
/// on where it stopped.
package actor MigrationEngine {
    private let sourceURI: ConnectionString
    private let destinationURI: ConnectionString
    private let options: MigrationOptions
    private let owner: Lease.Owner
    private let isRunning: @Sendable (Lease.Owner) -> Bool
    private nonisolated let status = Status()
    private nonisolated let log: EventLog
    private nonisolated let board = ProgressBoard()

    private var machine: PhaseMachine
    private let gate = Gate()
    private nonisolated let workers: Workers
    /// Notified when the phase, the readiness or a wish of the operator has changed.
    private nonisolated let changed = Signal()
    /// When the operator last asked for the cutover.
    private var cutoverWish: ContinuousClock.Instant?
    private var parts: MigrationParts?
    /// Present from the first time in sync on.
    private var countdown: Countdown? {
        didSet { board.setDeadline(countdown?.end) }
    }
    /// The cutover that is under way, up to the point of no return.
    private var cutover: Task<Timestamp, any Error>?
    private var isBackOutWanted = false
    /// Why the last cutover was undone.
    private var refusal: String?
    /// What the last pause was for; nil where the operator wanted it.
    private var pauseError: String?
    /// How many differences were said last to stand before the cutover.
    private var notedDifferences = 0
    /// Of the lease, once it was held.
    private var epoch: Int64?

    /// - `isRunning`: whether a process of this host that once owned the migration still runs.
    /// - `earlier`: gets, before any other, the lines that earlier owners have written; nil where they are not wanted.
    /// - `listener`: gets every line of the event log.
    package init(
        source: ConnectionString, destination: ConnectionString, options: MigrationOptions,
        owner: Lease.Owner,
        isRunning: @escaping @Sendable (Lease.Owner) -> Bool = { _ in true },
        earlier: (@Sendable ([LogEntry]) -> Void)? = nil,
        listener: @escaping @Sendable (LogEntry) -> Void = { _ in }
    ) {
        sourceURI = source
        destinationURI = destination
        self.options = options
        self.owner = owner
        self.isRunning = isRunning
        log = EventLog(earlier: earlier, listener: listener)
        machine = PhaseMachine(lagHold: options.lagHold)
        workers = Workers(loadLevel: options.loadLevel)
    }

    // MARK: What others ask

    /// Where the migration stands now. Never blocks.
    package nonisolated func progress() -> MigrationProgress { board.progress(status) }

    /// The same with all that takes longer to find out. Waits for nothing but this actor.
    package func details() -> MigrationDetails {
        var details = MigrationDetails(
            pausedFrom: machine.pausedFrom, waitingFor: status.waitingFor, figures: status.figures)
        if machine.phase == .paused { details.pauseError = pauseError }
        details.deadline = countdown?.end
        details.refusal = refusal
        details.isBackOutPossible = machine.phase == .finalizing && cutover != nil
        details.identity = MigrationIdentity(begunAt: parts?.stored.startedAt, epoch: epoch)
        guard let parts else { return details }
        parts.describe(&details)
        if machine.phase != .inSync {
            details.missing.insert("the migration is not in sync yet", at: 0)
        } else if !machine.isLagReady {
            details.missing.insert("the destination is behind the source", at: 0)
        }
        return details
    }

    /// The operator has taken note of these differences, named as `MigrationDetails.mismatches` names them.
    package func acknowledgeMismatches(_ names: [String]) { parts?.verifier.acknowledge(names) }

    /// Asks for the cutover: it begins if the migration is in sync and ready, now or in a few seconds, and is asked for
    /// again after a refusal. Where only differences stand before it, see `MigrationOptions.endsOnDifferences`.
    package func requestCutover() {
        cutoverWish = .now
        changed.notify()
    }

    /// What was compared so far, and what was found. For a migration that ended without a report.
    package func verification() -> MigrationReport.Verification {
        parts?.verifier.summary ?? MigrationReport.Verification(mode: options.verify)
    }

    /// How many workers copy, and how many apply, at most: as many as were found to be best so far.
    package nonisolated var workerCount: Int { workers.proven }

    /// Writes a line into the event log. What comes when the migration has ended is lost.
    package nonisolated func note(_ text: String) { log.note(text) }

    /// How much of the servers the migration may take, 1 to 4: see `MigrationOptions.loadLevel`.
    package nonisolated func setLoadLevel(_ level: Int) {
        workers.setLoadLevel(level)
    }

    /// Goes on after a pause.
    package func resume() async { await handle(.resume) }

    /// Stops copying and applying, never the reading of the stream. Before `run`, it begins paused. `error`: why it was
    /// paused by an earlier run; nil where the operator pauses it.
    package func pause(error: String? = nil) async {
        if machine.phase != .paused { pauseError = error }
        await handle(.pause(reason: error ?? "paused by the operator"))
    }

    /// See `Context.pause`.
    private func pause(_ error: MigrationError, _ opening: Int) async {
        guard opening == gate.openings else { return }
        await pause(error: error.description)
    }

    /// Undoes a cutover that is under way: the source takes writes again, and the migration is in sync. Returns when that
    /// is done; one that was asked for and has not begun does not begin. False where there was none. Throws `tooLate`
    /// after the point of no return.
    @discardableResult
    package func backOut() async throws -> Bool {
        let wasWanted = cutoverWish != nil
        cutoverWish = nil
        guard machine.phase == .finalizing else { return wasWanted }
        guard let cutover else { throw MigrationEngine.tooLate }
        isBackOutWanted = true
        cutover.cancel()
        while machine.phase == .finalizing, self.cutover != nil {
            let seen = changed.count
            await changed.wait(after: seen, atMost: Tuning.cutoverLook)
            try Task.checkCancellation()
        }
        guard machine.phase == .finalizing || machine.phase == .complete else { return true }
        throw MigrationEngine.tooLate
    }

    /// Ends the migration for good; a cutover that is under way is backed out of first. What was migrated stays on the
    /// destination; `run` then returns a report that says what is left there. Throws `tooLate` after the point of no
    /// return.
    package func cancel() async throws {
        try await backOut()
        await handle(.cancel)
        switch machine.phase {
        case .cancelled: return
        case .failed, .expired:
            throw MigrationError(
                .tooLate, "the migration has ended already: \(machine.phase.rawValue)")
        default: throw MigrationEngine.tooLate
        }
    }

    /// Puts the expiry off by `Tuning.syncExtension`. Does nothing before the migration was in sync.
    package func extendSync() async throws {
        guard let parts, let countdown else { return }
        self.countdown = try await countdown.extended(parts.context)
    }

    static let tooLate = MigrationError(
        .tooLate, "the destination accepts writes already: the cutover can only be finished")

    // MARK: The migration

    /// Runs the migration to its end. Blocks for as long as it takes, days if need be.
    ///
    /// Throws a `MigrationError`; when the task is cancelled it stops cleanly, keeps everything resumable and throws
    /// `interrupted`.
    package func run() async throws -> MigrationReport {
        defer { log.release() }
        do {
            return try await attempt()
        } catch {
            let failure = failure(of: error)
            await noteFailure(failure)
            throw failure
        }
    }

    private func failure(of error: any Error) -> MigrationError {
        switch error {
        case let error as MigrationError: return error
        case is CancellationError:
            return MigrationError(
                .interrupted, "stopped; \(options.wording.resume) goes on from here")
        case let error as MongoError:
            return MigrationError(
                .unexpected,
                "a server refused what no rule of this program expects; \(options.wording.resume) tries again",
                cause: error)
        default: return MigrationError(.unexpected, "\(error)")
        }
    }

    /// Once for a failure, however often it is called.
    private func noteFailure(_ error: MigrationError) async {
        if error.code == .ownershipLost {
            // They are the new owner's.
            for side in [Side.Role.source, .destination] { status.setBlocked(side, false) }
        }
        guard error.code != .interrupted, error.code != .differencesFound else { return }
        await handle(.fail(reason: error.description))
    }

    /// The migration, until it ends by itself, is cancelled or expires.
    private func attempt() async throws -> MigrationReport {
        do {
            return try await withThrowingTaskGroup(of: MigrationReport?.self) { group in
                group.addTask { try await self.connectAndRun() }
                group.addTask {
                    try await self.watchForTheEnd()
                    return nil
                }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let report = result { return report }
                    group.cancelAll()
                }
                throw CancellationError()
            }
        } catch is CancellationError where machine.phase == .cancelled {
            // Nothing was taken up yet, so nothing could be undone either.
            let left =
                "the migration was not reached: what an earlier run has blocked is still blocked. Resume and cancel it "
                + "when both clusters answer, or, where no cutover was under way, unblock by hand: \(WriteBlock.liftByHand)"
            return MigrationReport(
                progress(), phase: .cancelled, duration: 0, verification: verification(),
                problems: options.resume ? [left] : [])
        }
    }

    /// Returns when the migration is cancelled or its time is over.
    private func watchForTheEnd() async throws {
        while true {
            try Task.checkCancellation()
            let seen = changed.count
            if let countdown, countdown.isOver(at: .now) { await handle(.deadlinePassed) }
            if machine.phase == .cancelled || machine.phase == .expired { return }
            await changed.wait(after: seen, atMost: Tuning.readinessLook)
        }
    }

    private func connectAndRun() async throws -> MigrationReport {
        let retry = Retry(status: status)
        let approach = Approach(
            source: sourceURI, destination: destinationURI, options: options, log: log)
        let (source, destination) = try await approach.connect(retry)
        let lease = try await Lease.acquire(
            as: owner, isRunning: isRunning, lane: destination.lane(), retry: retry,
            timing: options.lease)
        epoch = lease.epoch
        do {
            let report = try await run(
                Preparation(
                    source: source, destination: destination, options: options, lease: lease,
                    retry: retry,
                    status: status, log: log,
                    validateAgain: { try await approach.validateAgain(retry) }))
            await leave(source, destination, lease)
            return report
        } catch {
            await leave(source, destination, lease)
            throw error
        }
    }

    /// Leaves nothing behind but what a later run needs.
    private func leave(_ source: Side, _ destination: Side, _ lease: Lease) async {
        async let first: Void = source.close()
        async let second: Void = destination.close()
        _ = await (first, second)
        await lease.release()
    }

    private func run(_ preparation: Preparation) async throws -> MigrationReport {
        // From preparing to the end, however long either waits: others must see that it is alive.
        let beating = Task { try await preparation.lease.keep(preparation.retry) }
        defer { beating.cancel() }
        let context = try await preparation.makeContext(gate: gate, workers: workers) {
            [weak self] error, opening in await self?.pause(error, opening)
        }
        let stored = try await preparation.stored()
        let now = try await ServerTime(of: context.destination, context.retry)
        let parts = MigrationParts(context: context, log: log, stored: stored, now: now)
        self.parts = parts
        board.setWrites(parts.writes)
        countdown = Countdown.load(stored, now)
        do {
            return try await run(parts)
        } catch {
            // Before the log is written for the last time.
            await noteFailure(failure(of: error))
            // Also where this task is cancelled.
            let ending = Task { try await end(parts) }
            if let report = try await ending.value { return report }
            throw error
        }
    }

    /// What a migration that stops for good leaves behind: nothing that would hinder anyone. Returns the report of one
    /// that was cancelled; throws `expired` after an expiry.
    private func end(_ parts: MigrationParts) async throws -> MigrationReport? {
        guard machine.phase == .cancelled || machine.phase == .expired else {
            // A stop does not wait for a destination that takes no writes.
            let context = parts.context
            let store = context.store.on(context.destination.lane()).impatient
            try? await store.save(["counts": .document(status.figures.counts)])
            try? await log.write(to: store)
            return nil
        }
        try await parts.cutover.abandon()
        try await parts.context.store.save(["phase": .string(machine.phase.rawValue)])
        try await log.write(to: parts.context.store)
        if machine.phase == .expired {
            throw MigrationError(
                .expired,
                "the time for the cutover has passed; the data stay on the destination, and \(options.wording.resume) goes "
                    + "on while the oplog allows"
            )
        }
        return parts.report(
            phase: .cancelled, outcome: nil,
            problems: [Abandonment.whatStays(options.wording)])
    }

    private func run(_ parts: MigrationParts) async throws -> MigrationReport {
        if parts.stored.isPastPointOfNoReturn { return try await finishEarlier(parts) }
        try await parts.spill.load()
        return try await withThrowingTaskGroup(of: MigrationReport?.self) { group in
            for service in parts.services(polled: { [weak self] lag, time in
                await self?.handle(.lag(lag, at: time))
            }) {
                group.addTask {
                    try await service()
                    return nil
                }
            }
            group.addTask { try await self.conduct(parts) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let report = result { return report }
            }
            throw CancellationError()
        }
    }

    /// What is left of a migration whose destination accepts writes since an earlier run.
    private func finishEarlier(_ parts: MigrationParts) async throws -> MigrationReport {
        await handle(.accepted)
        guard let earlier = parts.stored.report else {
            log.note("the cutover is past the point of no return: finishing what is left")
            guard parts.stored.isDestinationBlocked else { return try await finish(parts, nil) }
            return try await finish(
                parts, try await parts.cutover.open(parts.stored.finalTime ?? .zero))
        }
        log.note("the migration is complete already: only what was left undone is tried again")
        let report = try await parts.retryUndone(of: earlier)
        await handle(.finished)
        try await log.write(to: parts.context.store)
        return report
    }

    /// The phases, one after another.
    private func conduct(_ parts: MigrationParts) async throws -> MigrationReport {
        try await parts.cutover.undoInterrupted(parts.stored)
        try await DestinationGuard(context: parts.context, log: log)
            .raise(isOursAlready: parts.stored.isDestinationBlocked)
        try await parts.keeper.reconcile()
        parts.registered.open()
        await handle(.prepared)
        try await parts.waitUntilCopied()
        Heap.trim()
        try await parts.saveCounts()
        await handle(.copied)
        await parts.keeper.allowIndexes()
        try await parts.keeper.settle()
        await handle(.indexed)
        while true {
            do {
                try await waitUntilReady(parts)
                (cutoverWish, refusal) = (nil, nil)
                await handle(.cutOver)
                let final = try await cutOver(parts)
                // From here on the destination belongs to its applications.
                await parts.endReplication()
                return try await finish(parts, try await parts.cutover.open(final))
            } catch let error as MigrationError where error.code == .cutoverRefused {
                (cutoverWish, refusal) = (nil, error.message)
                await handle(.backedOut)
                board.setMessage(error.message)
                log.note("cutover refused: \(error.message)")
                if options.cutover == .whenInSync { try await Task.sleep(for: Tuning.cutoverRetry) }
            }
        }
    }

    private func cutOver(_ parts: MigrationParts) async throws -> Timestamp {
        isBackOutWanted = false
        let task = Task { try await parts.cutover.run() }
        cutover = task
        defer { cutover = nil }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch is CancellationError where isBackOutWanted && !Task.isCancelled {
            throw MigrationError(
                .cutoverRefused, "the operator backed out of the cutover; everything was undone")
        }
    }

    private func finish(
        _ parts: MigrationParts, _ outcome: Cutover.Outcome?
    ) async throws -> MigrationReport {
        let problems = try await parts.cutover.finish(outcome)
        let report = parts.report(phase: .complete, outcome: outcome, problems: problems)
        try await parts.save(report, undone: await parts.keeper.undone)
        await handle(.finished)
        try await log.write(to: parts.context.store)
        return report
    }

    /// In sync, everything ready, and the cutover wanted. Throws `differencesFound` where it is wanted and nothing but
    /// differences stands before it.
    private func waitUntilReady(_ parts: MigrationParts) async throws {
        defer { board.setMissing(nil, differences: 0) }
        while true {
            try Task.checkCancellation()
            let seen = changed.count
            let isInSync = machine.phase == .inSync
            let awaited = machine.isLagReady ? parts.whatIsAwaited : "the lag is too large"
            let found = awaited.isEmpty && isInSync ? parts.verifier.differences : nil
            board.setMissing(
                isInSync ? found?.words ?? awaited : nil, differences: found?.count ?? 0)
            if countdown == nil, isInSync { try await beginCountdown(parts) }
            if isInSync, isCutoverWanted {
                if let found {
                    throw MigrationError.differencesFound(found.words, options)
                }
                if awaited.isEmpty { return }
            }
            if let found, found.count != notedDifferences {
                notedDifferences = found.count
                let end =
                    options.endsOnDifferences
                    ? "; asking for the cutover ends with a report of all" : ""
                log.note("not ready: \(found.words)\(end)")
            }
            await changed.wait(after: seen, atMost: Tuning.readinessLook)
        }
    }

    private func beginCountdown(_ parts: MigrationParts) async throws {
        countdown = try await Countdown.begin(parts.context)
        let hours = Int((options.syncDuration.seconds / 3_600).rounded())
        let pace =
            options.clockSpeed > 1 ? ", which pass \(options.clockSpeed) times as fast" : ""
        log.note("in sync for the first time: the cutover must begin within \(hours) hours\(pace)")
    }

    /// A wish is not kept for long: what was asked for too early must not begin hours later.
    private var isCutoverWanted: Bool {
        options.cutover == .whenInSync
            || cutoverWish.map { ContinuousClock.now - $0 < Tuning.wishLife } ?? false
    }

    // MARK: Events

    private func handle(_ event: PhaseMachine.Event) async {
        let before = machine.phase
        for action in machine.handle(event) {
            switch action {
            case .record(let phase):
                let reason = machine.reason ?? ""
                board.setPhase(phase, message: phase == .paused ? reason : "")
                let why =
                    (phase == .paused || phase == .failed) && !reason.isEmpty ? ": \(reason)" : ""
                log.note("\(before.rawValue) -> \(phase.rawValue)\(why)")
            case .holdWork: gate.close()
            case .releaseWork: gate.open()
            case .verify: parts?.beginChecks()
            }
        }
        changed.notify()
    }
}
