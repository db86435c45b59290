/// Figures as people read them. Nil is unknown, and is never written as 0.
enum Figure {
    static let unknown = "-"

    /// `14,201,332`.
    static func count(_ number: Int?) -> String {
        guard let number else { return unknown }
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    /// `13.9 M` where all digits would be more than anybody reads, else as `count`.
    static func shortCount(_ number: Int?) -> String {
        guard let number, number >= 10_000_000 else { return count(number) }
        return number >= 1_000_000_000
            ? "\(tenths(Double(number) / 1e9)) G" : "\(tenths(Double(number) / 1e6)) M"
    }

    /// `41.2 GB`, `412 GB`: three digits, units of a thousand.
    static func bytes(_ number: Double?) -> String {
        guard let number, number.isFinite else { return unknown }
        let unit = Unit(for: number)
        return "\(unit.digits(number)) \(unit.name)"
    }

    static func bytes(_ number: Int?) -> String { bytes(number.map(Double.init)) }

    /// `281 / 412 GB`: both in the unit of the whole.
    static func bytes(_ part: Int?, of whole: Int?) -> String {
        guard let whole else { return part.map { bytes($0) } ?? unknown }
        let unit = Unit(for: Double(whole))
        let digits = part.map { unit.digits(Double($0)) } ?? unknown
        return "\(digits) / \(unit.digits(Double(whole))) \(unit.name)"
    }

    /// `118 MB/s`.
    static func bytesPerSecond(_ number: Double?) -> String {
        guard let number, number.isFinite else { return unknown }
        return bytes(number) + "/s"
    }

    /// `1,204/s`, below 10 with a tenth.
    static func perSecond(_ number: Double?) -> String {
        guard let number, number.isFinite else { return unknown }
        if number > 0, number < 9.95, number != number.rounded() { return tenths(number) + "/s" }
        return count(Int(clamping: number.rounded())) + "/s"
    }

    /// `68 %`; all only when it is all.
    static func percent(_ fraction: Double?) -> String {
        guard let fraction, fraction.isFinite else { return unknown }
        return "\(Int(max(0, min(1, fraction)) * 100)) %"
    }

    /// `1 collection`, `18 collections`.
    static func counted(_ number: Int?, _ noun: String, _ plural: String? = nil) -> String {
        "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    static func tenths(_ number: Double) -> String {
        let tenths = Int(clamping: (number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private struct Unit {
        static let names = ["B", "kB", "MB", "GB", "TB", "PB"]
        var size = 1.0
        var name = Unit.names[0]

        init(for number: Double) {
            for name in Unit.names.dropFirst() where number / size >= 999.5 {
                size *= 1_000
                self.name = name
            }
        }

        func digits(_ number: Double) -> String {
            let number = number / size
            return size == 1 || number >= 99.95
                ? "\(Int(clamping: number.rounded()))" : tenths(number)
        }
    }
}

extension Int {
    /// The nearest there is; what is no number is 0.
    init(clamping number: Double) {
        self =
            number.isNaN ? 0 : number >= 9e18 ? .max : number <= -9e18 ? .min : Int(number)
    }
}
