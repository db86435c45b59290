@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) internal import _Concurrency
internal import Dispatch

/// Runs all tasks of the process one after another on a queue of their own. Where they run otherwise, Dispatch looks every
/// second whether a thread is missing, for as long as the process lives: for a wizard that stands open for days this is
/// half of what it does. Not for tasks that work for long.
final class QuietExecutor: TaskExecutor, SchedulingExecutor {
    private static let shared = QuietExecutor()
    private let queue = DispatchQueue(label: "lagzero.tasks")

    /// To be called before there are tasks.
    static func use() { _createExecutors(factory: Factory.self) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    func enqueue<C: _Concurrency.Clock>(
        _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
        guard let delay = delay as? Duration else { preconditionFailure("a clock of its own time") }
        let job = UnownedJob(job)
        let nanoseconds = max(0, Int(clamping: delay.nanoseconds))
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }

    private enum Factory: ExecutorFactory {
        static var mainExecutor: any MainExecutor { PlatformExecutorFactory.mainExecutor }
        static var defaultExecutor: any TaskExecutor { shared }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int128 { attoseconds / 1_000_000_000 }
}
