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
    /// Opened when every collection is registered. The stream is read from the stored token only then: an event of a
    /// collection that is copied but not registered would be lost.
    let registered = Gate()
    private let copied: Signal
    private let started = ContinuousClock.now

    init(context: Context, log: EventLog, stored: StoredMigration) {
        self.context = context
        self.log = log
        self.stored = stored
        let spill = Spill(context: context)
        let queue = CopyQueue()
        let copied = Signal()
        let copier = Copier(context: context, queue: queue) { collection in
            try await context.store.markCopied(collection)
            context.registry.update(collection) { $0.isCopied = true }
            context.dirty.update { $0.setEligible(collection, true) }
            copied.notify()
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
        keeper = CatalogKeeper(
            context: context, copier: copier, copyQueue: queue, copyAgain: again, spill: spill,
            log: log
        ) { verifier.setCatalog($0) }
        registered.close()
        writes = SeenWrites()
        outlook = CutoverOutlook(context: context)
        cutover = Cutover(
            context: context, keeper: keeper, verifier: verifier, writes: writes, spill: spill,
            copyQueue: queue, log: log)
    }

    /// Everything that runs beside the phases until the migration ends.
    func services(
        polled: @escaping @Sendable (Double, Double) async -> Void
    ) -> [@Sendable () async throws -> Void] {
        let monitor = SourceMonitor(
            context: context, floor: { [spill] in spill.floor }, polled: polled)
        let filter = context.options.filter
        let tail = Tail(context: context, copyRequests: copyRequests) { event in
            // Documents that are not migrated may be written at any time.
            if case .document = event.meaning, !filter.contains(event.namespace) { return }
            writes.note(event)
        }
        let applier = Applier(context: context) { verifier.noteApplied($0) }
        let workers = Tuning.workers(loadLevel: context.options.loadLevel)
        return [
            { try await context.lease.keep(context.retry) },
            {
                try await registered.pass()
                try await tail.run()
            },
            { try await monitor.run() },
            {
                try await registered.pass()
                try await keeper.run()
            },
            { try await keeper.keepBuilding() },
            { try await copier.run(workers: workers) },
            { try await applier.run(workers: workers) },
            { try await keepSpilling(monitor) },
            { try await keepRestoring() },
            { try await keepCheckpoints() },
            { try await verifier.run() },
            { try await outlook.run() },
        ]
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

    /// Whether nothing but the lag and the operator stands before the cutover.
    var isReady: Bool { whatIsMissing.isEmpty }

    /// What stands before the cutover, in words; empty when nothing does.
    var whatIsMissing: String {
        if !context.registry.areAllCopied { return "a new collection is being copied" }
        if !spill.isEmpty { return "changes that were set aside are being applied" }
        if !verifier.isReady { return "the first verification is under way" }
        return ""
    }

    /// What the parts know of themselves.
    func describe(_ details: inout MigrationDetails) {
        details.missing = [whatIsMissing].filter { !$0.isEmpty }
        details.verification = verifier.progress
        details.mismatches = verifier.mismatches.map(\.description)
        details.recentWrites = writes.recent
        details.newestWriteAt = writes.newestAt
        details.eventsRead = writes.total
        details.steps = cutover.steps.all
        let outlook = outlook.seen
        details.openTransactions = outlook.transactions
        details.canBlockSource = outlook.canBlockSource
        details.isSourceBlocked = cutover.steps.isSourceBlocked
        if let newest = context.status.figures.lastSourceWrite,
            let read = context.dirty.resumeToken.time
        {
            details.streamLagSeconds = max(0, Double(newest.seconds) - Double(read.seconds))
        }
    }

    // MARK: Services

    private func keepSpilling(_ monitor: SourceMonitor) async throws {
        while true {
            try await Task.sleep(for: .milliseconds(500))
            let isLarge = context.dirty.read { $0.bytes } > context.options.dirtyBytes
            let headroom = context.status.figures.oplogHeadroomSeconds
            let isShort =
                headroom.flatMap { headroom in monitor.oplogWindow.map { headroom < $0 / 2 } }
                ?? false
            if isLarge || isShort && context.dirty.backlog > 0 {
                try await spill.spill(isShort: isShort)
            } else {
                spill.readFile()
            }
        }
    }

    private func keepRestoring() async throws {
        while true {
            try await Task.sleep(for: .milliseconds(500))
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
        var stored: ResumeToken?
        while true {
            try await Task.sleep(for: Tuning.checkpointInterval)
            let token = context.dirty.resumeToken
            if token != stored {
                try await context.store.save([
                    "token": .document(token.document),
                    "appliedThrough": .timestamp(context.dirty.appliedThrough),
                ])
                stored = token
            }
            try await log.write(to: context.store)
        }
    }

    // MARK: Report

    func report(
        phase: Phase, outcome: Cutover.Outcome?, problems: [String]
    ) async throws -> MigrationReport {
        let figures = context.status.figures
        let begun = stored.startedAt ?? SystemClock.now
        return MigrationReport(
            phase: phase, applicationDowntimeSeconds: outcome?.downtime ?? stored.downtime,
            durationSeconds: Double(max(0, SystemClock.now - begun)) / 1_000,
            bytesCopied: figures.bytesCopied, documentsCopied: figures.documentsCopied,
            collectionsCopied: figures.collectionsCopied, eventsApplied: figures.eventsApplied,
            verification: verifier.summary, problems: problems)
    }
}
