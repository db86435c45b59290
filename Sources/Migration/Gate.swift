internal import Synchronization

/// Holds work back while it is closed.
final class Gate: Sendable {
    private let isClosed = Mutex(false)
    private let opened = Signal()

    var isOpen: Bool { !isClosed.withLock { $0 } }

    /// How often it was opened: work that is refused says in which of these it began.
    var openings: Int { opened.count }

    func close() { isClosed.withLock { $0 = true } }

    func open() {
        isClosed.withLock { $0 = false }
        opened.notify()
    }

    /// Returns when the gate is open; throws `CancellationError` when the task is cancelled.
    func pass() async throws {
        while true {
            try Task.checkCancellation()
            let seen = opened.count
            if isOpen { return }
            await opened.wait(after: seen)
        }
    }
}
