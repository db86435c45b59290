internal import Synchronization

/// Lets one task at a time do something that suspends.
final class Turns: Sendable {
    private let isTaken = Mutex(false)
    private let ended = Signal()

    /// Waits for its turn; throws `CancellationError` when the task is cancelled meanwhile.
    func take<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        while true {
            try Task.checkCancellation()
            let seen = ended.count
            let isMine = isTaken.withLock { taken in
                defer { taken = true }
                return !taken
            }
            if isMine { break }
            await ended.wait(after: seen)
        }
        defer {
            isTaken.withLock { $0 = false }
            ended.notify()
        }
        return try await body()
    }
}
