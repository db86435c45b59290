internal import BSON
internal import Mongo
internal import Synchronization

/// Compares the destination with the source: every collection once as soon as the migration is in sync, and from then
/// on every document that is applied. Thread safe.
///
/// `RangeComparer` finds what to look at, `RecheckQueue` keeps it, `KeyComparer` decides, `MismatchLog` names.
final class Verifier: Sendable {
    struct State {
        var plan = PassPlan()
        var queue = RecheckQueue()
        var log = MismatchLog()
        var documents = 0
        /// Changes of capped collections up to which their order is known to be right.
        var orderedUpTo: [BinaryUUID: Int] = [:]
        /// Capped collections whose order was not compared in the cutover.
        var unlooked: [Namespace] = []
        /// How often capped collections were copied again for their order.
        var copiedAgain: [BinaryUUID: Int] = [:]
        /// Until the cutover is decided nothing waits.
        var isUrgent = false
        var hasCounted = false
        /// In mode `counts`, the documents that both sides have of the collections that were looked at.
        var counted: [BinaryUUID: Int] = [:]
        /// In mode `counts`, how often keys of a collection were applied.
        var applied: [BinaryUUID: Int] = [:]
        /// In mode `counts`, collections whose numbers were equal: on which destination, and after how much was applied.
        var equalCounts: [BinaryUUID: (destination: BinaryUUID, applied: Int)] = [:]
    }

    let context: Context
    let mode: MigrationOptions.Verify
    let workers: Int
    private let isSpilled: @Sendable (BinaryUUID) -> Bool
    /// Where is asked for collections to be copied again; nil where nobody does that.
    let copyAgain: CopyRequests?
    private let state = Mutex(State())
    private let mayBegin = Gate()
    /// Notified when the progress may have changed, or when there may be something to do.
    let changed = Signal()

    /// `workers`: how many ranges are compared at once. `isSpilled`: whether keys of the collection were taken out of the
    /// dirty set without having been applied.
    init(
        context: Context, workers: Int = Tuning.verifyWorkers,
        copyAgain: CopyRequests? = nil,
        isSpilled: @escaping @Sendable (BinaryUUID) -> Bool = { _ in false }
    ) {
        self.copyAgain = copyAgain
        self.context = context
        mode = context.options.verify
        self.workers = workers
        self.isSpilled = isSpilled
        mayBegin.close()
    }

    func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// The migration is in sync: the first pass may begin. Further calls change nothing.
    func begin() { mayBegin.open() }

    /// Waits for `begin`, then verifies until cancelled. Waits for what passes; throws what does not.
    func run() async throws {
        try await mayBegin.pass()
        switch mode {
        case .off: break
        case .counts: try await countOnce()
        case .full:
            try await withThrowingTaskGroup { group in
                group.addTask { try await self.look() }
                group.addTask { try await self.recheck() }
                for _ in 0..<workers { group.addTask { try await self.compareCollections() } }
                // Not `waitForAll`: that would wait for the others before it throws.
                while try await group.next() != nil {}
            }
        }
        // The engine's services end only with the migration.
        while true { try await Task.sleep(for: Tuning.idle) }
    }

    /// Whether the document may be changing: its key is dirty, or was applied since a worker took it from the queue.
    func isMoving(_ item: RecheckQueue.Item, of collection: BinaryUUID) -> Bool {
        // In this order: a key that is brought back is dirty first, and a key is noted before it leaves the dirty set.
        isSpilled(collection) || context.isDirty(item.key, collection)
            || withState { $0.queue.isDisturbed(item, of: collection) }
    }

    /// These documents are equal now, and still dirty: they are compared again. Cheap; never waits.
    func noteApplied(_ work: DirtyKeys.Work) {
        guard mode == .full else {
            return withState { $0.applied[work.collection, default: 0] += 1 }
        }
        let now = ContinuousClock.now
        state.withLock { state in
            let isKept =
                state.plan.noteChange(of: work.collection)
                && !state.plan.isWantedAgain(work.collection)
            if isKept, state.queue.note(work.keys, of: work.collection, now: now) { return }
            state.queue.disturb(work.keys, of: work.collection)
            guard isKept else { return }
            // They are too many: the pass will see them.
            state.queue.forgetNoted(work.collection)
            state.plan.wantAgain(work.collection)
        }
        changed.notify()
    }

