internal import ControlAPI
internal import Terminal

/// What is known of a migration's event log. No line that there is is left out between two others: where a number is
/// missing its line was lost, as one is that cannot be written to a full disk.
package struct EventLog: Sendable, Equatable, Codable {
    /// Oldest first.
    private(set) var lines: [LogLine] = []
    /// Up to this number there may be lines that were not read; 0 where all were.
    private(set) var unread = Int.max
    /// How often reading them was refused since it was done last, and the uptime of the last time.
    private(set) var refusals = 0
    private var refusedAt: Duration?

    var hasOlder: Bool { unread > 0 }

    /// How many lines were lost before the one at this index.
    func lost(before index: Int) -> Int {
        let first = index > 0 ? lines[index - 1].sequence : unread
        return max(0, lines[index].sequence - first - 1)
    }

    /// Adds a line that was just written. Older ones are dropped for it, but where somebody has had them read.
    mutating func add(_ line: LogLine) {
        if let last = lines.last?.sequence, line.sequence <= last {
            let known = lines.lastIndex { $0.sequence == line.sequence }
            guard let known, lines[known] != line else { return }
            // An agent that could not write down its last lines, and ended, goes on with the numbers that it has.
            lines.removeSubrange(known...)
        }
        // Where some were not heard, what was known before them can be read again.
        guard let last = lines.last?.sequence, line.sequence == last + 1 else {
            (lines, unread) = ([line], line.sequence - 1)
            return
        }
        let most = lines.count <= Tuning.logLines ? Tuning.logLines : Tuning.keptLogLines
        lines.append(line)
        drop(to: most)
    }

    /// Adds the answer to `older`; nothing where that is not what is missing any more.
    mutating func add(_ read: [LogLine], after: Int?) {
        (refusals, refusedAt) = (0, nil)
        let end = after.map { $0 + Tuning.logLines } ?? read.last?.sequence ?? 0
        guard unread == .max || (after ?? 0) < unread && end >= unread else { return }
        lines = read.filter { $0.sequence <= unread } + lines
        let isBeginning = after == nil && read.count < Tuning.logLines
        unread = after ?? (isBeginning ? 0 : (read.first?.sequence ?? 1) - 1)
        drop(to: Tuning.keptLogLines)
    }

    private mutating func drop(to most: Int) {
        guard lines.count > most else { return }
        lines.removeFirst(lines.count - most)
        unread = lines[0].sequence - 1
    }

    /// Asks for the lines before those that are here; nil where there are none, or no more are kept.
    func older(of id: Identifier) -> Command? {
        guard hasOlder, lines.count < Tuning.keptLogLines else { return nil }
        // A line that is written meanwhile may push one out: the answer holds more than is missing now.
        return .readLog(
            id, after: unread == .max ? nil : max(0, unread - Tuning.logLines + Tuning.logAhead))
    }

    mutating func noteRefusal(at uptime: Duration) {
        refusals += 1
        refusedAt = uptime
    }

    /// Whether that was refused so lately that asking again would only be refused again.
    func isRefused(at moment: Moment) -> Bool {
        refusedAt.map { moment.isWithin(Tuning.readAgain, of: $0) } ?? false
    }
}
