/// Figures as people read them; the locale plays no part.
enum Units {
    /// Decimal units: "512 B", "1.4 GB", "312 MB".
    static func bytes(_ count: Double) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var value = count
        var unit = 0
        // Rounding must not make 1000 of a unit.
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(fixed(value, unit > 0 && value < 99.95 ? 1 : 0)) \(units[unit])"
    }

    static func bytes(_ count: Int) -> String { bytes(Double(count)) }

    /// "1,234,567".
    static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// "1 document", "1,234 documents".
    static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// The two largest units: "0.3 s", "42 s", "4 min 10 s", "2 h 5 min", "3 d 4 h".
    static func duration(_ seconds: Double) -> String {
        if seconds < 9.95 { return "\(fixed(max(0, seconds), 1)) s" }
        let whole = Int(min(seconds, 1e15).rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3_600: return "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h"
        }
    }

    /// With so many digits after the point, rounded.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        let scale = (0..<digits).reduce(1.0) { result, _ in result * 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int(scale))
        return "\(sign)\(scaled / Int(scale))."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// RFC 3339 in UTC, from milliseconds since 1970; the seconds' fraction only where
    /// `milliseconds` is wanted.
    static func time(_ now: Int64, milliseconds: Bool = false) -> String {
        let days = Int((now / 1000).quotientFloored(by: 86_400))
        let second = Int(now / 1000) - days * 86_400
        // Days to a date of the Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date
        // Algorithms").
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let date = "\(year)-\(padded(month))-\(padded(day))"
        let clock =
            "\(padded(second / 3_600)):\(padded(second % 3_600 / 60)):\(padded(second % 60))"
        return "\(date)T\(clock)\(milliseconds ? "." + padded(Int(now % 1000), 3) : "")Z"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension Int64 {
    fileprivate func quotientFloored(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
