internal import Glibc

/// Points of time in universal time, as texts that do not depend on the locale: nothing of this program sets it.
enum UTC {
    /// `Wed 25 Nov 02:14 UTC`. Milliseconds since 1970.
    static func minute(_ time: Int64) -> String { text(time, "%a %-d %b %H:%M UTC") }

    /// `Wed 25 Nov 02:14:09 UTC`.
    static func second(_ time: Int64) -> String { text(time, "%a %-d %b %H:%M:%S UTC") }

    /// `Wed, 25 Nov 2026 02:14:09 +0000`, as RFC 5322 has it.
    static func header(_ time: Int64) -> String { text(time, "%a, %d %b %Y %H:%M:%S +0000") }

    private static func text(_ milliseconds: Int64, _ format: String) -> String {
        var (seconds, parts) = (time_t(milliseconds / 1_000), tm())
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
