package import BSON
package import Mongo
internal import Synchronization

/// `DirtyKeys` shared by the tail, the apply workers, the reconciler and the verifier. Thread safe; nothing blocks.
package final class DirtySet: Sendable {
    private struct State {
        var keys: DirtyKeys
        /// Those that no run of the reconciler has begun to answer.
        var catalogHolds: [CatalogHold] = []
        /// How many there ever were.
        var holds = 0
        /// Generations that unanswered holds retain, by their numbers.
        var retained: [Int: Int] = [:]
        /// When the unanswered holds came that retain nothing any more, by their numbers.
        var setAside: [Int: Timestamp] = [:]
    }

    private let state: Mutex<State>
    /// Notified when there may be something to take.
    let hasWork = Signal()
    /// Notified when the position may have moved.
    let hasMoved = Signal()

    package init(token: ResumeToken, time: Timestamp) {
        state = Mutex(State(keys: DirtyKeys(token: token, time: time)))
    }

    /// Changes the keys in one step, and wakes whoever waits for work or for the position.
    func update<Result: Sendable>(_ body: (inout DirtyKeys) -> Result) -> Result {
        let result = state.withLock { body(&$0.keys) }
        hasWork.notify()
        hasMoved.notify()
        return result
    }

    func read<Result: Sendable>(_ body: (DirtyKeys) -> Result) -> Result {
        state.withLock { body($0.keys) }
    }

    func take(limit: Int, maximumBytes: Int) -> DirtyKeys.Work? {
        state.withLock { $0.keys.take(limit: limit, maximumBytes: maximumBytes) }
    }

    /// Makes documents dirty without an event; they are applied the exact way.
    @discardableResult
    func redirty(
        _ ids: [RawValue], of collection: BinaryUUID, inserted: Set<RawValue> = []
    ) -> Int {
        update { $0.redirty(ids, of: collection, inserted: inserted) }
    }

    // MARK: Position

    package var appliedThrough: Timestamp {
        state.withLock { state in
            let through = state.keys.watermark.appliedThrough
            return state.setAside.values.min().map { min(through, $0.predecessor) } ?? through
        }
    }
    package var resumeToken: ResumeToken { read { $0.watermark.resumeToken } }
    package var streamTime: Timestamp { read { $0.watermark.streamTime } }
    /// Documents to be applied.
    package var backlog: Int { read { $0.count } }

    // MARK: Catalog events

    /// Takes over a batch of events in one step. `body` returns the catalog events in it, which then count as unanswered
    /// until the reconciler has run; true when there was one.
    ///
    /// One step, because whoever sees that the position has passed a catalog event must see that event counted.
    func takeEvents(_ body: (inout DirtyKeys) -> CatalogHold?) -> Bool {
        let hasCatalogEvent = state.withLock { state in
            guard var hold = body(&state.keys) else { return false }
            state.holds += 1
            hold.number = state.holds
            state.keys.retain(hold.generation)
            state.retained[hold.number] = hold.generation
            state.catalogHolds.append(hold)
            return true
        }
        hasWork.notify()
        hasMoved.notify()
        return hasCatalogEvent
    }

    /// Lets `resumeToken` pass the catalog events that are not answered; for `appliedThrough` they count on. Only for a source
    /// that names collections by UUID: there the comparison of the catalogs with which every process begins answers them,
    /// whatever they were.
    func setCatalogHoldsAside() {
        state.withLock { state in
            for (number, generation) in state.retained {
                state.setAside[number] = state.keys.watermark.start(of: generation)
                state.keys.release(generation)
            }
            state.retained = [:]
        }
    }

    /// What no run of the reconciler has begun to answer.
    var catalogHolds: [CatalogHold] { state.withLock { $0.catalogHolds } }

    var isCatalogDirty: Bool { state.withLock { !$0.catalogHolds.isEmpty } }

    /// What a run of the reconciler that begins now will answer.
    func takeCatalogHolds() -> [CatalogHold] {
        state.withLock { state in
            defer { state.catalogHolds = [] }
            return state.catalogHolds
        }
    }

    /// The run was successful.
    func releaseCatalogHolds(_ holds: [CatalogHold]) {
        state.withLock { state in
            for hold in holds {
                state.setAside[hold.number] = nil
                if let generation = state.retained.removeValue(forKey: hold.number) {
                    state.keys.release(generation)
                }
            }
        }
        hasMoved.notify()
    }

    /// The run failed; its events are still unanswered.
    func giveBackCatalogHolds(_ holds: [CatalogHold]) {
        state.withLock { $0.catalogHolds += holds }
    }
}
