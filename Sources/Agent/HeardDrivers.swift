internal import ControlAPI

/// When the drivers of migrations were heard last, and those who ask for the wheel: a pure value. By a clock that is
/// never set: a driver that is silent does not seem to have been heard just now because the time of day went back.
struct HeardDrivers: Sendable {
    private var times: [Identifier: ContinuousClock.Instant] = [:]
    private var requests: [Identifier: ContinuousClock.Instant] = [:]

    mutating func hear(_ migration: Identifier, at now: ContinuousClock.Instant) {
        times[migration] = now
    }

    mutating func forget(_ migration: Identifier) { times[migration] = nil }

    /// Whether another one may take over; also where none was heard at all.
    func isSilent(_ migration: Identifier, at now: ContinuousClock.Instant) -> Bool {
        times[migration].map { now - $0 >= .milliseconds(Driver.patience) } ?? true
    }

    /// Those that have fallen silent since this was asked last.
    mutating func takeSilent(at now: ContinuousClock.Instant) -> [Identifier] {
        HeardDrivers.take(&times, olderThan: .milliseconds(Driver.patience), at: now)
    }

    /// Somebody has asked for the wheel.
    mutating func ask(_ migration: Identifier, at now: ContinuousClock.Instant) {
        requests[migration] = now
    }

    /// Those whose last request is too long ago to be still meant, once.
    mutating func takeLapsed(at now: ContinuousClock.Instant) -> [Identifier] {
        HeardDrivers.take(&requests, olderThan: Tuning.requestLife, at: now)
    }

    private static func take(
        _ times: inout [Identifier: ContinuousClock.Instant], olderThan limit: Duration,
        at now: ContinuousClock.Instant
    ) -> [Identifier] {
        let old = times.filter { now - $0.value >= limit }.map(\.key)
        for migration in old { times[migration] = nil }
        return old
    }
}
