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
                resolve(batch, KeyComparer.Result(verdicts: [:]), collection)
                throw error
            }
        }
        let proved = resolve(batch, result, collection)
        if let collection, !proved.isEmpty { try await name(proved, of: collection, lanes) }
        return batch.items.allSatisfy { item in
            if case .moving = result.verdicts[item.key] ?? .moving { false } else { true }
        }
    }

    private func comparer(_ lanes: VerifyLanes) -> KeyComparer {
        KeyComparer(lanes: lanes) { self.isMoving($0, of: $1) }
    }

    private struct Proof {
        let item: RecheckQueue.Item
        let kind: Mismatch.Kind
        let firstSeen: Timestamp
    }

    /// Returns what was proved to differ.
    @discardableResult
    private func resolve(
        _ batch: RecheckQueue.Batch, _ result: KeyComparer.Result, _ collection: MigratedCollection?
    ) -> [Proof] {
        let now = ContinuousClock.now
        let isSame = isSame(collection)
        let proofs = withState { state -> [Proof] in
            var proofs: [Proof] = []
            for item in batch.items {
                let verdict = isSame ? result.verdicts[item.key] ?? .moving : .moving
                var outcome = RecheckQueue.Outcome.done
                switch verdict {
                case .equal:
                    state.log.markRepaired(.document(item.key, of: batch.collection))
                case .moving: outcome = .later
                // What a capped collection has overwritten is not always told: its order decides.
                case .differs(.extra, _) where collection?.kind == .capped: break
                case .differs(let kind, let firstSeen):
                    proofs.append(Proof(item: item, kind: kind, firstSeen: firstSeen))
                    outcome = item.stage == .redirtied ? .done : .redirtied
                }
                state.queue.resolve(item.key, of: batch.collection, outcome, now: now)
            }
            state.queue.add(candidates: result.others, of: batch.collection, now: now)
            return proofs
        }
        changed.notify()
        return proofs
    }

    /// Whether it is still the same pair of collections.
    private func isSame(_ collection: MigratedCollection?) -> Bool {
        guard let collection, let current = context.registry[collection.source] else {
            return false
        }
        return current.isCopied && current.destination == collection.destination
    }

    /// Names the differences, and has those that are new written once more.
    private func name(
        _ proofs: [Proof], of collection: MigratedCollection, _ lanes: VerifyLanes
    ) async throws {
        for proof in proofs {
            withState { state in
                let mismatch = Mismatch(
                    proof.kind, in: collection.sourceName,
                    id: proof.item.ids.first?.mismatchName, firstSeen: proof.firstSeen)
                state.log.name(
                    mismatch, .document(proof.item.key, of: collection.source), ids: proof.item.ids)
            }
        }
        for proof in proofs.prefix(Tuning.detailedMismatches) where proof.kind == .changed {
            guard let detail = try? await comparer(lanes).detail(of: proof.item, in: collection)
            else {
                continue
            }
            withState {
                $0.log.explain(.document(proof.item.key, of: collection.source), detail)
            }
        }
        let fresh = proofs.filter { $0.item.stage != .redirtied }
        if !fresh.isEmpty {
            context.dirty.redirty(fresh.flatMap(\.item.ids), of: collection.source)
        }
    }
}
