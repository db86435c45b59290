internal import Synchronization

/// Lets one task at a time through a part that waits in the middle.
final class Turn: Sendable {
    private let isTaken = Mutex(false)
    private let isFree = Signal()

    /// Runs the body when nobody else does. Throws `CancellationError` when the task is cancelled while it waits.
    func take<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        while true {
            try Task.checkCancellation()
            let seen = isFree.count
            let isOurs = isTaken.withLock { isTaken in
                defer { isTaken = true }
                return !isTaken
            }
            if isOurs { break }
            await isFree.wait(after: seen)
        }
        defer {
            isTaken.withLock { $0 = false }
            isFree.notify()
        }
        return try await body()
    }
}
