internal import Dispatch

/// Runs an actor's jobs one after another on a queue of its own, so that a blocking call stops nobody else: Swift's
/// cooperative pool has only as many threads as there are cores.
package final class LaneExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "lagzero.lane")

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
