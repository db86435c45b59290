internal import BSON
internal import Synchronization

/// What happened, line by line: kept with the migration's state on the destination, and passed to whoever listens. Thread
/// safe.
package final class EventLog: Sendable {
    private struct State {
        var unwritten: [LogEntry] = []
        var written = 0
    }

    private let state = Mutex(State())
    /// Checkpoints and the end of the migration both write: an entry has one number.
    private let turns = Turn()
    private let listener: @Sendable (LogEntry) -> Void

    package init(listener: @escaping @Sendable (LogEntry) -> Void = { _ in }) {
        self.listener = listener
    }

    func note(_ text: String) {
        let entry = LogEntry(time: SystemClock.now, text: text)
        state.withLock { $0.unwritten.append(entry) }
        listener(entry)
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
