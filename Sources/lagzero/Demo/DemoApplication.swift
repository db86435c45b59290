import Sandbox
import Synchronization

/// The application of the demo, which the operator stops before a cutover and starts after it.
final class DemoApplication: Sendable {
    private let workload: Workload
    /// Writes a second while it runs.
    private let rate: Int
    private let clusters: SandboxClusters
    private let isMoved = Mutex(false)

    init(_ shop: Shop, rate: Int, on clusters: SandboxClusters) throws {
        self.rate = rate
        self.clusters = clusters
        workload = Workload(
            on: try clusters.sourceForApplication(), shop.application(writesPerSecond: rate))
    }

    var isRunning: Bool { workload.targetRate > 0 }

    /// The replica set that it writes to.
    var cluster: String {
        (isMoved.withLock { $0 } ? clusters.destination : clusters.source).options.name
    }

    /// Acknowledged writes in a second, over the last two.
    var writesPerSecond: Int { Int(workload.writesPerSecond.rounded()) }

    /// Times that a write was refused because writes are blocked.
    var blocked: Int { workload.counts.blocked }

    /// Nothing more is begun; what is under way ends.
    func stop() { workload.targetRate = 0 }

    /// Once it was sent to the destination it stays there.
    func start(onDestination: Bool) throws {
        let isNew = isMoved.withLock { isMoved in
            defer { isMoved = isMoved || onDestination }
            return onDestination && !isMoved
        }
        if isNew { workload.move(to: try clusters.destinationForApplication()) }
        workload.targetRate = Double(rate)
    }
}
