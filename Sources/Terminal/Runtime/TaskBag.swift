internal import Synchronization

/// The effects under way.
final class TaskBag: Sendable {
    private struct State {
        var next = 0
        var running: [Int: Task<Void, Never>] = [:]
        /// Those of them that end by themselves.
        var brief: Set<Int> = []
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(isBrief: Bool, _ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            let id = state.next
            state.next += 1
            if isBrief { state.brief.insert(id) }
            state.running[id] = Task {
                await work()
                self.remove(id)
            }
        }
    }

    /// Whether there are some that end by themselves and have not.
    var isBriefRunning: Bool { state.withLock { !$0.brief.isEmpty } }

    /// Cancels those that run, and takes no more.
    func cancelAll() {
        let running = state.withLock { state in
            state.isClosed = true
            return state.running.values
        }
        for task in running { task.cancel() }
    }

    private func remove(_ id: Int) {
        state.withLock { state in
            state.running[id] = nil
            state.brief.remove(id)
        }
    }
}
