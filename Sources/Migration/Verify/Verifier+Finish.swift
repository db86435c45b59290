internal import BSON
internal import Mongo

/// The last comparison, in the cutover, while the source takes no writes and everything is applied.
extension Verifier {
    /// Compares at once whatever has not been compared since it was changed, and the order of capped collections.
    /// Returns every difference that counts; none means that both sides are equal, as far as `mode` looks.
    ///
    /// Blocks for about two round trips when nothing is left to compare but a handful of keys. May be called again.
    @discardableResult
    func finish() async throws -> [Mismatch] {
        guard mode != .off else { return mismatches }
        refresh()
        if mode == .counts {
            let deadline = ContinuousClock.now + Tuning.drainLimit
            while true {
                let moved = context.dirty.hasMoved.count
                if try await compareCounts() { return mismatches }
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
        withState { $0.isUrgent = true }
        defer { withState { $0.isUrgent = false } }
        while true {
            try await finishAll()
            let disordered = try await finishOrder()
            if disordered.isEmpty { return mismatches }
            try await waitUntilCopied(disordered)
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

    /// The order of those capped collections that were changed since it was looked at; older documents that only the
    /// destination has are deleted there. Returns collections to be copied again.
    private func finishOrder() async throws -> [MigratedCollection] {
        let lanes = VerifyLanes(context: context)
        var disordered: [MigratedCollection] = []
        for collection in context.registry.all
        where collection.isCopied && collection.kind == .capped {
            let uuid = collection.source
            let changes = withState { $0.plan.changes(of: uuid) }
            // Before 6.0 nothing tells what the source overwrites by itself.
            let isTold = context.source.version >= .v6
            if isTold, withState({ $0.orderedUpTo[uuid] == changes }) { continue }
            do {
                let comparer = CappedComparer(lanes: lanes, isByID: true)
                let outcome = try await comparer.compare(
                    collection, batchSize: Tuning.verifyBatchDocuments)
                if !outcome.head.isEmpty { try await deleteHead(outcome.head, of: uuid) }
                if outcome.misplaced.isEmpty {
                    withState { $0.orderedUpTo[uuid] = changes }
                } else if nameOrder(outcome, of: collection) {
                    disordered.append(collection)
                }
            } catch is CollectionGone {
                context.reconcile.notify()
            }
        }
        return disordered
    }

    private func deleteHead(_ ids: [RawValue], of collection: BinaryUUID) async throws {
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
