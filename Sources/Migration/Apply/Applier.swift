internal import BSON
internal import Mongo

/// Makes dirty documents equal: reads their current versions from the source and writes or deletes them on the
/// destination.
struct Applier: Sendable {
    let context: Context
    /// Called with keys that were applied, before they leave the dirty set: the verifier compares them again.
    let applied: @Sendable (DirtyKeys.Work) -> Void
    /// Makes the catalogs equal: what refuses a document may be gone from the source.
    let reconcile: @Sendable () async throws -> Void

    /// Applies until cancelled, with as many workers as `Workers` allows.
    func run() async throws {
        try await context.workers.run { try await work($0) }
    }

    private func work(_ number: Int) async throws {
        let worker = ApplyWorker(context: context)
        /// What was refused before the catalogs were made equal: once more, and it pauses the migration.
        var refused: Set<String> = []
        while true {
            try await context.workers.pass(number)
            let seen = context.dirty.hasWork.count
            try await context.gate.pass()
            let opening = context.gate.openings
            guard
                let work = context.dirty.take(
                    limit: Tuning.applyKeys, maximumBytes: Tuning.applyIDBytes)
            else {
                await context.dirty.hasWork.wait(after: seen)
                continue
            }
            guard let refusal = try await perform(work, worker) else { continue }
            if refused.insert(refusal.message).inserted {
                try await reconcile()
                continue
            }
            refused.remove(refusal.message)
            await context.pause(refusal, opening)
            // In a cutover there is no pause: the keys wait a little until it gives up.
            try await Task.sleep(for: Tuning.firstRetryDelay)
        }
    }

    /// Returns why the destination refuses a document, if it does.
    private func perform(
        _ work: DirtyKeys.Work, _ worker: ApplyWorker
    ) async throws -> MigrationError? {
        do {
            guard let collection = context.registry[work.collection] else {
                throw CollectionGone(collection: work.collection, side: .source)
            }
            try await worker.apply(work, of: collection)
            applied(work)
            context.dirty.update { $0.complete(work, answeredAt: work.newest) }
            context.status.update { $0.eventsApplied += work.keys.count }
        } catch is CollectionGone {
            // The reconciler will find it elsewhere, or gone: until then its keys wait.
            context.dirty.update { keys in
                keys.giveBack(work)
                keys.setEligible(work.collection, false)
            }
            context.reconcile.notify()
        } catch let error as MigrationError where error.code == .refused {
            context.dirty.update { $0.giveBack(work) }
            return error
        } catch let error as MongoError where error.isWaitedFor {
            // A read that broke in the middle: the keys are taken again.
            context.dirty.update { $0.giveBack(work) }
            try await Task.sleep(for: Tuning.firstRetryDelay)
        } catch {
            context.dirty.update { $0.giveBack(work) }
            throw error
        }
        return nil
    }
}
