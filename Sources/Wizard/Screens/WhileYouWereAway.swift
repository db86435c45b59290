package import ControlAPI
package import Terminal

/// *While you were away*: what has happened since the wizard was left, from the event logs.
package struct WhileYouWereAway: Screen {
    private let since: Int64
    private let migrations: [Identifier]
    private var readers: [Identifier: LogReader] = [:]
    private var offset = 0

    /// Nil where nothing can have happened: there was no migration, or nobody was away for long.
    init?(since: Int64, _ world: World) {
        guard let now = world.agentNow, now - since >= Tuning.shortAbsence else { return nil }
        self.since = since
        migrations = (world.snapshot?.migrations ?? []).filter { ($0.endedAt ?? now) > since }
            .map(\.id)
        if migrations.isEmpty { return nil }
    }

    package func title(_ world: World) -> String { "While you were away" }

    package func subject(_ world: World) -> Identifier? { migrations.last }

    package func keys(_ world: World) -> KeyMap {
        let isLonger = block(world, .ascii).isLonger(than: textSize(world))
        return KeyMap([
            .init(.enter, .escape, label: "Go on"),
            .init(.up, .down, label: "Scroll", reason: isLonger ? nil : "all of it is seen"),
        ])
    }

    private func textSize(_ world: World) -> Size {
        Rect(world.body).inset(columns: 1, rows: 0).size
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        switch key {
        case .enter, .escape: return [.back]
        default:
            var block = block(world, .ascii)
            block.offset = offset
            guard block.handle(key, in: textSize(world)) else { break }
            offset = block.offset
        }
        return []
    }

    package mutating func update(_ world: World) -> [Action] {
        migrations.filter { isToBeRead($0, world) }.compactMap {
            readers[$0, default: LogReader()].older(of: $0, world).map { .perform($0) }
        }
    }

    /// Whether something that happened meanwhile is missing, and is told here.
    private func isToBeRead(_ id: Identifier, _ world: World) -> Bool {
        let lines = world.log(of: id).lines
        guard let first = lines.first else { return true }
        return first.time > since && lines.count < Tuning.awayLines
    }

    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        var block = block(world, canvas.glyphs)
        block.offset = offset
        let text = body.inset(columns: 1, rows: 0)
        block.draw(in: text, on: &canvas)
        canvas.offerScrolling(in: text)
        let hidden = block.hiddenRows(below: text)
        guard hidden > 0 else { return }
        let more = " \(hidden) more \(canvas.glyphs.arrowDown) "
        canvas.put(more, in: body.line(body.rows - 1), .selection, alignment: .right)
    }

    private func block(_ world: World, _ glyphs: Glyphs) -> TextBlock {
        TextBlock(Array(lines(world, glyphs).joined(separator: ["\n"])))
    }

    private func lines(_ world: World, _ glyphs: Glyphs) -> [[Run]] {
        var lines: [[Run]] = [[Run("Since \(Times.date(since)):", .dim)]]
        if let agent = world.snapshot?.agent, agent.startedAt > since {
            lines.append([
                Run("The agent was started again at \(Times.date(agent.startedAt)).", .warning)
            ])
        }
        for migration in migrations.compactMap(world.migration) {
            lines.append([])
            lines.append(heading(migration, world, glyphs))
            let log = world.log(of: migration.id)
            let news = log.lines.indices.filter { log.lines[$0].time > since }
                .suffix(Tuning.awayLines)
            if news.isEmpty { lines.append([Run("  nothing was logged", .dim)]) }
            if let first = news.first, isFurtherBack(than: first, in: log) {
                let earlier = "  What was logged before that is in its log, on its page."
                lines.append([Run(earlier, .dim)])
            }
            for index in news {
                let isFirst = index == news.first
                let rows = EventLines.rows(
                    log.lines[index], after: isFirst ? world.agentNow : log.lines[index - 1].time,
                    lost: isFirst ? 0 : log.lost(before: index))
                lines += rows.map { [Run(" ")] + $0 }
            }
        }
        return lines
    }

    /// Whether there are lines of the time before that are not told.
    private func isFurtherBack(than index: Int, in log: EventLog) -> Bool {
        index > 0 ? log.lines[index - 1].time > since : log.hasOlder
    }

    private func heading(
        _ migration: LiveMigration, _ world: World, _ glyphs: Glyphs
    ) -> [Run] {
        var runs = [
            Run(
                migration.way(glyphs), .label),
            Run("   \(migration.phase.words) now"),
        ]
        if let left = world.timeLeft(migration), !migration.phase.isFinal {
            runs.append(Run("   \(Countdown.text(left)) \(world.flow(of: migration).timer.left)"))
        }
        return runs
    }
}
