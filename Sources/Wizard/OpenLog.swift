internal import ControlAPI
internal import Terminal

/// The event log of a migration, open over its page.
struct OpenLog: Sendable, Equatable, Codable {
    let migration: Identifier
    private let title: String
    private(set) var isClosed = false
    private var pane = LogPane()
    /// Of the last line in the pane.
    private var last = 0
    private var first = 0
    /// The time of that line.
    private var lastTime: Int64?

    init(_ migration: LiveMigration, _ world: World) {
        self.migration = migration.id
        title = "Log of \(migration.sourceName) to \(migration.destinationName)"
        update(world)
    }

    /// Takes in what has come since.
    mutating func update(_ world: World) {
        let lines = world.logs[migration] ?? []
        if let oldest = lines.first?.sequence, oldest < first || pane.lines.isEmpty {
            // Lines have come that belong before the others.
            pane = LogPane()
            (first, last, lastTime) = (oldest, 0, world.agentNow)
        }
        for line in lines where line.sequence > last {
            for row in LogView.rows(line, after: lastTime) { pane.append(row) }
            (last, lastTime) = (line.sequence, line.time)
        }
    }

    mutating func handle(_ key: Key) {
        switch key {
        case .escape, .enter, .character("l"), .character("L"), .character("q"): isClosed = true
        default: _ = pane.handle(key)
        }
    }

    /// Over the full width, so that a new line costs no more than itself.
    func draw(in rect: Rect, on canvas: inout Canvas) {
        canvas.hideCursor()
        canvas.fill(rect)
        let (head, rest) = rect.top(1)
        canvas.put([Run(" " + title, .title), Run("   times in UTC", .dim)], in: head)
        if pane.lines.isEmpty { canvas.put(" Nothing was logged yet.", in: rest, .dim) }
        pane.draw(in: rest, isFocused: true, on: &canvas)
    }

    static let keys = KeyMap([
        .init(.up, .down, label: "Scroll"), .init(.end, label: "Newest"),
        .init(.escape, label: "Close"),
    ])
}
