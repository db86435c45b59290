internal import ControlAPI
internal import Terminal

/// Asks for older lines of an event log: for the same ones once, unless that was refused.
struct LogReader: Sendable, Equatable, Codable {
    private struct Question: Sendable, Equatable, Codable {
        var unread: Int
        var refusals: Int
        var missed: Int
    }

    private var asked: Question?

    /// Asks for the lines before those that are here; nil where there are none, or they are on their way.
    mutating func older(of id: Identifier, _ world: World) -> Command? {
        let log = world.log(of: id)
        let question = Question(
            unread: log.unread, refusals: log.refusals, missed: world.missed)
        guard asked != question, !log.isRefused(at: world.moment), let command = log.older(of: id)
        else { return nil }
        asked = question
        return command
    }
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
        return true
    }

    /// To be asked after every key, and when the log has changed.
    mutating func older(of id: Identifier, _ world: World) -> Command? {
        guard LogView.end(of: world.log(of: id).lines, last: last) <= Tuning.logAhead else {
            return nil
        }
        return reader.older(of: id, world)
    }
}
