package import BSON
package import Mongo

/// How far the events of the stream are answered: checkpoint arithmetic.
///
/// Events come in batches; each batch is a *generation* that knows the token before it. Whatever must still be done
/// for an event retains the generation of its batch and releases it when done. Everything before the first
/// generation that is retained is applied, and the stream may be read again from the token before that generation.
package struct Watermark: Sendable {
    private struct Generation: Sendable {
        /// Cluster time of the batch's first event.
        let start: Timestamp
        let tokenBefore: ResumeToken
        var retained = 0
    }

    private var generations: [Generation] = []
    /// Number of the first element of `generations`.
    private var first = 0
    /// The newest token of the stream.
    package private(set) var streamToken: ResumeToken
    /// Up to which cluster time the stream was read.
    package private(set) var streamTime: Timestamp

    package init(token: ResumeToken, time: Timestamp) {
        streamToken = token
        streamTime = time
    }

    /// Begins the generation of a batch whose first event has this time. Returns its number. While many generations are
    /// waited for, batches close to each other share one, so that a copy of days stays small.
    package mutating func begin(at start: Timestamp) -> Int {
        forgetDone()
        if let last = generations.last, generations.count >= Tuning.fineGenerations {
            let apart = Int(start.seconds) - Int(last.start.seconds)
            if apart < generations.count / Tuning.fineGenerations {
                return first + generations.count - 1
            }
        }
        generations.append(Generation(start: start, tokenBefore: streamToken))
        return first + generations.count - 1
    }

    /// The batch has been taken over whole; the stream goes on behind `token`. Also for batches without events.
    package mutating func advance(to token: ResumeToken, time: Timestamp) {
        streamToken = token
        streamTime = max(streamTime, time)
    }

    package mutating func retain(_ generation: Int, count: Int = 1) {
        generations[generation - first].retained += count
    }

    package mutating func release(_ generation: Int) {
        generations[generation - first].retained -= 1
    }

    /// Cluster time at which a generation that is retained begins.
    func start(of generation: Int) -> Timestamp { generations[generation - first].start }

    private mutating func forgetDone() {
        let done = generations.prefix { $0.retained == 0 }.count
        generations.removeFirst(done)
        first += done
    }

    private var oldestRetained: Generation? { generations.first { $0.retained > 0 } }

    /// The newest time up to which every event is answered.
    package var appliedThrough: Timestamp { oldestRetained?.start.predecessor ?? streamTime }

    /// The newest token from which nothing unanswered is missed.
    package var resumeToken: ResumeToken { oldestRetained?.tokenBefore ?? streamToken }
}
