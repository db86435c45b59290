internal import ControlAPI

/// When the drivers of migrations were heard last, and those who ask for the wheel: a pure value. By a clock that is
/// never set, and that stands still while the agent does: what was sent to it meanwhile is only heard afterwards, and a
/// driver that is there is not silent for that.
struct HeardDrivers: Sendable {
    /// How long the agent has been awake, and when that was seen last; to be looked at with every tick.
    private var awake = Duration.zero
    private var lookedAt: ContinuousClock.Instant?
    /// By that clock.
    private var times: [Identifier: Duration] = [:]
    private var requests: [Identifier: Duration] = [:]

    private mutating func time(at now: ContinuousClock.Instant) -> Duration {
        // What was looked at later may be asked about an earlier moment.
        let latest = lookedAt.map { max($0, now) } ?? now
        awake += min(latest - (lookedAt ?? latest), Tuning.awake)
        lookedAt = latest
        return awake
    }

    mutating func hear(_ migration: Identifier, at now: ContinuousClock.Instant) {
        times[migration] = time(at: now)
    }

    mutating func forget(_ migration: Identifier) { times[migration] = nil }

    /// Whether another one may take over; also where none was heard at all.
    mutating func isSilent(_ migration: Identifier, at now: ContinuousClock.Instant) -> Bool {
        let time = time(at: now)
        return times[migration].map { time - $0 >= .milliseconds(Driver.patience) } ?? true
    }

    /// Those that have fallen silent since this was asked last.
    mutating func takeSilent(at now: ContinuousClock.Instant) -> [Identifier] {
        HeardDrivers.take(&times, olderThan: .milliseconds(Driver.patience), at: time(at: now))
    }

    /// Somebody has asked for the wheel.
    mutating func ask(_ migration: Identifier, at now: ContinuousClock.Instant) {
        requests[migration] = time(at: now)
    }

    /// Those whose last request is too long ago to be still meant, once.
    mutating func takeLapsed(at now: ContinuousClock.Instant) -> [Identifier] {
        HeardDrivers.take(&requests, olderThan: Tuning.requestLife, at: time(at: now))
    }

    private static func take(
        _ times: inout [Identifier: Duration], olderThan limit: Duration, at now: Duration
    ) -> [Identifier] {
        let old = times.filter { now - $0.value >= limit }.map(\.key)
        for migration in old { times[migration] = nil }
        return old
    }
}
