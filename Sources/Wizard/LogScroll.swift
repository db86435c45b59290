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

    /// Lines that a page key moves by on the page of a migration.
    func page(_ key: Key, of id: Identifier, _ world: World) -> Int {
        guard world.isPlain else { return EventLines.page }
        return pane.spokenPage(
            key, EventLines(of: id, world), in: Size(world.body.columns, Tuning.plainLogLines))
    }

    /// To be asked after every key, and when the log has changed.
    mutating func older(of id: Identifier, _ world: World) -> Command? {
        let end = pane.end(EventLines(of: id, world))
        guard pane.isLooking || end <= Tuning.logAhead else { return nil }
        return reader.older(of: id, world)
    }
}
