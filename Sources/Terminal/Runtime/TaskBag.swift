internal import Synchronization

/// The effects under way.
final class TaskBag: Sendable {
    private let state = Mutex<(next: Int, running: [Int: Task<Void, Never>], isClosed: Bool)>(
        (0, [:], false))

    func add(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            let id = state.next
            state.next += 1
            state.running[id] = Task {
                await work()
                self.remove(id)
            }
        }
    }

    /// Cancels those that run, and takes no more.
    func cancelAll() {
        let running = state.withLock { state in
            state.isClosed = true
            return state.running.values
        }
        for task in running { task.cancel() }
    }

    private func remove(_ id: Int) { state.withLock { $0.running[id] = nil } }
}
