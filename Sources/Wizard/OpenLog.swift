internal import ControlAPI
internal import Terminal

/// The event log of a migration, open over its page.
struct OpenLog: Sendable, Equatable, Codable {
    let migration: Identifier
    private let title: String
    private(set) var isClosed = false
    private var scroll = LogScroll()

    init(_ migration: LiveMigration) {
        self.migration = migration.id
        title = "Log of \(migration.sourceName) to \(migration.destinationName)"
    }

    mutating func handle(_ key: Key, _ world: World) {
        switch key {
        case .escape, .enter, .character("l"), .character("L"), .character("q"): isClosed = true
        case .character("k"): scroll(.up, world)
        case .character("j"): scroll(.down, world)
        default: scroll(key, world)
        }
    }

    private mutating func scroll(_ key: Key, _ world: World) {
        _ = scroll.handle(key, world.log(of: migration).lines, page: max(1, world.body.rows - 2))
    }

    /// What is to be read of it next.
    mutating func older(_ world: World) -> Command? { scroll.older(of: migration, world) }

    /// Over the full width, so that a new line costs no more than itself.
    func draw(in rect: Rect, _ world: World, on canvas: inout Canvas) {
        canvas.hideCursor()
        canvas.cover(by: title)
        canvas.fill(rect)
        let (head, rest) = rect.top(1)
        canvas.put([Run(" " + title, .title), Run("   times in UTC", .dim)], in: head)
        let log = world.log(of: migration)
        if log.lines.isEmpty { canvas.put(" Nothing was logged yet.", in: rest, .dim) }
        LogView.draw(log, last: scroll.last, now: world.agentNow, in: rest, on: &canvas)
    }

    static let keys = KeyMap([
        .init(.up, .down, label: "Scroll"), .init(.end, label: "Newest"),
        .init(.escape, label: "Close"),
    ])
}
