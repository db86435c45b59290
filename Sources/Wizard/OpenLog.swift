internal import ControlAPI
internal import Terminal

/// The event log of a migration, open over its page. What is searched is looked for in all of it, as far back as lines are
/// kept.
struct OpenLog: Sendable, Equatable, Codable {
    let migration: Identifier
    private let title: String
    private(set) var isClosed = false
    private var scroll = LogScroll()

    init(_ migration: LiveMigration) {
        self.migration = migration.id
        title = "Log of \(migration.sourceName) to \(migration.destinationName)"
    }

    private var search: Search { scroll.pane.search }

    mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if search.isTyping {
            look(key, world)
            return []
        }
        switch key {
        case .character("l"), .character("L"), .character("q"): isClosed = true
        case .escape where !search.isActive, .enter where !search.isActive: isClosed = true
        case .enter: look(.character("n"), world)
        case .character("k"): look(.up, world)
        case .character("j"): look(.down, world)
        case .character("y"): return found(world)?.actions ?? []
        default: look(key, world)
        }
        return []
    }

    private mutating func look(_ key: Key, _ world: World) {
        let rows = world.isPlain ? 1 : world.body.rows - (search.isActive ? 2 : 1)
        _ = scroll.pane.handle(key, lines(world), page: page(key, world), rows: rows)
    }

    /// The line that was found.
    private func found(_ world: World) -> Copied? {
        let lines = lines(world)
        return scroll.pane.found(in: lines).map { Copied("line", lines.text($0)) }
    }

    private func lines(_ world: World) -> EventLines { EventLines(of: migration, world) }
    private func page(_ world: World) -> Int { max(1, world.body.rows - 2) }

    private func page(_ key: Key, _ world: World) -> Int {
        guard world.isPlain else { return page(world) }
        let (lines, size) = (lines(world), world.body)
        let foot = scroll.pane.spokenSearchRows(lines, columns: size.columns)
        return scroll.pane.spokenPage(
            key, lines, in: Size(size.columns, max(1, size.rows - 1 - foot)))
    }

    /// What is to be read of it next.
    mutating func older(_ world: World) -> Command? {
        scroll.pane.lookOn(lines(world), page: page(world))
        return scroll.older(of: migration, world)
    }

    /// Over the full width, so that a new line costs no more than itself.
    func draw(in rect: Rect, _ world: World, on canvas: inout Canvas) {
        canvas.hideCursor()
        canvas.cover(by: title)
        canvas.fill(rect)
        let (head, rest) = rect.top(1)
        canvas.put([Run(" " + title, .title), Run("   times in UTC", .dim)], in: head)
        let lines = lines(world)
        let (foot, body) = rest.bottom(
            canvas.isPlain
                ? scroll.pane.spokenSearchRows(lines, columns: rest.columns)
                : search.isActive ? 1 : 0)
        if lines.count == 0 { canvas.put(" Nothing was logged yet.", in: body, .dim) }
        scroll.pane.draw(lines, in: body, foot: foot, on: &canvas)
    }

    func keys(_ world: World) -> KeyMap {
        var keys = search.keys(next: "Older match", previous: "Newer match")
        if !search.isTyping {
            keys.bindings += [found(world)?.binding].compactMap(\.self)
            keys.bindings += [
                .init(.up, .down, label: "Scroll"), .init(.end, label: "Newest"),
            ]
        }
        if !search.isActive { keys.bindings.append(.init(.escape, label: "Close")) }
        return keys
    }
}
