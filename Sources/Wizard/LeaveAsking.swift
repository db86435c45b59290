/// Somebody asks to leave, where that is done at the second asking.
struct LeaveAsking: Sendable, Equatable, Codable {
    var uptime: Duration
    /// Number of the line that was being typed; nil on a screen.
    var line: Int?

    /// Whether it comes so soon after the first one that it is the second: while the warning is shown, and where it was
    /// read, with the next line that is typed, however long that takes.
    func confirms(_ first: LeaveAsking) -> Bool {
        if let line, let earlier = first.line { return line - earlier <= 1 }
        return uptime - first.uptime <= Tuning.noteTime
    }
}
