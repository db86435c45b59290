/// How fast a growing figure has grown of late.
struct RateMeter: Sendable {
    private var samples: [(time: Double, value: Double)] = []

    /// `time` in seconds of any clock that does not go back. A figure that shrank has started
    /// again.
    mutating func add(_ value: Int, at time: Double) {
        if let last = samples.last, Double(value) < last.value { samples = [] }
        samples.append((time, Double(value)))
        while samples.count > 2, samples[1].time <= time - Tuning.rateWindow {
            samples.removeFirst()
        }
    }

    /// Nil until there are two samples.
    var perSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time else {
            return nil
        }
        return (last.value - first.value) / (last.time - first.time)
    }
}
