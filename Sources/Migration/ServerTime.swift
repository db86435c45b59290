internal import BSON
internal import Mongo

/// What the destination's clock shows at a moment of the monotonic clock: times that are stored are those of the
/// destination, which are the same for every host, and while a process runs only the monotonic clock counts.
struct ServerTime: Sendable {
    /// Milliseconds since 1970.
    let time: Int64
    let now: ContinuousClock.Instant

    init(time: Int64, now: ContinuousClock.Instant) {
        self.time = time
        self.now = now
    }

    init(of destination: Side, _ retry: Retry) async throws {
        let lane = destination.lane()
        self = try await retry("asking the destination for the time") {
            let hello = try await lane.run(["hello": 1])
            guard case .date(let time)? = hello["localTime"] else {
                throw MigrationError(.unexpected, "the destination does not say what time it is")
            }
            return ServerTime(time: time, now: .now)
        }
    }

    /// When a stored time was, or will be.
    func instant(_ stored: Int64) -> ContinuousClock.Instant { now + .milliseconds(stored - time) }

    /// The time to be stored for a moment of this process.
    func stored(_ instant: ContinuousClock.Instant) -> Int64 {
        time + Int64(((instant - now).seconds * 1_000).rounded())
    }
}
