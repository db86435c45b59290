internal import BSON
internal import Mongo

/// Runs the reconciler when told, every minute and on demand, and tells the copy and the dirty set what it changed.
actor CatalogKeeper {
    let context: Context
    private let copier: Copier
    private let copyQueue: CopyQueue
    private let copyRequests: CopyRequests
    private let spill: Spill
    let log: EventLog
    private let reconciler: Reconciler
    let builder: IndexBuilder
    let sourceReader: CatalogReader
    let destinationReader: CatalogReader
    /// Told about each catalog difference that no change of the source explains.
    private let unexplained: @Sendable ([Mismatch]) -> Void
    /// Told about the collections whose documents expire.
    private let expires: @Sendable (Set<Namespace>) -> Void
    private let lane: Lane
    /// Whether indexes may be built: not while the first copy runs.
    private var buildsIndexes = false
    /// Unique indexes are prepared for the cutover: a run would take that back.
    private var isPrepared = false
    private var isRunning = false
    private let idle = Signal()
    /// What the last run left to do.
    private(set) var problems: [CatalogProblem] = []
    private(set) var builds: [IndexBuild] = [] { didSet { showBuilding() } }
    /// Collections whose indexes are being built: they may come to be although the source has dropped them meanwhile.
    private var inBuild: Set<BinaryUUID> = [] { didSet { showBuilding() } }
    /// Indexes that the destination refused when they were last built.
    private(set) var refusedBuilds: [CatalogProblem] = []
    private(set) var isSettled = false
    /// What could not be finished after the cutover.
    var undone: [StoredReport.Undone] = []
    /// Collections that the last run left equal, indexes included: what a later run has to do to them needs a reason. Nil
    /// where it left anything else to do.
    private var settled: Set<BinaryUUID>?
    /// Collections whose indexes the last run looked at.
    private(set) var indexed: Set<BinaryUUID> = []
    /// The source as the last run read it, and which collection is which.
    private(set) var sourceCatalog = Catalog([])
    private(set) var pairs: [BinaryUUID: BinaryUUID] = [:]
    /// The source as it was when the catalogs were last found equal for a cutover.
    var comparedSource = Catalog([])
    private nonisolated let hasBuilds = Signal()
    /// Unique indexes of whose documents none were found in each other's way.
    private var passedUnique: Set<UniqueCheck.Subject> = []
    private let uniqueTurn = Turn()
    private let uniqueLane: Lane

    init(
        context: Context, copier: Copier, copyQueue: CopyQueue, copyAgain: CopyRequests,
        spill: Spill, log: EventLog,
        expires: @escaping @Sendable (Set<Namespace>) -> Void,
        unexplained: @escaping @Sendable ([Mismatch]) -> Void
    ) {
        self.expires = expires
        self.unexplained = unexplained
        self.context = context
        self.copier = copier
        self.copyQueue = copyQueue
        copyRequests = copyAgain
        self.spill = spill
        self.log = log
        let source = (0..<Tuning.catalogLanes).map { _ in context.source.lane() }
        let destination = (0..<Tuning.catalogLanes).map { _ in
            context.destination.catalogCluster.lane()
        }
        sourceReader = CatalogReader(lanes: source)
        destinationReader = CatalogReader(lanes: destination)
        reconciler = Reconciler(
            source: sourceReader, destination: destinationReader,
            executor: CatalogExecutor(
                lanes: destination, journal: context.store, mayChange: context.retry.mayWrite),
            filter: context.options.filter, gate: DirtyGate(dirty: context.dirty),
            followsTimeSeries: context.source.version.tellsOfSystemCollections)
        builder = IndexBuilder(
            lanes: (0..<Tuning.indexLanes).map { _ in context.destination.patientCluster.lane() },
            mayChange: context.retry.mayWrite)
        lane = context.source.lane()
        uniqueLane = context.destination.patientCluster.lane()
    }

    func allowIndexes() { buildsIndexes = true }

    /// Whether indexes are missing, or being built.
    var isBuilding: Bool { !(builds.isEmpty && inBuild.isEmpty) }

    private func showBuilding() {
        let isBuilding = isBuilding
        context.status.update { $0.isBuildingIndexes = isBuilding }
    }

    /// Whether the catalogs are equal, indexes included.
    var isEqual: Bool { isSettled && !isBuilding && !context.dirty.isCatalogDirty }

    /// Runs whenever the catalog is dirty, and every minute, until cancelled.
    func run() async throws {
        while true {
            let seen = context.reconcile.count
            try await context.gate.pass()
            let opening = context.gate.openings
            for collection in copyRequests.take() { try await copyAgain(collection) }
            try await reconcile()
            if let problem = problems.first {
                await context.pause(MigrationError(.refused, "\(problem)"), opening)
            }
            await context.reconcile.wait(
                after: seen, atMost: isSettled ? Tuning.reconcileInterval : Tuning.reconcileRetry)
        }
    }

    /// Builds what the runs find missing, until cancelled.
    func keepBuilding() async throws {
        while true {
            let seen = hasBuilds.count
            try await context.gate.pass()
            if builds.isEmpty {
                await hasBuilds.wait(after: seen)
            } else {
                // What was refused may be gone from the source: that is how an operator answers.
                if !refusedBuilds.isEmpty { try await reconcile() }
                try await build()
            }
        }
    }

    /// Returns when the catalogs are equal, indexes included. What the destination refuses pauses the migration meanwhile.
    func settle() async throws {
        try await reconcile()
        while !isEqual { try await waitForMore() }
    }

    /// Waits for the builds that are under way, or runs once more where there are none. Returns at the latest after
    /// `Tuning.settleLook`.
    func waitForMore() async throws {
        try Task.checkCancellation()
        let seen = idle.count
        if isBuilding {
            await idle.wait(after: seen, atMost: Tuning.settleLook)
        } else {
            try await Task.sleep(for: .milliseconds(50))
            try await reconcile()
        }
    }

    private func build() async throws {
        let wanted = builds
        let opening = context.gate.openings
        context.status.update {
            $0.indexesTotal = max(
                $0.indexesTotal, $0.indexesBuilt + wanted.reduce(0) { $0 + $1.specs.count })
        }
        refusedBuilds = []
        inBuild = Set(wanted.map(\.source))
        defer { inBuild = [] }
        try await context.retry("building indexes") {
            try await builder.run(wanted) { [self, context, log] build, outcome in
                switch outcome {
                case .done:
                    context.status.update { $0.indexesBuilt += build.specs.count }
                    log.note(build.built)
                case .outdated: break
                case .refused(let problems):
                    await add(refusedBuilds: problems)
                    await context.pause(
                        MigrationError(
                            .refused, problems.map(\.description).joined(separator: "; ")),
                        opening)
                }
            }
        }
        inBuild = []
        // Runs beside the build may have found more to do: only a new one knows what is left.
        try await reconcile()
        // In a cutover nothing is paused.
        if !refusedBuilds.isEmpty { try await Task.sleep(for: Tuning.reconcileRetry) }
    }

    private func add(refusedBuilds problems: [CatalogProblem]) { refusedBuilds += problems }

    /// One run, after any that is under way. Afterwards the destination's catalog is what the source's was at some time
    /// after the call, but for `problems` and `builds`.
    func reconcile() async throws {
        try await takeTurn()
        defer { giveTurnBack() }
        // It would take the preparation of the cutover back.
        guard !isPrepared else { return }
        try await runOnce()
    }

    /// Drops a collection of the destination and has it created and copied anew. Returns when it is created.
    private func copyAgain(_ collection: MigratedCollection) async throws {
        try await takeTurn()
        defer { giveTurnBack() }
        guard !isPrepared else { return }
        // It may have been asked for twice.
        guard context.registry[collection.source]?.destination == collection.destination else {
            return
        }
        // What follows for it is explained by that.
        settled?.remove(collection.source)
        try await drop(collection, because: "as the order of its documents differs")
        try await runOnce()
    }

    private func drop(_ collection: MigratedCollection, because reason: String) async throws {
        log.note("\(collection.sourceName) is copied again, \(reason)")
        try await context.retry("dropping \(collection.destinationName)") {
            try await reconciler.drop(collection)
        }
        context.registry.update(collection.source) { $0.isCopied = false }
    }

    private func runOnce() async throws {
        let answered = context.dirty.beginAnsweringCatalog()
        let copied = Set(context.registry.all.filter(\.isCopied).map(\.source))
        let wanted = buildsIndexes ? copied : []
        indexed = []
        let expected = settled
        let finished = wanted.subtracting(inBuild)
        do {
            // Asked for after the holds were taken: what holds the position has asked before.
            try await copyRequests.answerRenamed { renamed in
                for collection in context.registry.all where collection.sourceName == renamed {
                    try await drop(collection, because: "as it was renamed")
                }
            }
            let report = try await context.retry("making the catalogs equal") {
                try await reconciler.run(indexable: wanted)
            }
            problems = report.problems
            builds = report.builds
            if builds.isEmpty { refusedBuilds = [] }
            isSettled = report.isSettled
            indexed = wanted
            settled =
                isSettled && buildsIndexes ? finished.subtracting(builds.map(\.source)) : nil
            sourceCatalog = report.source
            expires(expiring)
            for action in report.actions { log.note("catalog: \(action)") }
            try await absorb(report)
            if let expected { try await explain(report, expected: expected, answering: answered) }
        } catch {
            context.dirty.endAnsweringCatalog(isAnswered: false)
            throw error
        }
        context.dirty.endAnsweringCatalog(isAnswered: isSettled)
        if !builds.isEmpty { hasBuilds.notify() }
    }

    /// Documents that make unique indexes impossible. What was free of them once is not looked at again, as the source's
    /// own index keeps it so: reading everything can take hours. One call after another.
    func findViolations() async throws -> [CatalogProblem] {
        try await uniqueTurn.take {
            let check = UniqueCheck(
                source: sourceCatalog, pairs: pairs, destination: destinationReader,
                lanes: [uniqueLane])
            let passed = passedUnique
            let outcome = try await context.retry("looking for duplicates in unique indexes") {
                try await check.run(but: passed)
            }
            passedUnique = outcome.passed
            return outcome.problems
        }
    }

    /// Waits until no run is under way; none begins before `giveTurnBack`.
    private func takeTurn() async throws {
        while isRunning {
            let seen = idle.count
            if isRunning { await idle.wait(after: seen) }
            try Task.checkCancellation()
        }
        isRunning = true
    }

    private func giveTurnBack() {
        isRunning = false
        idle.notify()
    }

    /// Ends all runs for as long as unique indexes are prepared; returns when the one under way is over.
    func setPrepared(_ isPrepared: Bool) async throws {
        try await takeTurn()
        self.isPrepared = isPrepared
        giveTurnBack()
    }

    /// A run that had something to do to a collection though no event was about it: either the event has not been read
    /// yet, or someone changed the destination. What no event explains is a difference that was found.
    private func explain(
        _ report: Reconciler.Report, expected: Set<BinaryUUID>, answering answered: CatalogSubjects
    ) async throws {
        guard context.source.version.namesCollectionsByUUID,
            !unexplained(report, expected, answered).isEmpty
        else { return }
        while context.dirty.streamTime < report.source.operationTime {
            try Task.checkCancellation()
            let seen = context.dirty.hasMoved.count
            await context.dirty.hasMoved.wait(after: seen, atMost: .milliseconds(200))
        }
        let found = unexplained(report, expected, answered)
        guard !found.isEmpty else { return }
        for mismatch in found { log.note("difference: \(mismatch)") }
        unexplained(found)
    }

    /// What no event that was read so far explains.
    private func unexplained(
        _ report: Reconciler.Report, _ expected: Set<BinaryUUID>, _ answered: CatalogSubjects
    ) -> [Mismatch] {
        var subjects = answered
        subjects.formUnion(context.dirty.catalogSubjects)
        let time = report.source.operationTime
        let changes = report.actions.filter { action in
            action.source.map(expected.contains) ?? true && !subjects.explain(action)
        }.map { action in
            Mismatch(
                .catalog, in: action.namespaces[0],
                detail: "without a change on the source it was needed to \(action)",
                firstSeen: time)
        }
        let builds = report.builds.filter { build in
            expected.contains(build.source) && !subjects.explain(build)
        }
        let missing = builds.flatMap { build in
            build.specs.map { index in
                Mismatch(
                    .catalog, in: build.namespace.withoutBucketsPrefix,
                    detail: "index \(index.name) was missing on the destination", firstSeen: time)
            }
        }
        return changes + missing
    }

    /// Reads the source and the pairs without changing anything: to undo a cutover after a restart.
    func readCatalogs() async throws {
        sourceCatalog = try await context.retry("reading the source's catalog") {
            try await sourceReader.read(filter: context.options.filter)
        }
        pairs = try await context.store.load().pairs
    }

    /// The source as it was at the point of no return: to finish a cutover after a restart. Where that is not stored, as it
    /// is by now.
    func takeUpFinal() async throws {
        guard
            let count = StoredMigration(try await context.store.loadMigration() ?? [:])
                .finalCollections, let final = try await context.store.loadFinal(count)
        else {
            guard context.source.isReached else {
                throw MigrationError(
                    .unexpected,
                    "what the collections are to become is not in \(StateStore.database).final, and the source does not "
                        + "say it: go on when the source answers")
            }
            return try await readCatalogs()
        }
        sourceCatalog = final
        pairs = try await context.store.load().pairs
    }

    /// Takes over what the run has made.
    private func absorb(_ report: Reconciler.Report) async throws {
        let state = try await context.store.load()
        let entries = state.entries
        pairs = state.pairs
        for known in context.registry.all
        where entries[known.source]?.destination != known.destination {
            try await forget(known.source, isKept: report.source[known.source] != nil)
        }
        let copied = try await context.store.copies()
        for entry in entries.values {
            guard let destination = entry.destination, let info = report.source[entry.source] else {
                continue
            }
            let isCopied = copied.contains(destination)
            // Asked before the registry, which is told first that a collection is copied.
            let isQueued = await copyQueue.has(entry.source, to: destination)
            if context.registry[entry.source]?.destination != destination {
                try await adopt(
                    info, entry, on: destination, isCopied: isCopied, isQueued: isQueued,
                    report.source)
            } else {
                context.registry.update(entry.source) { collection in
                    collection.sourceName = info.namespace
                    collection.destinationName = entry.namespace
                    collection.isCopied = collection.isCopied || isCopied
                }
                let isCopied = context.registry[entry.source]?.isCopied ?? false
                context.dirty.update { $0.setEligible(entry.source, isCopied) }
                // The run that found it was interrupted before it was queued, or it seemed to be gone for a moment.
                if !isCopied, !isQueued {
                    try await enqueue(entry.source, report.source)
                }
            }
        }
        // An earlier owner may have spilled keys of what is gone by now.
        for source in spill.collections where context.registry[source] == nil {
            try await forget(source, isKept: false)
        }
    }

    private func adopt(
        _ info: CollectionInfo, _ entry: CatalogEntry, on destination: BinaryUUID, isCopied: Bool,
        isQueued: Bool, _ catalog: Catalog
    ) async throws {
        let uuid = entry.source
        var collection = MigratedCollection(
            source: uuid, sourceName: info.namespace, destination: destination,
            destinationName: entry.namespace,
            kind: info.kind == .buckets ? .buckets : info.isCapped ? .capped : .plain,
            isCollated: info.isCollated, isClustered: info.isClustered)
        collection.isCopied = isCopied
        context.registry.put(collection)
        let (isExclusive, isOrdered) = (collection.isExclusive, collection.isOrdered)
        let hasSpilled = spill.collections.contains(uuid)
        context.dirty.update {
            _ = $0.register(
                uuid, isExclusive: isExclusive, isOrdered: isOrdered, hasSpilled: hasSpilled)
        }
        if collection.isCopied {
            context.dirty.update { $0.setEligible(uuid, true) }
        } else if !isQueued {
            try await enqueue(uuid, catalog)
        }
    }

    /// Its changes are kept already: those of the events that were read before are in what is copied.
    private func enqueue(_ uuid: BinaryUUID, _ catalog: Catalog) async throws {
        let seen = context.dirty.read { $0.newestEvent }
        try await copier.enqueue(uuid, readAfter: max(seen, catalog.operationTime), lane: lane)
    }

    /// `isKept`: it is on the source and will be copied again; until then it is known as one that is not copied.
    private func forget(_ uuid: BinaryUUID, isKept: Bool) async throws {
        if isKept {
            context.registry.update(uuid) { $0.isCopied = false }
        } else {
            context.registry.remove(uuid)
        }
        context.dirty.update { $0.unregister(uuid) }
        await copyQueue.forget(uuid)
        try await spill.forget(uuid)
    }
}

/// Holds the apply workers back from a collection while the reconciler renames or drops it.
private struct DirtyGate: CatalogGate {
    let dirty: DirtySet

    func close(_ source: BinaryUUID) async throws {
        dirty.update { $0.setEligible(source, false) }
        while true {
            try Task.checkCancellation()
            let seen = dirty.hasMoved.count
            if !dirty.read({ $0.isBeingApplied(source) }) { return }
            await dirty.hasMoved.wait(after: seen, atMost: .milliseconds(100))
        }
    }

    // The run's end makes it eligible again, under its new name.
    func open(_ source: BinaryUUID) async {}
}
