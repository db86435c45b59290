internal import Mongo

/// How many events a batch of the stream may hold.
///
/// Where ids are large, 5.0 and 6.0.5 gather more events than the 16 MB of an answer can hold, and close the connection
/// instead of answering. Where a connection is lost twice at one place, events are read one by one, and more of them
/// again as long as they are small.
struct StreamBatchSize: Sendable {
    private(set) var events = Tuning.streamBatch
    private var lostAt: ResumeToken?

    /// A connection was lost while what comes behind this place was read.
    mutating func wasLost(at place: ResumeToken) {
        if place == lostAt { events = 1 }
        lostAt = place
    }

    /// A batch with so many events has come.
    mutating func came(_ count: Int, bytes: Int) {
        guard count > 0, bytes <= Tuning.largestGrowingBatch else { return }
        events = min(2 * events, Tuning.streamBatch)
    }
}
