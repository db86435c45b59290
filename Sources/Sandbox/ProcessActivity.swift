internal import Glibc

/// What the threads of a process have done since each began, from `/proc`. Threads that have ended are not in it.
package struct ProcessActivity: Sendable, Hashable {
    /// Time on a processor.
    package let cpuSeconds: Double
    /// How often each thread had nothing to do and went on later, by the thread's name.
    package let wakeUpsByThread: [String: Int]

    package var wakeUps: Int { wakeUpsByThread.values.reduce(0, +) }

    /// Nil when there is no such process, or another user's.
    package init?(pid: Int32) {
        let threads = entries(of: "/proc/\(pid)/task").filter { $0.allSatisfy(\.isNumber) }
        guard !threads.isEmpty else { return nil }
        var nanoseconds = 0
        var waits: [String: Int] = [:]
        for thread in threads {
            let folder = "/proc/\(pid)/task/\(thread)"
            // The first field of schedstat; stat(5) counts in hundredths of a second, too coarse for a quiet process.
            let times = readText("\(folder)/schedstat")?.split(separator: " ")
            nanoseconds += times?.first.flatMap { Int($0) } ?? 0
            let name = (readText("\(folder)/comm") ?? "").filter { !$0.isNewline }
            let count = StatusLines(readText("\(folder)/status"))["voluntary_ctxt_switches"] ?? 0
            waits[name, default: 0] += count
        }
        cpuSeconds = Double(nanoseconds) / 1e9
        wakeUpsByThread = waits
    }
}

/// The memory that a process holds now, in bytes, from `/proc`.
package struct MemoryUse: Sendable, Hashable {
    /// All pages, those of programs and libraries that other processes use too included.
    package let residentBytes: Int
    /// The same with every page divided by the number of processes that have it.
    package let proportionalBytes: Int
    /// Pages that no other process has.
    package let privateBytes: Int
    /// Pages that are not of a file.
    package let anonymousBytes: Int

    /// Nil when there is no such process, or another user's.
    package init?(pid: Int32) {
        let lines = StatusLines(readText("/proc/\(pid)/smaps_rollup"))
        guard let resident = lines["Rss"], let proportional = lines["Pss"] else { return nil }
        residentBytes = resident << 10
        proportionalBytes = proportional << 10
        privateBytes = ((lines["Private_Clean"] ?? 0) + (lines["Private_Dirty"] ?? 0)) << 10
        anonymousBytes = (lines["Anonymous"] ?? 0) << 10
    }
}

/// Lines such as `Rss:   1234 kB`.
private struct StatusLines {
    private let lines: [Substring]

    init(_ text: String?) { lines = text?.split(separator: "\n") ?? [] }

    subscript(_ name: String) -> Int? {
        let line = lines.first { $0.hasPrefix(name + ":") }
        return line.flatMap { Int($0.dropFirst(name.count + 1).filter(\.isNumber)) }
    }
}
