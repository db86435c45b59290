internal import BSON
internal import Mongo

/// The running parts of one migration, put together.
struct MigrationParts: Sendable {
    let context: Context
    let log: EventLog
    let stored: StoredMigration
    let spill: Spill
    private let copyRequests: CopyRequests
    let copyQueue: CopyQueue
    let copier: Copier
    let keeper: CatalogKeeper
    let writes: SeenWrites
    let verifier: Verifier
    let cutover: Cutover
    private let outlook: CutoverOutlook
    private let uniqueWatch: UniqueWatch
    /// Opened when every collection is registered. The stream is read from the stored token only then: an event of a
    /// collection that is copied but not registered would be lost.
    let registered = Gate()
    private let mayEnd = Gate()
    private let hasEnded = Gate()
    private let copied: Signal
    /// When the migration was begun, maybe by another process.
    private let begun: ContinuousClock.Instant

    init(context: Context, log: EventLog, stored: StoredMigration, now: ServerTime) {
        self.context = context
        begun = stored.startedAt.map(now.instant) ?? now.now
        self.log = log
        self.stored = stored
        context.status.update { figures in
            figures.countOn(from: stored.counts)
            figures.areCountsKnown = true
        }
        let spill = Spill(context: context)
        let queue = CopyQueue()
        let copied = Signal()
        let copier = Copier(context: context, queue: queue) { task in
            let collection = task.collection
            try await context.store.markCopied(collection, to: task.destination)
            context.dirty.update { keys in
                // It may have been dropped and created again meanwhile.
                guard context.registry.setCopied(collection, to: task.destination) else { return }
                keys.setEligible(collection, true)
            }
            copied.notify()
            Self.note(task, in: log, context)
            // Its indexes are built by the next run, and so is what changed meanwhile.
            context.reconcile.notify()
        }
        let again = CopyRequests(context.reconcile)
        let verifier = Verifier(context: context, copyAgain: again) { spill.hasKeys(of: $0) }
        self.spill = spill
        copyRequests = again
        copyQueue = queue
        self.copier = copier
        self.copied = copied
        self.verifier = verifier
        // The one that has opened the destination knew the downtime.
        let newestWriteAt = stored.isDestinationBlocked ? stored.newestWriteAt : nil
        let writes = SeenWrites(
            filter: context.options.filter, newestAt: newestWriteAt.map(now.instant))
        keeper = CatalogKeeper(
            context: context, copier: copier, copyQueue: queue, copyAgain: again, spill: spill,
            log: log, expires: { writes.setExpiring($0) },
            unexplained: { verifier.addCatalog($0) })
        for gate in [registered, mayEnd, hasEnded] { gate.close() }
        self.writes = writes
        outlook = CutoverOutlook(context: context)
        uniqueWatch = UniqueWatch(keeper: keeper)
        cutover = Cutover(
            context: context, keeper: keeper, verifier: verifier, writes: writes, spill: spill,
            copyQueue: queue, log: log, store: context.store.on(context.destination.lane()))
        cutover.takeUp(stored)
        context.status.setBlocked(.source, stored.isSourceBlocked)
        context.status.setBlocked(.destination, stored.isDestinationBlocked)
    }

    /// Names a collection that is copied. Where there are many, only those of a hundredth of all bytes.
    private static func note(_ task: CopyQueue.Task, in log: EventLog, _ context: Context) {
        let (bytes, documents) = (task.terms.bytes, task.terms.documents)
        guard let name = context.registry[task.collection]?.sourceName, bytes > 0,
            bytes >= (context.status.figures.bytesTotal ?? 0) / 100
        else { return }
        let size = Validation.size(bytes)
        log.note("copied \(name): \(size), \(Validation.counted(documents, "document"))")
    }

    /// Everything is copied, and about as it is on the source.
    func beginChecks() {
        verifier.begin()
        uniqueWatch.begin()
    }

