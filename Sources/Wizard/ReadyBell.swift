internal import Terminal

/// Rings when a decision becomes possible, and again every hour until a key is pressed. Whoever opens a page on which
/// it is possible already has been told.
struct ReadyBell: Sendable, Equatable, Codable {
    private enum State: Sendable, Equatable, Codable {
        case unseen, waiting, answered
        case rung(at: Duration)
    }

    private var state = State.unseen

    mutating func update(isWanted: Bool, _ moment: Moment) -> [Action] {
        guard isWanted else {
            if state == .unseen { state = .waiting }
            return []
        }
        switch state {
        case .unseen:
            state = .answered
            return []
        case .answered: return []
        case .rung(let at) where moment.isWithin(Tuning.bellInterval, of: at): return []
        case .waiting, .rung:
            state = .rung(at: moment.uptime)
            return [.bell]
        }
    }

    /// A key was pressed.
    mutating func answer() {
        if case .rung = state { state = .answered }
    }

    /// What was decided is over; the next decision rings again.
    mutating func reset() {
        if state != .unseen { state = .waiting }
    }
}
