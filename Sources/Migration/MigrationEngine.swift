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
    /// Notified when the phase, the readiness or a wish of the operator has changed.
    private nonisolated let changed = Signal()
    private var isCutoverWanted = false
    private var mayCutOver = false
    private var verifier: Verifier?

    /// - `isRunning`: whether a process of this host that once owned the migration still runs.
    /// - `listener`: gets every line of the event log.
    package init(
        source: ConnectionString, destination: ConnectionString, options: MigrationOptions, owner: Lease.Owner,
        isRunning: @escaping @Sendable (Lease.Owner) -> Bool = { _ in true },
        listener: @escaping @Sendable (LogEntry) -> Void = { _ in }
    ) {
        sourceURI = source
        destinationURI = destination
        self.options = options
        self.owner = owner
        self.isRunning = isRunning
        log = EventLog(listener: listener)
        machine = PhaseMachine(lagHold: options.lagHold)
    }

    // MARK: What others ask

    /// Where the migration stands now. Never blocks.
    package nonisolated func progress() -> MigrationProgress { board.progress(status) }

    /// Asks for the cutover: it begins as soon as the migration is in sync and ready, and is asked for again after a
    /// refusal.
    package func requestCutover() {
        isCutoverWanted = true
        changed.notify()
    }

    /// Goes on after a pause.
    package func resume() async { await handle(.resume) }

    /// Stops copying and applying, never the reading of the stream.
    package func pause() async { await handle(.pause(reason: "paused by the operator")) }

    // MARK: The migration

    /// Runs the migration to its end. Blocks for as long as it takes, days if need be.
    ///
    /// Throws a `MigrationError`; when the task is cancelled it stops cleanly, keeps everything resumable and throws
    /// `interrupted`.
    package func run() async throws -> MigrationReport {
        do {
            return try await attempt()
        } catch is CancellationError {
            throw MigrationError(.interrupted, "stopped; --resume goes on from here")
        } catch let error as MigrationError {
            await noteFailure(error)
            throw error
        } catch let error as MongoError {
            let failure = MigrationError(
                .unexpected, "a server refused what no rule of this program expects; --resume tries again",
                cause: error)
            await noteFailure(failure)
            throw failure
        }
    }

    private func noteFailure(_ error: MigrationError) async {
        guard error.code != .interrupted, error.code != .differencesFound else { return }
        await handle(.fail(reason: error.description))
    }

    private func attempt() async throws -> MigrationReport {
        let retry = Retry(status: status)
        let source = try await retry("connecting to the source") { try await Side(.source, sourceURI) }
        let destination = try await retry("connecting to the destination") {
            try await Side(.destination, destinationURI)
        }
        let lease = try await Lease.acquire(as: owner, isRunning: isRunning, lane: destination.lane())
        let preparation = Preparation(
            source: source, destination: destination, options: options, lease: lease, retry: retry,
            status: status, log: log)
        let parts = MigrationParts(
            context: try await preparation.makeContext(gate: gate) { [weak self] error in
                await self?.handle(.pause(reason: error.description))
            }, log: log, stored: try await preparation.stored())
        do {
            let report = try await run(parts)
            await lease.release()
            return report
        } catch {
            try? await log.write(to: parts.context.store)
            await lease.release()
            throw error
        }
    }

    private func run(_ parts: MigrationParts) async throws -> MigrationReport {
        if parts.stored.isPastPointOfNoReturn {
            log.note("the destination already accepts writes: finishing what is left")
            return try await finish(parts)
        }
        try await parts.spill.load()
        return try await withThrowingTaskGroup(of: MigrationReport?.self) { group in
            let context = parts.context
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
            _ = context
            throw CancellationError()
        }
    }

    /// The phases, one after another.
    private func conduct(_ parts: MigrationParts) async throws -> MigrationReport {
        try await parts.cutover.undoInterrupted(parts.stored)
        try await parts.keeper.reconcile()
        parts.registered.open()
        await handle(.prepared)
        try await parts.waitUntilCopied()
        await handle(.copied)
        await parts.keeper.allowIndexes()
        try await parts.keeper.settle()
        await handle(.indexed)
        verifier = parts.verifier
        while true {
            try await waitUntilReady(parts)
            isCutoverWanted = false
            await handle(.cutOver)
            do {
                let outcome = try await parts.cutover.run()
                log.note("the destination accepts writes")
                return try await finish(parts, outcome)
            } catch let error as MigrationError where error.code == .cutoverRefused {
                await handle(.backedOut)
                board.setMessage(error.message)
                log.note("cutover refused: \(error.message)")
                if options.cutover == .whenInSync { try await Task.sleep(for: Tuning.cutoverRetry) }
            }
        }
    }

    private func finish(
        _ parts: MigrationParts, _ outcome: Cutover.Outcome? = nil
    ) async throws -> MigrationReport {
        let problems = try await parts.cutover.finish()
        await handle(.finished)
        try await log.write(to: parts.context.store)
        return try await parts.report(phase: machine.phase, outcome: outcome, problems: problems)
    }

    /// In sync, everything ready, and the cutover wanted.
    private func waitUntilReady(_ parts: MigrationParts) async throws {
        while true {
            try Task.checkCancellation()
            let seen = changed.count
            mayCutOver = machine.phase == .inSync && machine.isLagReady && parts.isReady
            board.setReady(mayCutOver)
            if try await parts.isExpired() {
                await handle(.deadlinePassed)
                throw MigrationError(
                    .expired,
                    "the time for the cutover has passed; the data stay on the destination, and --resume goes on while the oplog allows")
            }
            let isWanted = options.cutover == .whenInSync || isCutoverWanted
            if mayCutOver && isWanted { return }
            if isCutoverWanted, machine.phase == .inSync { board.setMessage(parts.whatIsMissing) }
            await changed.wait(after: seen, atMost: .milliseconds(250))
        }
    }

    // MARK: Events

    private func handle(_ event: PhaseMachine.Event) async {
        let before = machine.phase
        for action in machine.handle(event) {
            switch action {
            case .record(let phase):
                board.setPhase(phase)
                let why = phase == .paused || phase == .failed ? machine.reason.map { ": \($0)" } ?? "" : ""
                log.note("\(before.rawValue) -> \(phase.rawValue)\(why)")
                board.setMessage(phase == .paused ? machine.reason ?? "" : "")
            case .holdWork: gate.close()
            case .releaseWork: gate.open()
            case .verify: verifier?.begin()
            default: break
            }
        }
        changed.notify()
    }
}
