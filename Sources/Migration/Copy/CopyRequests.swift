internal import Mongo
internal import Synchronization

/// Collections whose copy is thrown away and made anew, as somebody found. Thread safe.
final class CopyRequests: Sendable {
    private struct State {
        var disordered: [MigratedCollection] = []
        var renamed: Set<Namespace> = []
    }

    private let state = Mutex(State())
    private let isWaiting: Signal

    /// `isWaiting` is notified when there is something to take.
    init(_ isWaiting: Signal) { self.isWaiting = isWaiting }

    /// The order of its documents differs.
    func add(_ collection: MigratedCollection) {
        state.withLock { $0.disordered.append(collection) }
        isWaiting.notify()
    }

    /// Whichever collection has one of these names, on a source whose events do not say which collection they belong to.
    func addRenamed(_ names: [Namespace]) {
        state.withLock { $0.renamed.formUnion(names) }
        isWaiting.notify()
    }

    func take() -> [MigratedCollection] {
        state.withLock { state in
            defer { state.disordered = [] }
            return state.disordered
        }
    }

    /// Calls `answer` with every name that was added before the call; one is asked for until that has succeeded.
    func answerRenamed(
        isolation: isolated (any Actor)? = #isolation, _ answer: (Namespace) async throws -> Void
    ) async throws {
        for name in state.withLock({ $0.renamed }) {
            // It may be added once more meanwhile.
            state.withLock { _ = $0.renamed.remove(name) }
            do {
                try await answer(name)
            } catch {
                addRenamed([name])
                throw error
            }
        }
    }
}
