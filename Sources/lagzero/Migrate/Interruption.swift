import Glibc
import Synchronization

/// What a signal does to a migration in the foreground.
final class Interruption: Sendable {
    private struct State {
        var isStopping = false
        /// Ends the work cleanly; nil while there is nothing that could be left half done.
        var stop: (@Sendable () -> Void)?
        var request: (@Sendable () async -> Void)?
        /// What must be said before an end that is not clean.
        var lastWords: (@Sendable () -> String?)?
    }

    private let state = Mutex(State())
    private let surroundings: Surroundings
    private let isJSON: Bool

    /// From now on signals come here.
    init(_ surroundings: Surroundings, isJSON: Bool) {
        self.surroundings = surroundings
        self.isJSON = isJSON
        surroundings.signals.handle { [self] in receive($0) }
    }

    /// From now on the first signal to stop calls `stop`, and SIGUSR1 is the operator's word.
    func direct(
        stop: @escaping @Sendable () -> Void, request: @escaping @Sendable () async -> Void,
        lastWords: @escaping @Sendable () -> String?
    ) {
        state.withLock {
            $0.stop = stop
            $0.request = request
            $0.lastWords = lastWords
        }
    }

    /// On the main thread.
    private func receive(_ number: Int32) {
        guard Signals.stopping.contains(number) else {
            guard let request = state.withLock({ $0.request }) else { return }
            Task { await request() }
            return
        }
        let (isSecond, stop, lastWords) = state.withLock { state in
            defer { state.isStopping = true }
            return (state.isStopping, state.stop, state.lastWords)
        }
        let console = surroundings.console
        guard !isSecond else {
            if let words = lastWords?() { console.say(words) }
            console.end(.interrupted, within: Tuning.lastWordsLimit)
        }
        guard let stop else {
            if !isJSON { console.say("lagzero: stopped before anything was changed") }
            console.end(.interrupted)
        }
        if !isJSON { console.say("Stopping cleanly; a second time ends at once.") }
        stop()
        Task {
            try? await Task.sleep(for: Tuning.stopLimit)
            if let words = lastWords?() { console.say(words) }
            console.end(.interrupted)
        }
    }
}