    // MARK: Results

    /// Whether the first comparison of everything is done. What was found is another question.
    var isReady: Bool { progress.isFirstPassDone }

    /// Whether documents that were proved to differ are on their way to being written and compared once more.
    var isRewriting: Bool { state.withLock { $0.queue.redirtied > 0 } }

    /// For the report.
    var summary: MigrationReport.Verification {
        state.withLock { state in
            var summary = MigrationReport.Verification(mode: mode)
            summary.isComplete = mode != .off && isDone(state)
            switch mode {
            case .off: break
            case .counts where !state.counted.isEmpty || summary.isComplete:
                summary.collections = state.counted.count
                summary.documents = state.counted.values.reduce(0, +)
            case .full where state.plan.hasLooked:
                summary.collections = state.plan.done
                summary.documents = state.documents
            case .counts, .full: break
            }
            if summary.collections != nil || !state.log.isEmpty {
                summary.differences = state.log.count
            }
            summary.mismatches = state.log.all.map(\.description)
            return summary
        }
    }

    private func isDone(_ state: State) -> Bool {
        switch mode {
        case .off: true
        case .counts: state.hasCounted
        case .full: state.plan.isDone && state.queue.candidates == 0
        }
    }

    var progress: VerifyProgress {
        state.withLock { state in
            let isDone = isDone(state)
            let total = state.plan.documents
            return VerifyProgress(
                mode: mode, isFirstPassDone: isDone,
                fraction: isDone
                    ? 1 : total.map { $0 == 0 ? 0 : min(1, Double(state.documents) / Double($0)) },
                collections: state.plan.count, collectionsDone: state.plan.done,
                documents: state.documents, pendingRechecks: state.queue.count,
                mismatches: state.log.count)
        }
    }

    /// Whether a capped collection was copied again for its order.
    var hasCopiedAgain: Bool { state.withLock { !$0.copiedAgain.isEmpty } }

    /// How many differences were found and not taken note of, and what is said about them; nil where there are none.
    var differences: (count: Int, words: String)? {
        state.withLock { state in
            guard let first = state.log.first else { return nil }
            let count = state.log.count
            let noun = count == 1 ? "difference" : "differences"
            return (count, "verification found \(count) \(noun), the first: \(first)")
        }
    }

    /// Every difference that was found and not taken note of, repaired ones included.
    var mismatches: [Mismatch] { state.withLock { $0.log.all } }

    /// Capped collections whose order `finish` has not compared, as that would have taken too long.
    var unlooked: [Namespace] { state.withLock { $0.unlooked } }

    /// Differences of options, indexes and views, as the reconciler finds and repairs them.
    func addCatalog(_ mismatches: [Mismatch]) {
        state.withLock { $0.log.addCatalog(mismatches) }
        changed.notify()
    }

    /// The operator has taken note of the differences with these names, as `Mismatch.description` has them: repaired ones
    /// no longer count, the others are compared again.
    func acknowledge(_ names: [String]) {
        let now = ContinuousClock.now
        state.withLock { state in
            for (subject, ids) in state.log.acknowledge(Set(names)) {
                switch subject {
                case .document(_, let collection):
                    state.queue.add(candidates: ids, of: collection, now: now)
                case .collection(let collection): state.plan.wantAgain(collection)
                }
            }
        }
        changed.notify()
    }

    /// Takes over which collections there are.
    func refresh() {
        state.withLock { state in
            for gone in state.plan.update(comparable(isUrgent: state.isUrgent)) {
                state.queue.forget(gone)
                state.log.forget(gone)
                state.orderedUpTo[gone] = nil
                state.counted[gone] = nil
                state.equalCounts[gone] = nil
                state.applied[gone] = nil
            }
        }
        changed.notify()
    }

    private func look() async throws {
        while true {
            refresh()
            try await Task.sleep(for: Tuning.verifyLook)
        }
    }
}
