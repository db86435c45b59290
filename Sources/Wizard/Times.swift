internal import ControlAPI
internal import Terminal

/// Spans and points of time as people read them. Nil is unknown.
enum Times {
    /// `3.8 s`, `42 s`, `12 m 4 s`, `30 h 50 m`, `4 d 3 h`.
    static func span(_ seconds: Double?) -> String {
        guard let given = seconds, given.isFinite else { return Figure.unknown }
        let seconds = max(0, given)
        if seconds < 9.95 { return Figure.tenths(seconds) + " s" }
        let whole = Int(clamping: seconds.rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3_600: return "\(whole / 60) m \(whole % 60) s"
        case ..<172_800: return "\(whole / 3_600) h \(whole / 60 % 60) m"
        default: return "\(whole / 86_400) d \(whole / 3_600 % 24) h"
        }
    }

    static func span(milliseconds: Int64?) -> String {
        span(milliseconds.map { Double($0) / 1_000 })
    }

    /// `00:00:07`.
    static func clock(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return Figure.unknown }
        return Countdown.text(.seconds(Int64(Int(clamping: max(0, seconds)))))
    }

    /// `02:13:58`, in UTC.
    static func time(_ milliseconds: Int64) -> String {
        let seconds = modulo(floored(milliseconds, 1_000), 86_400)
        return [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(twoDigits)
            .joined(separator: ":")
    }

    /// `Wed 25 Nov 02:14 UTC`.
    static func date(_ milliseconds: Int64) -> String {
        "\(day(milliseconds)) \(time(milliseconds).prefix(5)) UTC"
    }

    /// `Wed 25 Nov`, in UTC.
    static func day(_ milliseconds: Int64) -> String {
        let day = floored(milliseconds, 86_400_000)
        let weekday = weekdays[Int(modulo(day + 4, 7))]
        let (month, dayOfMonth) = monthAndDay(day)
        return "\(weekday) \(dayOfMonth) \(months[month - 1])"
    }

    /// `02:13:58 UTC`, with the day before it where that is not the one of `now`.
    static func moment(_ milliseconds: Int64, now: Int64?) -> String {
        let time = "\(time(milliseconds)) UTC"
        let isToday = now.map { isSameDay($0, milliseconds) } ?? false
        return isToday ? time : "\(day(milliseconds)) \(time)"
    }

    /// A deadline of that migration: where hours pass in seconds it is told to the second.
    static func deadline(_ milliseconds: Int64, of live: LiveMigration?) -> String {
        live?.cutover.clockSpeed == nil
            ? date(milliseconds) : "\(day(milliseconds)) \(time(milliseconds)) UTC"
    }

    static func isSameDay(_ one: Int64, _ other: Int64) -> Bool {
        floored(one, 86_400_000) == floored(other, 86_400_000)
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Of the days since 1970, after Howard Hinnant's `civil_from_days`.
    private static func monthAndDay(_ days: Int64) -> (month: Int, day: Int) {
        let dayOfEra = modulo(days + 719_468, 146_097)
        let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (Int(month < 10 ? month + 3 : month - 9), Int(dayOfYear - (153 * month + 2) / 5 + 1))
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func floored(_ number: Int64, _ divisor: Int64) -> Int64 {
        (number - modulo(number, divisor)) / divisor
    }

    private static func modulo(_ number: Int64, _ divisor: Int64) -> Int64 {
        (number % divisor + divisor) % divisor
    }
}

extension World {
    /// What the agent's clock shows, milliseconds since 1970; nil before it has answered.
    var agentNow: Int64? {
        guard let snapshot else { return nil }
        let passed = heardAt.map { max(.zero, moment.uptime - $0) } ?? .zero
        return snapshot.time + passed.milliseconds
    }

    /// How long is left to cut over; nil where the time does not run.
    func timeLeft(_ migration: LiveMigration) -> Duration? {
        agentNow.flatMap { migration.cutover.timeLeft(at: $0) }.map { .milliseconds($0) }
    }
}
