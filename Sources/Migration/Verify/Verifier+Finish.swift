internal import BSON
internal import Mongo

/// The last comparison, in the cutover, while the source takes no writes and everything is applied.
extension Verifier {
    /// Compares at once whatever has not been compared since it was changed, as far as `mode` looks. In every mode it
    /// brings over what the source does not tell of and makes the order of capped collections that of the source, which
    /// is the migration's own and not the comparison's.
    /// Returns every difference that counts; none means that both sides are equal, as far as was looked.
    ///
    /// Blocks for about two round trips when nothing is left to compare but a handful of keys. May be called again.
    @discardableResult
    func finish() async throws -> [Mismatch] {
        withState { $0.isUrgent = true }
        defer { withState { $0.isUrgent = false } }
        try await applyUntold()
        while true {
            switch mode {
            case .off: break
            case .counts:
                refresh()
                try await finishCounts()
            case .full:
                refresh()
                try await finishAll()
            }
            let disordered = try await finishOrder()
            if disordered.isEmpty { return mismatches }
            try await waitUntilCopied(disordered)
        }
    }

    private func finishCounts() async throws {
        let deadline = ContinuousClock.now + Tuning.drainLimit
        while true {
            let moved = context.dirty.hasMoved.count
            if try await compareCounts() { return }
            guard ContinuousClock.now < deadline else {
                throw MigrationError(
                    .cutoverRefused,
                    "the numbers of documents go on changing: stop the application, then cut over again"
                )
            }
            await context.dirty.hasMoved.wait(after: moved, atMost: Tuning.finishPatience)
            refresh()
        }
    }

    private func finishAll() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<Tuning.verifyWorkers {
                group.addTask { try await self.finishCollections() }
                group.addTask { try await self.finishKeys() }
            }
            // Not `waitForAll`: that would wait for the others before it throws.
            while try await group.next() != nil {}
        }
        // Others may have had the last tasks, and their findings come after them.
        try await finishKeys()
    }

    /// Returns when these collections, dropped and created anew, are copied, and all that was dirty is applied.
    private func waitUntilCopied(_ collections: [MigratedCollection]) async throws {
        while true {
            try Task.checkCancellation()
            let moved = context.dirty.hasMoved.count
            let areCopied = collections.allSatisfy { collection in
                guard let current = context.registry[collection.source] else { return false }
                return current.isCopied && current.destination != collection.destination
                    && context.dirty.read { $0.isEmpty(collection.source) }
            }
            if areCopied { return }
            await context.dirty.hasMoved.wait(after: moved, atMost: Tuning.finishPatience)
        }
    }

    /// Compares all keys that are queued, until it is known of each whether it differs.
    private func finishKeys() async throws {
        let lanes = VerifyLanes(context: context)
        while true {
            try Task.checkCancellation()
            let seen = changed.count
            let moved = context.dirty.hasMoved.count
            let (undecided, isPassDone) = withState { ($0.queue.undecided, $0.plan.isDone) }
            if undecided == 0, isPassDone { return }
            guard undecided > 0, let batch = take(now: nil) else {
                await changed.wait(after: seen, atMost: Tuning.recheckRetryDelay)
                continue
            }
            if try await !compare(batch, lanes) {
                await context.dirty.hasMoved.wait(after: moved, atMost: Tuning.finishPatience)
            }
        }
    }

    /// The order of those capped collections that may have changed since it was looked at; older documents that only the
    /// destination has are deleted there. Returns collections to be copied again.
    private func finishOrder() async throws -> [MigratedCollection] {
        let lanes = VerifyLanes(context: context)
        let survey = SourceSurvey(context: context, lane: lanes.source)
        var disordered: [MigratedCollection] = []
        var unlooked: [Namespace] = []
        var bytes = 0
        defer { withState { $0.unlooked = unlooked } }
        for collection in context.registry.all
        where collection.isCopied && collection.kind == .capped {
            let uuid = collection.source
            let changes = withState { $0.plan.changes(of: uuid) }
            // Before 6.0 nothing tells what the source overwrites by itself; in other modes nobody counts the changes.
            let isTold = mode == .full && context.source.version >= .v6
            if isTold, withState({ $0.orderedUpTo[uuid] == changes }) { continue }
            do {
                if mode != .full {
                    // Nothing was looked at before the source was stopped.
                    bytes += try await survey.size(of: collection).bytes
                    guard bytes <= context.options.orderBytes else {
                        unlooked.append(collection.sourceName)
                        continue
                    }
                }
                let comparer = CappedComparer(lanes: lanes, isByID: true)
                func compare() async throws -> CappedComparer.Outcome {
                    try await comparer.compare(
                        collection,
                        batchSize: min(Tuning.verifyBatchDocuments, context.options.cappedHead))
                }
                var outcome = try await compare()
                var oldest: RawValue?
                while !outcome.isHeadWhole, outcome.head.first != oldest {
                    oldest = outcome.head.first
                    try await apply(outcome.head, of: uuid)
                    outcome = try await compare()
                }
                if !outcome.isHeadWhole, let oldest {
                    // The source has it, too, at another place.
                    outcome.misplaced[oldest] = .order
                    outcome.head = []
                }
                if mode != .full { outcome.takeDocuments() }
                if !outcome.head.isEmpty { try await apply(outcome.head, of: uuid) }
                if outcome.misplaced.isEmpty {
                    withState { state in
                        state.orderedUpTo[uuid] = changes
                        if outcome.candidates.isEmpty {
                            state.log.markRepaired(.collection(uuid))
                        }
                    }
                } else if nameOrder(outcome, of: collection) {
                    disordered.append(collection)
                }
            } catch is CollectionGone {
                context.reconcile.notify()
            }
        }
        return disordered
    }

    /// Has these documents made what they are on the source, or deleted; returns when they are.
    func apply(_ ids: [RawValue], of collection: BinaryUUID) async throws {
        context.dirty.redirty(ids, of: collection)
        while true {
            try Task.checkCancellation()
            let moved = context.dirty.hasMoved.count
            if context.dirty.read({ $0.isEmpty(collection) }) || context.registry[collection] == nil
            {
                return
            }
            await context.dirty.hasMoved.wait(after: moved, atMost: Tuning.finishPatience)
        }
    }
}
