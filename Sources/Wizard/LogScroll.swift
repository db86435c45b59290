internal import ControlAPI
internal import Terminal

/// Asks for older lines of an event log, for the same ones once.
struct LogReader: Sendable, Equatable, Codable {
    /// The first line that was here then; above all others where there was none.
    private var asked: Int?

    /// Asks for the lines before those that are here; nil where there are none, or they are on their way.
    mutating func older(of id: Identifier, _ world: World) -> Command? {
        let first = world.logs[id]?.first?.sequence ?? .max
        guard asked != first, let command = world.olderLines(of: id) else { return nil }
        asked = first
        return command
    }

    /// The answer may not have come.
    mutating func askAgain() { asked = nil }
}

/// Where an event log is looked at. As its first lines come near, those before them are asked for.
struct LogScroll: Sendable, Equatable, Codable {
    /// The number of the last line that is shown; nil follows the log.
    private(set) var last: Int?
    private var reader = LogReader()

    var isFollowing: Bool { last == nil }

    /// Answers a key; false where it is none of these. `page`: how many lines a page has.
    mutating func handle(_ key: Key, _ lines: [LogLine], page: Int) -> Bool {
        let end = LogView.end(of: lines, last: last)
        let target: Int
        switch key {
        case .up: target = end - 1
        case .down: target = end + 1
        case .pageUp: target = end - page
        case .pageDown: target = end + page
        case .home: target = 1
        case .end: target = lines.count
        default: return false
        }
        let isNewest = lines.isEmpty || target >= lines.count
        last = isNewest ? nil : lines[max(1, target) - 1].sequence
        if target < 1 { reader.askAgain() }
        return true
    }

    /// To be asked after every key, and when the log has changed.
    mutating func older(of id: Identifier, _ world: World) -> Command? {
        guard LogView.end(of: world.logs[id] ?? [], last: last) <= Tuning.logAhead else {
            return nil
        }
        return reader.older(of: id, world)
    }
}
