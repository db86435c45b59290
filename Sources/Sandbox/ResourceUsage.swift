internal import Glibc

/// What a process has used since it started, from `/proc`.
package struct ResourceUsage: Sendable {
    /// User and system time of all its threads.
    package let cpuSeconds: Double
    /// Most bytes of memory it ever held at once.
    package let peakBytes: Int

    /// Nil when there is no such process.
    package init?(pid: Int32) {
        guard let stat = readText("/proc/\(pid)/stat"),
            let status = readText("/proc/\(pid)/status"),
            let endOfName = stat.lastIndex(of: ")")
        else { return nil }
        // Fields 14 and 15 of stat(5); the name, field 2, may hold spaces.
        let fields = stat[endOfName...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { return nil }
        cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        peakBytes = peak.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 } ?? 0
    }
}
