internal import Glibc
internal import Synchronization

/// How many workers of the copy and of apply may take work: as many as are seen to pay, up to what the load level allows.
/// Thread safe.
///
/// All that there can be are there; those with a number beyond the limit wait, and what they have begun they end.
final class Workers: Sendable {
    private let cores: Int
    private let climb: Mutex<WorkerClimb>
    private let changed = Signal()

    /// `cores`: of this host.
    init(loadLevel: Int, cores: Int = sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
        self.cores = cores
        climb = Mutex(WorkerClimb(most: Workers.most(loadLevel, cores: cores)))
    }

    /// Below the highest level no more than this host has cores, but for two.
    private static func most(_ level: Int, cores: Int) -> Int {
        let level = min(max(level, 1), Tuning.loadLevels.count)
        let most = Tuning.loadLevels[level - 1]
        return level == Tuning.loadLevels.count ? most : min(most, max(cores, Tuning.firstWorkers))
    }

    var count: Int { climb.withLock { $0.workers } }

    /// The same without a trial of another number.
    var proven: Int { climb.withLock { $0.proven } }

    /// Whether the worker with this number, from 0 on, may take work.
    func allow(_ number: Int) -> Bool { number < count }

    /// Bytes that a batch of the copy is meant to have. As many workers as there may be share what the first two have;
    /// halved until it fits, as the driver takes blocks of powers of two.
    var batchBytes: Int {
        climb.withLock { climb in
            var bytes = Tuning.copyBatchBytes
            let limit = Tuning.firstWorkers * bytes
            while bytes * climb.most > limit { bytes /= 2 }
            return bytes
        }
    }

    /// Runs all that there can be; what they do begins with `pass`. Throws what the first of them throws.
    func run(_ work: @escaping @Sendable (_ number: Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<Tuning.mostWorkers { group.addTask { try await work(number) } }
            // Not `waitForAll`: that would wait for the others before it throws.
            while try await group.next() != nil {}
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
        climb.withLock { $0.setMost(Workers.most(level, cores: cores)) }
        changed.notify()
    }

    /// See `WorkerClimb.look`. Returns the number of workers where another one than before was found to be better.
    func look(_ work: WorkerClimb.Work?, done: Int, seconds: Double) -> Int? {
        let (before, after) = climb.withLock { climb in
            let before = climb
            climb.look(work, done: done, seconds: seconds)
            return (before, climb)
        }
        if after.workers != before.workers { changed.notify() }
        return after.proven == before.proven ? nil : after.proven
    }
}
