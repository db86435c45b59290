internal import Synchronization

/// Collections whose copy is thrown away and made anew, as somebody found. Thread safe.
final class CopyRequests: Sendable {
    private let pending = Mutex<[MigratedCollection]>([])
    private let isWaiting: Signal

    /// `isWaiting` is notified when there is something to take.
    init(_ isWaiting: Signal) { self.isWaiting = isWaiting }

    func add(_ collection: MigratedCollection) {
        pending.withLock { $0.append(collection) }
        isWaiting.notify()
    }

    func take() -> [MigratedCollection] {
        pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
    }
}
