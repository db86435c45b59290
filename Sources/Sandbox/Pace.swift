/// Turns a rate into numbers of things to do now. What could not be done in time is made up for, but not more of it than a
/// second's worth: an application that was held up does not do all of it afterwards.
struct Pace {
    private var credit = 0.0
    private var last: UInt64

    init(now: UInt64) { last = now }

    /// How many things are due, at most `most`; they count as done.
    mutating func due(now: UInt64, rate: Double, most: Int = Tuning.workloadBatch) -> Int {
        credit = min(credit + rate * Double(now - min(last, now)) / 1e9, max(rate, 1))
        last = now
        let count = min(Int(credit), most)
        credit -= Double(count)
        return count
    }
}

/// Things in a second, over the last two seconds.
struct RateMeter {
    private static let bucketNanoseconds: UInt64 = 100_000_000
    private static let bucketCount: UInt64 = 20
    /// Counts by the tenth of a second, oldest first.
    private var buckets: [(number: UInt64, count: Int)] = []

    mutating func add(_ count: Int, now: UInt64) {
        let number = now / Self.bucketNanoseconds
        if buckets.last?.number == number {
            buckets[buckets.count - 1].count += count
        } else {
            buckets.append((number, count))
        }
        buckets.removeAll { $0.number + Self.bucketCount < number }
    }

    /// From the whole tenths of the last two seconds; the one that has not ended is left out.
    func rate(now: UInt64) -> Double {
        let number = now / Self.bucketNanoseconds
        let counted = buckets.filter {
            $0.number < number && $0.number + Self.bucketCount >= number
        }
        guard let first = counted.first else { return 0 }
        let total = counted.reduce(0) { $0 + $1.count }
        return Double(total) * 1e9 / Double((number - first.number) * Self.bucketNanoseconds)
    }
}
