internal import ControlAPI
internal import Terminal

/// An event log, line by line, with times.
struct EventLines: LogLines {
    private let log: EventLog
    /// What the agent's clock shows.
    private let now: Int64?

    init(_ log: EventLog, now: Int64?) {
        self.log = log
        self.now = now
    }

    init(of migration: Identifier, _ world: World) {
        self.init(world.log(of: migration), now: world.agentNow)
    }

    var count: Int { log.lines.count }
    func number(_ index: Int) -> Int { log.lines[index].sequence }
    var hasUnread: Bool { log.hasOlder && log.lines.count < Tuning.keptLogLines }

    /// As it is shown.
    func text(_ index: Int) -> String {
        let line = log.lines[index]
        return Times.time(line.time) + "  " + line.text
    }

    func rows(_ index: Int) -> [[Run]] {
        Self.rows(
            log.lines[index], after: index > 0 ? log.lines[index - 1].time : now,
            lost: log.lost(before: index))
    }

    var older: String? {
        guard !log.lines.isEmpty, log.hasOlder else { return nil }
        return hasUnread ? "reading older lines" : "older lines are not shown here"
    }

    /// A line with its time; above it the day, where that is not the day of the line before, or today for the first, and
    /// how many lines were lost there.
    static func rows(_ line: LogLine, after before: Int64?, lost: Int) -> [[Run]] {
        var rows = [[Run(" " + Times.time(line.time) + "  ", .dim), Run(line.text)]]
        if let before, !Times.isSameDay(before, line.time) {
            rows.insert([Run(" " + Times.day(line.time), .dim)], at: 0)
        }
        if lost > 0 {
            let lines = Figure.counted(lost, "line")
            rows.insert([Run(" \(lines) lost: the store could not be written", .warning)], at: 0)
        }
        return rows
    }
}
