internal import BSON
internal import Mongo

/// The pass over whole collections.
extension Verifier {
    /// Compares collections, range by range, until cancelled.
    func compareCollections() async throws {
        let lanes = VerifyLanes(context: context)
        while true {
            let seen = changed.count
            try await context.gate.pass()
            guard let task = withState({ $0.plan.next() }) else {
                await changed.wait(after: seen)
                continue
            }
            try await perform(task, lanes)
        }
    }

    /// Compares what is left of the pass, and returns when all is compared. For the cutover.
    func finishCollections() async throws {
        let lanes = VerifyLanes(context: context)
        while true {
            let seen = changed.count
            let (task, isDone) = withState { ($0.plan.next(), $0.plan.isDone) }
            if let task {
                try await perform(task, lanes)
            } else if isDone {
                return
            } else {
                await changed.wait(after: seen, atMost: Tuning.recheckRetryDelay)
            }
        }
    }

    private func perform(_ task: PassPlan.Task, _ lanes: VerifyLanes) async throws {
        do {
            guard let collection = context.registry[task.collection] else {
                throw CollectionGone(collection: task.collection, side: .source)
            }
            switch task.work {
            case .plan:
                try await plan(task, collection, lanes)
            case .range(let range):
                let comparer = RangeComparer(lanes: lanes) { matched, candidates in
                    try await self.add(candidates.map(\.id), matched: matched, of: task.collection)
                }
                try await comparer.compare(range, of: collection, batchSize: task.batchSize)
            case .natural where collection.kind == .capped:
                try await compareOrder(of: collection, lanes, batchSize: task.batchSize)
            case .natural:
                let comparer = NaturalComparer(lanes: lanes) { matched, candidates in
                    try await self.add(candidates, matched: matched, of: task.collection)
                }
                let isDone = try await comparer.compare(
                    collection, documents: task.documents, batchSize: task.batchSize)
                if !isDone { try await plan(task, collection, lanes, inRanges: true) }
            }
            withState { $0.plan.finish(task) }
        } catch is CollectionGone {
            // Dropped, or on its way to another name: the reconciler knows soon.
            withState { $0.plan.giveBack(task) }
            context.reconcile.notify()
            try await Task.sleep(for: Tuning.recheckRetryDelay)
            refresh()
        } catch {
            withState { $0.plan.giveBack(task) }
            throw error
        }
        changed.notify()
    }

    private func plan(
        _ task: PassPlan.Task, _ collection: MigratedCollection, _ lanes: VerifyLanes,
        inRanges: Bool = false
    ) async throws {
        let plan = try await RangePlanner(lanes: lanes).plan(collection, inRanges: inRanges)
        let size = BatchStream.firstSize(averageBytes: plan.averageBytes)
        withState {
            $0.plan.planned(task, plan.work, documents: plan.documents, batchSize: size)
        }
    }

    /// Counts equal documents and queues the others; waits while too many are queued.
    private func add(
        _ candidates: [RawValue], matched: Int, of collection: BinaryUUID
    ) async throws {
        let now = ContinuousClock.now
        context.status.update { $0.documentsVerified += matched }
        withState { state in
            state.documents += matched
            state.queue.add(candidates: candidates, of: collection, now: now)
        }
        changed.notify()
        guard !candidates.isEmpty else { return }
        while true {
            let seen = changed.count
            guard withState({ $0.queue.isCrowded }) else { return }
            try Task.checkCancellation()
            await changed.wait(after: seen)
        }
    }

    // MARK: Natural order

    /// Compares a capped collection. A place that differs counts when it differs twice while nothing was applied; while
    /// something is, the cutover decides.
    func compareOrder(
        of collection: MigratedCollection, _ lanes: VerifyLanes, batchSize: Int
    ) async throws {
        let uuid = collection.source
        for attempt in 0..<Tuning.verifyOrderAttempts {
            let changes = withState { $0.plan.changes(of: uuid) }
            let comparer = CappedComparer(lanes: lanes, isByID: attempt > 0)
            let outcome = try await comparer.compare(collection, batchSize: batchSize)
            if attempt == 0 {
                try await add(outcome.candidates, matched: outcome.matched, of: uuid)
            }
            if outcome.misplaced.isEmpty {
                // Older documents of the destination alone are deleted at the cutover.
                withState { $0.orderedUpTo[uuid] = outcome.head.isEmpty ? changes : nil }
                return
            }
            try await context.dirty.waitUntilApplied(outcome.time)
            guard attempt > 0, isQuiet(uuid, since: changes) else { continue }
            nameOrder(outcome, of: collection)
            return
        }
    }

    /// Nothing of the collection was applied since then, or is to be.
    private func isQuiet(_ uuid: BinaryUUID, since changes: Int) -> Bool {
        context.dirty.read { $0.isEmpty(uuid) }
            && withState { $0.plan.changes(of: uuid) } == changes
    }

    /// Names what is at another place. Documents of the destination alone are dirtied, which deletes them. True when
    /// nothing is named, as the collection is copied again: the order of events cannot always tell that of insertions.
    @discardableResult
    func nameOrder(
        _ outcome: CappedComparer.Outcome, of collection: MigratedCollection
    ) -> Bool {
        let uuid = collection.source
        let isAgain =
            copyAgain != nil
            && withState { state in
                let times = state.copiedAgain[uuid, default: 0]
                guard outcome.misplaced.contains(where: { $0.value == .order }),
                    times < Tuning.copiesForOrder
                else { return false }
                state.copiedAgain[uuid] = times + 1
                state.orderedUpTo[uuid] = nil
                return true
            }
        if isAgain {
            copyAgain?.add(collection)
            return true
        }
        let extra = outcome.misplaced.filter { $0.value == .extra }.map(\.key)
        let moved = outcome.misplaced.first { $0.value == .order }
        withState { state in
            for id in extra {
                let mismatch = Mismatch(
                    .extra, in: collection.sourceName, id: id.mismatchName, firstSeen: outcome.time)
                state.log.name(mismatch, .document(CanonicalKey(id), of: uuid), ids: [id])
            }
            if let moved {
                let mismatch = Mismatch(
                    .order, in: collection.sourceName, id: moved.key.mismatchName,
                    detail: "a capped collection is compared in natural order",
                    firstSeen: outcome.time)
                state.log.name(mismatch, .collection(uuid))
            }
        }
        context.dirty.redirty(extra, of: uuid)
        changed.notify()
        return false
    }
}
