internal import BSON
internal import Mongo

/// Documents that are compared one by one.
extension Verifier {
    /// Compares what is due, until cancelled: at most half of the time, unless much has gathered.
    func recheck() async throws {
        let lanes = VerifyLanes(context: context)
        let clock = ContinuousClock()
        while true {
            let seen = changed.count
            try await context.gate.pass()
            let start = clock.now
            guard let batch = take(now: start) else {
                let isWaiting = withState { $0.queue.count > 0 }
                if isWaiting {
                    try await Task.sleep(for: Tuning.recheckRetryDelay)
                } else {
                    await changed.wait(after: seen)
                }
                continue
            }
            try await compare(batch, lanes)
            if withState({ !$0.isUrgent && $0.queue.count < Tuning.recheckBacklog }) {
                try await Task.sleep(for: clock.now - start)
            }
        }
    }

    func take(now: ContinuousClock.Instant?) -> RecheckQueue.Batch? {
        withState {
            $0.queue.take(
                limit: Tuning.recheckKeys, maximumBytes: Tuning.recheckReadBytes, now: now)
        }
    }

    /// Compares these documents and draws the consequences. True when it could be decided about all of them.
    @discardableResult
    func compare(_ batch: RecheckQueue.Batch, _ lanes: VerifyLanes) async throws -> Bool {
        var result = KeyComparer.Result(verdicts: [:])
        let collection = context.registry[batch.collection]
        if let collection, collection.isCopied {
            do {
                result = try await comparer(lanes).compare(batch, of: collection)
            } catch is CollectionGone {
                context.reconcile.notify()
            } catch {
                // Cancelled, or nothing that passes: the keys stay.
                resolve(batch, KeyComparer.Result(verdicts: [:]), collection, [:])
                throw error
            }
        }
        var details: [CanonicalKey: String] = [:]
        if let collection { details = await self.details(result, batch, collection, lanes) }
        resolve(batch, result, collection, details)
        return batch.items.allSatisfy { item in
            if case .moving = result.verdicts[item.key] ?? .moving { false } else { true }
        }
    }

    private func comparer(_ lanes: VerifyLanes) -> KeyComparer {
        KeyComparer(lanes: lanes) { self.isMoving($0, of: $1) }
    }

    /// What differs in the documents that were proved to differ, as far as that can still be said.
    private func details(
        _ result: KeyComparer.Result, _ batch: RecheckQueue.Batch,
        _ collection: MigratedCollection, _ lanes: VerifyLanes
    ) async -> [CanonicalKey: String] {
        var details: [CanonicalKey: String] = [:]
        for item in batch.items {
            guard case .differs(.changed, _) = result.verdicts[item.key] ?? .moving else {
                continue
            }
            let isKnown = withState { state in
                state.log[.document(item.key, of: batch.collection)]?.detail.isEmpty == false
            }
            if isKnown { continue }
            if details.count == Tuning.detailedMismatches { break }
            details[item.key] = try? await comparer(lanes).detail(of: item, in: collection)
        }
        return details
    }

    /// Names what was proved to differ, has it written once more, and gives all keys back to the queue.
    private func resolve(
        _ batch: RecheckQueue.Batch, _ result: KeyComparer.Result,
        _ collection: MigratedCollection?, _ details: [CanonicalKey: String]
    ) {
        let now = ContinuousClock.now
        let isSame = isSame(collection)
        let fresh = withState { state -> [RawValue] in
            var fresh: [RawValue] = []
            for item in batch.items {
                let subject = MismatchLog.Subject.document(item.key, of: batch.collection)
                var outcome = RecheckQueue.Outcome.done
                switch isSame ? result.verdicts[item.key] ?? .moving : .moving {
                case .equal: state.log.markRepaired(subject)
                case .moving: outcome = .later
                // What a capped collection has overwritten is not always told: its order decides.
                case .differs(.extra, _) where collection?.kind == .capped: break
                case .differs(let kind, let firstSeen):
                    guard let collection else { break }
                    let mismatch = Mismatch(
                        kind, in: collection.sourceName, id: item.ids.first?.mismatchName,
                        detail: details[item.key] ?? "", firstSeen: firstSeen)
                    state.log.name(mismatch, subject, ids: item.ids)
                    if item.stage != .redirtied {
                        fresh += item.ids
                        outcome = .redirtied
                    }
                }
                state.queue.resolve(item, of: batch.collection, outcome, now: now)
            }
            state.queue.add(candidates: result.others, of: batch.collection, now: now)
            return fresh
        }
        if !fresh.isEmpty { context.dirty.redirty(fresh, of: batch.collection) }
        changed.notify()
    }

    /// Whether it is still the same pair of collections.
    private func isSame(_ collection: MigratedCollection?) -> Bool {
        guard let collection, let current = context.registry[collection.source] else {
            return false
        }
        return current.isCopied && current.destination == collection.destination
    }
}
