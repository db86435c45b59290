internal import Glibc

/// What the threads of a process have done since each began, from `/proc`. Threads that have ended are not in it.
package struct ProcessActivity: Sendable, Hashable {
    private struct Thread: Sendable, Hashable {
        let name: String
        var wakeUps: Int
        var nanoseconds: Int
    }

    /// By their numbers.
    private var threads: [String: Thread] = [:]

    /// Time on a processor.
    package var cpuSeconds: Double {
        Double(threads.values.reduce(0) { $0 + $1.nanoseconds }) / 1e9
    }

    /// How often each thread had nothing to do and went on later, by the thread's name.
    package var wakeUpsByThread: [String: Int] {
        Dictionary(threads.values.map { ($0.name, $0.wakeUps) }, uniquingKeysWith: +)
    }

    package var wakeUps: Int { wakeUpsByThread.values.reduce(0, +) }

    /// Nil when there is no such process, or another user's.
    package init?(pid: Int32) {
        let numbers = entries(of: "/proc/\(pid)/task").filter { $0.allSatisfy(\.isNumber) }
        guard !numbers.isEmpty else { return nil }
        for number in numbers {
            let folder = "/proc/\(pid)/task/\(number)"
            // The first field of schedstat; stat(5) counts in hundredths of a second, too coarse for a quiet process.
            let times = readText("\(folder)/schedstat")?.split(separator: " ")
            let name = (readText("\(folder)/comm") ?? "").filter { !$0.isNewline }
            let count = StatusLines(readText("\(folder)/status"))["voluntary_ctxt_switches"] ?? 0
            threads[number] = Thread(
                name: name, wakeUps: count, nanoseconds: times?.first.flatMap { Int($0) } ?? 0)
        }
    }

    /// What the threads that there are have done since an earlier look. Of one that has ended meanwhile nothing is in it.
    package func since(_ earlier: ProcessActivity) -> ProcessActivity {
        var difference = self
        for (number, thread) in earlier.threads {
            difference.threads[number]?.wakeUps -= thread.wakeUps
            difference.threads[number]?.nanoseconds -= thread.nanoseconds
        }
        return difference
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
