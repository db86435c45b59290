internal import BSON
internal import Synchronization

/// What happened, line by line: kept with the migration's state on the destination, and passed to whoever listens. Thread
/// safe.
package final class EventLog: Sendable {
    private struct State {
        var unwritten: [LogEntry] = []
        var written = 0
        /// Nothing is passed on before the lines of earlier owners.
        var isHeld: Bool
    }

    private let state: Mutex<State>
    /// Checkpoints and the end of the migration both write: an entry has one number.
    private let turns = Turn()
    private let listener: @Sendable (LogEntry) -> Void
    private let earlier: @Sendable ([LogEntry]) -> Void

    /// `earlier` gets the lines of earlier owners, once, before `listener` gets any; nil where they are not wanted. Both
    /// are called in order, and must not wait.
    package init(
        earlier: (@Sendable ([LogEntry]) -> Void)? = nil,
        listener: @escaping @Sendable (LogEntry) -> Void = { _ in }
    ) {
        state = Mutex(State(isHeld: earlier != nil))
        self.earlier = earlier ?? { _ in }
        self.listener = listener
    }

    func note(_ text: String) {
        let entry = LogEntry(time: SystemClock.now, text: text)
        state.withLock { state in
            state.unwritten.append(entry)
            if !state.isHeld { listener(entry) }
        }
    }

    /// Passes on the newest lines of earlier owners, where they are wanted. Blocks until they are read.
    func recall(from store: StateStore) async throws {
        guard state.withLock({ $0.isHeld }) else { return }
        let newest = try await store.newest("log", Tuning.recalledLines)
        release(after: newest.reversed().compactMap(LogEntry.init))
    }

    /// Passes on what was held back until now. Must be called before anything is written, and at the end at the latest.
    func release(after recalled: [LogEntry] = []) {
        state.withLock { state in
            guard state.isHeld else { return }
            state.isHeld = false
            if !recalled.isEmpty { earlier(recalled) }
            for entry in state.unwritten { listener(entry) }
        }
    }

    /// Writes what is new into the state. Blocks until a majority has it.
    func write(to store: StateStore) async throws {
        try await turns.take { try await writeNew(to: store) }
    }

    private func writeNew(to store: StateStore) async throws {
        let entries = state.withLock { $0.unwritten }
        guard !entries.isEmpty else { return }
        let first = state.withLock { $0.written }
        try await store.upsert(
            "log",
            entries.enumerated().map { index, entry in
                (
                    id: ["epoch": .int64(store.epoch), "n": .integer(first + index)],
                    set: ["time": .date(entry.time), "text": .string(entry.text)]
                )
            })
        state.withLock { state in
            state.unwritten.removeFirst(entries.count)
            state.written += entries.count
        }
    }
}

extension LogEntry {
    /// Nil where it is no line of the log.
    fileprivate init?(_ document: Document) {
        guard case .date(let time)? = document["time"], let text = document["text"]?.string else {
            return nil
        }
        self.init(time: time, text: text)
    }
}
