internal import BSON
package import Mongo
internal import Synchronization

/// The writes that the change stream still shows, for the operator who says that they have stopped. What is not migrated may
/// be written at any time, and is not seen here. Thread safe.
package final class SeenWrites: Sendable {
    package struct Write: Hashable, Sendable {
        package let namespace: Namespace
        package var count: Int

        package init(namespace: Namespace, count: Int) {
            self.namespace = namespace
            self.count = count
        }
    }

    private struct Seen {
        var newest: (time: Timestamp, namespace: Namespace)?
        var newestAt: ContinuousClock.Instant?
        /// Writes since `reset`, by namespace; deletes of collections whose documents expire do not count as writes.
        var counts: [Namespace: Int] = [:]
        let since = ContinuousClock.now
        var expiring: Set<Namespace> = []
        /// Writes of the last seconds, by second of the monotonic clock and by namespace.
        var seconds: [Int64: [Namespace: Int]] = [:]
        var total = 0
    }

    private let seen = Mutex(Seen())
    private let begun = ContinuousClock.now
    private let filter: NamespaceFilter

    /// Whether applications wait for a cutover that an earlier run could not finish, however long that is.
    private let isAwaited: Bool

    /// `newestAt`: of the newest write that an earlier run saw, where that one's cutover is to be finished.
    package init(
        filter: NamespaceFilter = NamespaceFilter(), newestAt: ContinuousClock.Instant? = nil
    ) {
        self.filter = filter
        isAwaited = newestAt != nil
        seen.withLock { $0.newestAt = newestAt }
    }

    /// Collections whose deletes may be the TTL monitor's: to be said whenever the catalog was read, as the page that
    /// tells of writes is there long before a cutover.
    func setExpiring(_ namespaces: Set<Namespace>) { seen.withLock { $0.expiring = namespaces } }

    /// `newestOfSource`: the newest write of the source that is known. An event that is much older was written so much
    /// earlier, and its stream was interrupted; cluster time has seconds only, so little says nothing.
    func note(_ event: ChangeEvent, newestOfSource: Timestamp?) {
        if case .nothing = event.meaning { return }
        guard filter.concerns(event) else { return }
        let age = max(0, Int64(newestOfSource?.seconds ?? 0) - Int64(event.time.seconds))
        let written = ContinuousClock.now - .seconds(age < Tuning.lateRead ? 0 : age)
        seen.withLock { seen in
            seen.total += 1
            if event.operation == "delete", seen.expiring.contains(event.namespace) { return }
            if event.time >= seen.newest?.time ?? .zero {
                seen.newest = (event.time, event.namespace)
            }
            seen.newestAt = max(seen.newestAt ?? written, written)
            seen.counts[event.namespace, default: 0] += 1
            let second = begun.duration(to: written).components.seconds
            if seen.seconds[second] == nil {
                seen.seconds = seen.seconds.filter { $0.key > second - Tuning.recentSeconds }
            }
            seen.seconds[second, default: [:]][event.namespace, default: 0] += 1
        }
    }

    /// Counts anew; how long it has been quiet goes on.
    func reset() { seen.withLock { $0.counts = [:] } }

    /// Events since the migration was taken up, deletes by expiry included.
    package var total: Int { seen.withLock { $0.total } }

    /// Writes of the last 10 s, the busiest namespace first.
    package var recent: [Write] {
        let now = begun.duration(to: .now).components.seconds
        let counts = seen.withLock { seen in
            seen.seconds.filter { $0.key > now - Tuning.recentSeconds }.values
                .reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        }
        return counts.map { Write(namespace: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.namespace) < ($0.count, $1.namespace) }
    }

    /// Cluster time of the newest write of an application, and where it went.
    var newest: (time: Timestamp, namespace: Namespace)? { seen.withLock { $0.newest } }

    /// When it was written, on the monotonic clock, to `Tuning.lateRead`.
    package var newestAt: ContinuousClock.Instant? { seen.withLock { $0.newestAt } }

    /// How long applications wait for a cutover, seconds; nil where no write was seen within `Tuning.downtimeHorizon` before
    /// `end`: no application waits, as far as can be seen.
    static func downtime(
        from newestWrite: ContinuousClock.Instant?, until end: ContinuousClock.Instant
    ) -> Double? {
        guard let passed = newestWrite.map({ end - $0 }), passed < Tuning.downtimeHorizon else {
            return nil
        }
        return max(0, passed.seconds)
    }

    /// The same, from the newest write that was seen.
    func downtime(until end: ContinuousClock.Instant) -> Double? {
        if isAwaited, let newestAt { return max(0, (end - newestAt).seconds) }
        return SeenWrites.downtime(from: newestAt, until: end)
    }

    /// How long nothing has been written: since this was made, where nothing was seen.
    package var quiet: Duration {
        seen.withLock { ContinuousClock.now - ($0.newestAt ?? $0.since) }
    }

    /// Writes since the last reset, the busiest namespace first.
    package var busiest: [Write] {
        seen.withLock { $0.counts.map { Write(namespace: $0.key, count: $0.value) } }
            .sorted { ($1.count, $0.namespace) < ($0.count, $1.namespace) }
    }
}
