package import BSON

/// How far the destination is behind, in seconds: a pure value.
///
/// Cluster times count whole seconds, so between polls it is the time since the oldest write that is not applied was
/// first seen, by the monotonic clock of this host. Writes made before the first poll are measured by cluster times.
package struct LagMeter: Sendable {
    private struct Sample {
        let newest: Timestamp
        /// The newest write was made after this time (of the poll before).
        let notBefore: Double
    }

    private var samples: [Sample] = []
    private var lastPoll: Double?

    package init() {}

    /// The source's newest write as a poll at this time (monotonic seconds) saw it.
    package mutating func observe(newest: Timestamp, at time: Double) {
        defer { lastPoll = time }
        if let last = samples.last, last.newest >= newest { return }
        samples.append(Sample(newest: newest, notBefore: lastPoll ?? time))
    }

    /// The lag now; 0 when the newest write is applied, nil before the first poll.
    package mutating func lag(appliedThrough: Timestamp, at time: Double) -> Double? {
        guard let newest = samples.last?.newest else { return nil }
        if appliedThrough >= newest {
            samples.removeFirst(samples.count - 1)
            return 0
        }
        let applied = samples.prefix { $0.newest <= appliedThrough }.count
        // One applied sample stays: it says that what follows was made after it.
        if applied > 1 { samples.removeFirst(applied - 1) }
        let byClusterTime = Double(newest.seconds) - Double(appliedThrough.seconds)
        guard applied > 0, samples.count > 1 else { return max(0, byClusterTime) }
        return max(0, time - samples[1].notBefore)
    }
}
