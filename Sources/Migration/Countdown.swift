internal import BSON
internal import Mongo

/// The time that is left for the cutover.
///
/// The deadline is stored by the destination's clock, so that it runs while no process does and is the same for every
/// host; while a process runs, only the monotonic clock counts. The wall clock of this host is never asked.
package struct Countdown: Hashable, Sendable {
    /// When the time is over.
    package let end: ContinuousClock.Instant

    /// - `deadline`, `serverNow`: by the destination's clock, milliseconds since 1970.
    /// - `now`: the monotonic time at which the destination said so.
    package init(deadline: Int64, serverNow: Int64, at now: ContinuousClock.Instant) {
        end = now + .milliseconds(deadline - serverNow)
    }

    package func isOver(at now: ContinuousClock.Instant) -> Bool { now >= end }

    /// The stored one; nil where the migration was not in sync yet.
    static func load(_ stored: StoredMigration, _ context: Context) async throws -> Countdown? {
        guard let deadline = stored.deadline else { return nil }
        let server = try await serverTime(context)
        return Countdown(deadline: deadline, serverNow: server.time, at: server.now)
    }

    /// Begins it and stores it.
    static func begin(_ context: Context) async throws -> Countdown {
        let server = try await serverTime(context)
        return try await save(server, left: context.options.syncDuration, context)
    }

    /// The same with `Tuning.syncExtension` more, stored.
    func extended(_ context: Context) async throws -> Countdown {
        let server = try await Countdown.serverTime(context)
        let left = server.now.duration(to: end) + Tuning.syncExtension
        return try await Countdown.save(server, left: left, context)
    }

    private static func save(
        _ server: (time: Int64, now: ContinuousClock.Instant), left: Duration, _ context: Context
    ) async throws -> Countdown {
        let deadline = server.time + Int64(left.seconds * 1_000)
        try await context.store.save(["deadline": .date(deadline)])
        return Countdown(deadline: deadline, serverNow: server.time, at: server.now)
    }

    private static func serverTime(
        _ context: Context
    ) async throws -> (time: Int64, now: ContinuousClock.Instant) {
        let lane = context.destination.lane()
        return try await context.retry("asking the destination for the time") {
            let hello = try await lane.run(["hello": 1])
            guard case .date(let time)? = hello["localTime"] else {
                throw MigrationError(.unexpected, "the destination does not say what time it is")
            }
            return (time, ContinuousClock.now)
        }
    }
}
