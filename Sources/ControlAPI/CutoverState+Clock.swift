/// The time that there is to cut over: it passes faster than others where that is a demo's.
extension CutoverState {
    /// Seconds of it in a second.
    package var speed: Int64 { Int64(clockSpeed ?? 1) }

    /// How much of it is left, milliseconds; nil where it does not run. `now`: milliseconds since 1970, by the agent's
    /// clock.
    package func timeLeft(at now: Int64) -> Int64? { deadlineAt.map { max(0, $0 - now) * speed } }

    /// How much of it the cutover that is under way has taken, milliseconds.
    package func timeTaken(at now: Int64) -> Int64? { begunAt.map { (now - $0) * speed } }

    /// `1 s = 1 h`; nil where its seconds are seconds.
    package var pace: String? { clockSpeed.map(CutoverState.pace) }

    package static func pace(_ speed: Int) -> String {
        let parts = [(speed / 3_600, "h"), (speed / 60 % 60, "m"), (speed % 60, "s")]
        return "1 s = "
            + parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
