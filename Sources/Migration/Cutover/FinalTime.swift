internal import BSON
internal import Mongo

/// The time up to which the source must be applied at the cutover.
struct FinalTime: Sendable {
    let context: Context
    let lane: Lane

    /// The primary's newest write, acknowledged or not, once a majority has it in the same term. Waits for that at most
    /// `limit`.
    func settle(atMost limit: Duration) async throws -> Timestamp {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            let wanted = try await lastWrite()
            while clock.now < deadline {
                let now = try await lastWrite()
                guard now.term == wanted.term else { break }
                if now.majority >= wanted.newest { return wanted.newest }
                try await Task.sleep(for: .milliseconds(20))
            }
            if clock.now >= deadline {
                throw MigrationError(
                    .cutoverRefused,
                    "the source's newest write is not held by a majority of its members: "
                        + "see that they replicate, then cut over again")
            }
        }
    }

    private func lastWrite() async throws -> (newest: Timestamp, majority: Timestamp, term: Int) {
        let hello = try await context.retry("asking the source for its newest write") {
            try await lane.hello()
        }
        let last = hello["lastWrite"]?.document
        return (
            last?["opTime"]?.document?["ts"]?.timestamp ?? .zero,
            last?["majorityOpTime"]?.document?["ts"]?.timestamp ?? .zero,
            last?["opTime"]?.document?["t"]?.integer ?? -1
        )
    }
}
