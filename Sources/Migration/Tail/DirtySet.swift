package import BSON
package import Mongo
internal import Synchronization

/// `DirtyKeys` shared by the tail, the apply workers, the reconciler and the verifier. Thread safe; nothing blocks.
package final class DirtySet: Sendable {
    private struct State {
        var keys: DirtyKeys
        /// What no run of the reconciler has begun to answer, and what the one under way answers.
        var waiting: CatalogHold?
        var underWay: CatalogHold?
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
    func redirty(_ ids: [RawValue], of collection: BinaryUUID) -> Int {
        update { $0.redirty(ids, of: collection) }
    }

    // MARK: Position

    package var appliedThrough: Timestamp {
        state.withLock { state in
            let through = state.keys.watermark.appliedThrough
            // What is under way is older than what waits.
            guard let oldest = (state.underWay ?? state.waiting)?.setAsideFrom else {
                return through
            }
            return min(through, oldest.predecessor)
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
            guard let hold = body(&state.keys) else { return false }
            // What waits already holds an older position, and is answered by the same run.
            if state.waiting == nil {
                state.keys.retain(hold.generation)
                state.waiting = hold
            } else {
                state.waiting?.subjects.formUnion(hold.subjects)
            }
            return true
        }
        hasWork.notify()
        hasMoved.notify()
        return hasCatalogEvent
    }

    /// Lets `resumeToken` pass the catalog events that are not answered; for `appliedThrough` they count on. Only for a source
    /// that names collections by UUID: there the comparison of the catalogs with which every process begins answers them,
    /// whatever they were.
    func setCatalogAside() {
        state.withLock { state in
            state.keys.setAside(&state.waiting)
            state.keys.setAside(&state.underWay)
        }
    }

    /// What the events are about that no run of the reconciler has begun to answer.
    var catalogSubjects: CatalogSubjects {
        state.withLock { $0.waiting?.subjects ?? CatalogSubjects() }
    }

    var isCatalogDirty: Bool { state.withLock { $0.waiting != nil } }

    /// A run of the reconciler begins. Returns what the events are about that it will answer. One run at a time.
    func beginAnsweringCatalog() -> CatalogSubjects {
        state.withLock { state in
            state.underWay = state.waiting
            state.waiting = nil
            return state.underWay?.subjects ?? CatalogSubjects()
        }
    }

    /// The run was successful, or its events are still unanswered.
    func endAnsweringCatalog(isAnswered: Bool) {
        state.withLock { state in
            guard var hold = state.underWay else { return }
            state.underWay = nil
            if isAnswered {
                state.keys.release(hold)
            } else {
                if let newer = state.waiting {
                    hold.subjects.formUnion(newer.subjects)
                    state.keys.release(newer)
                }
                state.waiting = hold
            }
        }
        hasMoved.notify()
    }
}

extension DirtyKeys {
    fileprivate mutating func release(_ hold: CatalogHold) {
        if hold.setAsideFrom == nil { release(hold.generation) }
    }

    fileprivate mutating func setAside(_ hold: inout CatalogHold?) {
        guard let held = hold, held.setAsideFrom == nil else { return }
        hold?.setAsideFrom = watermark.start(of: held.generation)
        release(held.generation)
    }
}