    /// Everything that runs beside the phases until the migration ends. What writes documents or definitions to the
    /// destination ends with `endReplication`.
    func services(
        polled: @escaping @Sendable (Double, Double) async -> Void
    ) -> [@Sendable () async throws -> Void] {
        let monitor = SourceMonitor(
            context: context, floor: { [spill] in spill.floor }, polled: polled)
        let tail = Tail(
            context: context, copyRequests: copyRequests,
            isOver: { [cutover] in cutover.isPastPointOfNoReturn }
        ) { [context] events in
            let newest = context.status.figures.lastSourceWrite
            for event in events { writes.note(event, newestOfSource: newest) }
        }
        return [
            { try await context.lease.keep(context.retry) },
            {
                try await registered.pass()
                try await whileNeeded { try await tail.run() }
            },
            { try await whileNeeded { try await monitor.run() } },
            { try await replicate(monitor) },
            { try await keepCheckpoints() },
            { try await whileNeeded { try await outlook.run() } },
        ]
    }

    /// What asks the source. Past the point of no return it may fail: nothing depends on the source any more.
    private func whileNeeded(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            guard cutover.isPastPointOfNoReturn, !(error is CancellationError) else { throw error }
            log.note("the source is not asked any more: \(error)")
            while true { try await Task.sleep(for: Tuning.idle) }
        }
    }

    private func replicate(_ monitor: SourceMonitor) async throws {
        try await replicateUntilEnd(monitor)
        // The engine's services end only with the migration.
        while true { try await Task.sleep(for: Tuning.idle) }
    }

    private func replicateUntilEnd(_ monitor: SourceMonitor) async throws {
        defer { hasEnded.open() }
        let reconcile: @Sendable () async throws -> Void = { [keeper] in
            try await keeper.reconcile()
        }
        let applier = Applier(
            context: context, applied: { [verifier] in verifier.noteApplied($0) },
            reconcile: reconcile)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await registered.pass()
                try await keeper.run()
            }
            group.addTask { try await keeper.keepBuilding() }
            group.addTask { try await copier.run(reconcile) }
            group.addTask { try await applier.run() }
            group.addTask { try await keepWorkers() }
            group.addTask { try await keepSpilling(monitor) }
            group.addTask { try await keepRestoring() }
            group.addTask { try await verifier.run() }
            group.addTask { try await uniqueWatch.run() }
            group.addTask { try await mayEnd.pass() }
            defer { group.cancelAll() }
            // All others go on until they are cancelled.
            try await group.next()
        }
    }

    /// Ends everything that writes to the destination what the source says, which may have got writes again. Returns when
    /// nothing of it is under way, also where the task is cancelled.
    func endReplication() async {
        mayEnd.open()
        await Task { try? await hasEnded.pass() }.value
    }

    /// Returns when every collection that is known is copied.
    func waitUntilCopied() async throws {
        while true {
            try Task.checkCancellation()
            let seen = copied.count
            if context.registry.areAllCopied { return }
            await copied.wait(after: seen, atMost: .seconds(1))
        }
    }

    /// Stores what was counted. What was copied is not copied, and so not counted, again by a later run.
    func saveCounts() async throws {
        try await context.store.save(["counts": .document(context.status.figures.counts)])
    }

    /// What is waited for before the cutover beside the lag, in words; empty when nothing is.
    var whatIsAwaited: String {
        if !context.registry.areAllCopied { return "a new collection is being copied" }
        if context.status.figures.isBuildingIndexes { return "an index is being built" }
        if !spill.isEmpty { return "changes that were set aside are being applied" }
        if !verifier.isReady { return "the first verification is under way" }
        // Nobody should have to find it again.
        if verifier.isRewriting { return "what differs is being written once more" }
        return ""
    }

    /// What the parts know of themselves.
    func describe(_ details: inout MigrationDetails) {
        details.missing = [whatIsAwaited, verifier.differences?.words ?? ""].filter { !$0.isEmpty }
        details.verification = verifier.progress
        details.mismatches = verifier.mismatches.map(\.description)
        details.recentWrites = writes.recent
        details.newestWriteAt = writes.newestAt
        details.eventsRead = writes.total
        details.isPastPointOfNoReturn = cutover.isPastPointOfNoReturn
        details.lastAttemptAt = cutover.steps.lastAttemptAt
        details.steps = cutover.steps.all
        let outlook = outlook.seen
        details.openTransactions = outlook.transactions
        details.canBlockSource = outlook.canBlockSource
        details.uniqueViolations = uniqueWatch.problems?.map { problem in
            "\(problem.index ?? "an index") of \(problem.namespace)"
        }
        details.isSourceBlocked = context.status.blocked.contains(.source)
        details.isSourceBlockedByOthers = context.status.isSourceBlockedByOthers
        details.isDestinationBlocked = context.status.blocked.contains(.destination)
        if let newest = context.status.figures.lastSourceWrite {
            // Not the position that is stored: that stands still while nothing is applied.
            let read = context.dirty.streamTime
            details.streamLagSeconds = max(0, Double(newest.seconds) - Double(read.seconds))
        }
    }

    // MARK: Services

    /// Has as many workers as pay.
    private func keepWorkers() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            try await clock.sleep(for: Tuning.climbLook)
            let figures = context.status.figures
            var work: WorkerClimb.Work?
            if context.gate.isOpen, context.status.waitingFor.isEmpty {
                if !context.registry.areAllCopied {
                    work = .copy
                } else if context.dirty.backlog >= Tuning.climbBacklog {
                    work = .apply
                }
            }
            let count = context.workers.look(
                work, done: work == .apply ? figures.eventsApplied : figures.bytesCopied,
                seconds: (clock.now - start).seconds)
            if let count { log.note("goes on with \(count) workers, as that is better") }
        }
    }

    private func keepSpilling(_ monitor: SourceMonitor) async throws {
        while true {
            try await Task.sleep(for: Tuning.spillLook)
            try await spill.relieve(upTo: monitor.oplogMiddle)
        }
    }

    private func keepRestoring() async throws {
        while true {
            try await Task.sleep(for: Tuning.spillLook)
            for collection in context.registry.all
            where collection.isCopied && spill.hasKeys(of: collection.source) {
                do {
                    try await spill.restore(collection.source)
                } catch let error as MongoError where error.isWaitedFor {
                    // Once more, a little later.
                }
            }
        }
    }

    private func keepCheckpoints() async throws {
        var stored: (token: ResumeToken, counts: Document)?
        while true {
            try await Task.sleep(for: Tuning.checkpointInterval)
            let token = context.dirty.resumeToken
            let counts = context.status.figures.counts
            if token != stored?.token || counts != stored?.counts {
                try await context.store.save([
                    "token": .document(token.document),
                    "appliedThrough": .timestamp(context.dirty.appliedThrough),
                    "counts": .document(counts),
                ])
                stored = (token, counts)
                context.status.update { $0.storedThrough = token.time }
            }
            try await log.write(to: context.store)
        }
    }

    // MARK: Report

    func report(
        phase: Phase, outcome: Cutover.Outcome?, problems: [String]
    ) -> MigrationReport {
        let figures = context.status.figures
        return MigrationReport(
            phase: phase, applicationDowntimeSeconds: outcome.map(\.downtime) ?? stored.downtime,
            durationSeconds: max(0, (ContinuousClock.now - begun).seconds),
            bytesCopied: figures.bytesCopied, documentsCopied: figures.documentsCopied,
            collectionsCopied: figures.collectionsCopied, eventsApplied: figures.eventsApplied,
            verification: stored.verification ?? verifier.summary,
            problems: problems)
    }

    /// Stores the report of a migration that is complete.
    func save(_ report: MigrationReport, undone: [StoredReport.Undone] = []) async throws {
        // In one: who takes it up in between would finish everything again.
        try await context.store.save([
            "cutover": .string(StoredMigration.CutoverStep.finished.rawValue),
            "report": .document(StoredReport(report, undone: undone).document),
            "counts": .document(context.status.figures.counts),
        ])
    }

    /// Of a migration that is complete: tries what was left undone once more, and releases the source where that is
    /// wanted now. Touches nothing else: the destination is in use. Returns the report as it is afterwards.
    func retryUndone(of earlier: StoredReport) async throws -> MigrationReport {
        var report = earlier.report
        if !earlier.undone.isEmpty {
            let tried = Set(earlier.undone.map(\.problem))
            report.problems.removeAll { tried.contains($0) }
            report.problems += try await keeper.finishIndexes(
                only: Set(earlier.undone.map(\.item)))
            try await save(report, undone: await keeper.undone)
        }
        let isNamed = report.problems.contains(Cutover.sourceStaysBlocked)
        if isNamed || context.options.keepSourceWritable && stored.isSourceBlocked {
            report.problems.removeAll { $0 == Cutover.sourceStaysBlocked }
            // It may have been released since.
            if stored.isSourceBlocked { report.problems += try await cutover.leaveSource() }
            try await save(report, undone: await keeper.undone)
        }
        return report
    }
}
