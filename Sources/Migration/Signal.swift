internal import Synchronization

/// Wakes tasks that wait for something to have changed. Waiting costs nothing; a notification between two waits of one
/// task is not lost, because each wait names the count it has seen.
final class Signal: Sendable {
    private struct State {
        var count = 0
        var waiting: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var nextID = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// How often it was notified: to be taken before looking at what the signal is about.
    var count: Int { state.withLock { $0.count } }

    func notify() {
        let waiting = state.withLock { state in
            state.count += 1
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for (_, continuation) in waiting { continuation.resume() }
    }

    /// Returns at once when it was notified after `seen` was taken, or when the task is cancelled.
    func wait(after seen: Int) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.count != seen || state.cancelled.remove(id) != nil || Task.isCancelled
                    {
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            continuation?.resume()
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    /// Waits for a notification, at most this long.
    func wait(after seen: Int, atMost limit: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.wait(after: seen) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
