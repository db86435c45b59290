internal import Terminal

/// Rings when a decision is wanted, and again every hour until a key is pressed.
struct ReadyBell: Sendable, Equatable, Codable {
    private var rungAt: Duration?
    private var isAnswered = false

    mutating func update(isWanted: Bool, _ moment: Moment) -> [Action] {
        guard isWanted, !isAnswered else { return [] }
        if let rungAt, moment.isWithin(Tuning.bellInterval, of: rungAt) { return [] }
        rungAt = moment.uptime
        return [.bell]
    }

    /// A key was pressed.
    mutating func answer() {
        if rungAt != nil { isAnswered = true }
    }

    /// What was decided is over; the next decision rings again.
    mutating func reset() { self = ReadyBell() }
}
