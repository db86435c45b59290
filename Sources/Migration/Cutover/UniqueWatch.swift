internal import Synchronization

/// Looks for documents that make unique indexes impossible while the migration is in sync, so that the cutover need not
/// read whole collections when applications may have been stopped. Thread safe.
final class UniqueWatch: Sendable {
    private let keeper: CatalogKeeper
    private let state = Mutex<[CatalogProblem]?>(nil)
    private let mayBegin = Gate()

    init(keeper: CatalogKeeper) {
        self.keeper = keeper
        mayBegin.close()
    }

    /// What was found last; nil before everything was looked at once.
    var problems: [CatalogProblem]? { state.withLock { $0 } }

    /// All documents are there.
    func begin() { mayBegin.open() }

    /// Looks again and again until cancelled: at what is new, and at what was in the way.
    func run() async throws {
        try await mayBegin.pass()
        let clock = ContinuousClock()
        while true {
            let begin = clock.now
            let found = try await findViolations()
            state.withLock { $0 = found }
            // What is in the way is read again as a whole: not all the time.
            let pause = found.isEmpty ? .zero : clock.now - begin
            try await Task.sleep(for: max(pause, Tuning.uniqueInterval))
        }
    }

    /// A call to a server that has begun is not interrupted, and this one can take hours: nobody waits for it when the
    /// migration ends.
    private func findViolations() async throws -> [CatalogProblem] {
        let hasEnded = Signal()
        let seen = hasEnded.count
        let search = Task { [keeper] in
            defer { hasEnded.notify() }
            return try await keeper.findViolations()
        }
        await hasEnded.wait(after: seen)
        guard !Task.isCancelled else {
            search.cancel()
            throw CancellationError()
        }
        return try await search.value
    }
}
