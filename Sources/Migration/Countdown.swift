internal import BSON
internal import Mongo

/// The time that is left for the cutover.
///
/// The deadline is stored by the destination's clock, so that it runs while no process does: see `ServerTime`.
package struct Countdown: Hashable, Sendable {
    /// When the time is over.
    package let end: ContinuousClock.Instant

    /// - `deadline`: by the destination's clock, milliseconds since 1970.
    init(deadline: Int64, _ server: ServerTime) { end = server.instant(deadline) }

    package func isOver(at now: ContinuousClock.Instant) -> Bool { now >= end }

    /// The stored one; nil where the migration was not in sync yet.
    static func load(_ stored: StoredMigration, _ now: ServerTime) -> Countdown? {
        stored.deadline.map { Countdown(deadline: $0, now) }
    }

    /// Begins it and stores it.
    static func begin(_ context: Context) async throws -> Countdown {
        let server = try await ServerTime(of: context.destination, context.retry)
        return try await save(
            server, left: context.options.syncDuration / context.options.clockSpeed, context)
    }

    /// The same with `Tuning.syncExtension` more, stored.
    func extended(_ context: Context) async throws -> Countdown {
        let server = try await ServerTime(of: context.destination, context.retry)
        let left =
            server.now.duration(to: end) + Tuning.syncExtension / context.options.clockSpeed
        return try await Countdown.save(server, left: left, context)
    }

    private static func save(
        _ server: ServerTime, left: Duration, _ context: Context
    ) async throws -> Countdown {
        let deadline = server.time + Int64(left.seconds * 1_000)
        try await context.store.save(["deadline": .date(deadline)])
        return Countdown(deadline: deadline, server)
    }
}
