internal import Synchronization

/// How many workers of the copy and of apply may take work: as many as are seen to pay, up to what the load level allows.
/// Thread safe.
///
/// All that there can be are there; those with a number beyond the limit wait, and what they have begun they end.
final class Workers: Sendable {
    private struct State {
        var level: Int
        var climb: WorkerClimb
    }

    private let state: Mutex<State>
    private let changed = Signal()

    init(loadLevel: Int) {
        let level = min(max(loadLevel, 1), Tuning.loadLevels.count)
        state = Mutex(State(level: level, climb: WorkerClimb(most: Tuning.loadLevels[level - 1])))
    }

    var count: Int { state.withLock { $0.climb.workers } }

    /// The same without a trial of another number.
    var proven: Int { state.withLock { $0.climb.proven } }

    /// Whether the worker with this number, from 0 on, may take work.
    func allow(_ number: Int) -> Bool { number < count }

    /// Bytes that a batch of the copy is meant to have. All workers share what the first two have, but at the highest level;
    /// as the driver takes blocks of powers of two, it is halved until it fits.
    var batchBytes: Int {
        state.withLock { state in
            var bytes = Tuning.copyBatchBytes
            guard state.level < Tuning.loadLevels.count else { return bytes }
            let limit = Tuning.firstWorkers * bytes
            while bytes * state.climb.workers > limit { bytes /= 2 }
            return bytes
        }
    }

    /// Returns when the worker with this number may take work; throws `CancellationError` when the task is cancelled.
    func pass(_ number: Int) async throws {
        while true {
            try Task.checkCancellation()
            let seen = changed.count
            if allow(number) { return }
            await changed.wait(after: seen)
        }
    }

    /// 1 to 4. What is under way ends first.
    func setLoadLevel(_ level: Int) {
        state.withLock { state in
            state.level = min(max(level, 1), Tuning.loadLevels.count)
            state.climb.setMost(Tuning.loadLevels[state.level - 1])
        }
        changed.notify()
    }

    /// See `WorkerClimb.look`. Returns the number of workers where another one than before was found to be better.
    func look(_ work: WorkerClimb.Work?, done: Int, seconds: Double) -> Int? {
        let (before, after) = state.withLock { state in
            let before = state.climb.proven
            state.climb.look(work, done: done, seconds: seconds)
            return (before, state.climb.proven)
        }
        changed.notify()
        return after == before ? nil : after
    }
}
