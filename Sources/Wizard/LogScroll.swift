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

/// Where an event log is looked at. As its first lines come near, or the search has come to them, those before them are
/// asked for.
struct LogScroll: Sendable, Equatable, Codable {
    var pane = LogPane()
    private var reader = LogReader()

    /// Answers a key that scrolls on the page of a migration; false for all others. `rows`: those of the log where it is
    /// seen.
    mutating func scroll(_ key: Key, of id: Identifier, _ world: World, rows: Int) -> Bool {
        let lines = EventLines(of: id, world)
        guard world.isPlain else {
            return pane.scroll(key, lines, page: max(1, rows - 1), rows: rows)
        }
        let size = Size(world.body.columns, Tuning.plainLogLines)
        return pane.scroll(key, lines, page: pane.spokenPage(key, lines, in: size))
    }

    /// Whether no key scrolls there.
    func isWhole(of id: Identifier, _ world: World, rows: Int) -> Bool {
        pane.isWhole(EventLines(of: id, world), rows: world.isPlain ? 1 : rows)
    }

    /// To be asked after every key, and when the log has changed.
    mutating func older(of id: Identifier, _ world: World) -> Command? {
        let first = pane.end(EventLines(of: id, world)) - world.body.rows
        guard pane.isLooking || first <= Tuning.logAhead else { return nil }
        return reader.older(of: id, world)
    }
}
