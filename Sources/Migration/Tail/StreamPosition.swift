package import BSON
package import Mongo

/// Up to which cluster time a change stream was read, judging by a batch of it.
package enum StreamPosition {
    /// Every event up to this time was in this batch or before it.
    ///
    /// - A batch that was cut because it was full may end in the middle of a transaction, whose events share one time.
    /// - The token with which a stream begins "now" lies one tick ahead of the source's clock, and the first batches give
    ///   it back as it is: an event at that very time can still come.
    package static func readThrough(
        _ token: ResumeToken, after last: ResumeToken, newestEvent: Timestamp?, isWhole: Bool
    ) -> Timestamp {
        guard isWhole else { return newestEvent?.predecessor ?? .zero }
        if token == last { return newestEvent ?? .zero }
        return token.time ?? newestEvent ?? .zero
    }

    /// Whether the server may have ended a batch for its size. Events are small, so half of what fits is far above any
    /// batch that ended at the head of the oplog.
    package static func isFull(_ events: Int, of batchSize: Int, bytes: Int) -> Bool {
        events >= batchSize || bytes >= Tuning.fullStreamBatch
    }
}
