internal import ControlAPI
internal import Terminal

/// What the hub shows, line by line; the line of the cursor is always to be seen.
struct HubList {
    private let hub: MigrationHub
    private let world: World

    init(_ hub: MigrationHub, _ world: World) {
        self.hub = hub
        self.world = world
    }

    /// What a line shows; its text is made only where it is to be seen.
    private enum Line: Equatable {
        case blank, migrations, begin, clusters, noCluster
        /// A place among the flows.
        case card(Int)
        /// A place in the snapshot.
        case migration(Int)
        case cluster(Int)

        var isItem: Bool {
            switch self {
            case .card, .migration, .cluster: true
            case .blank, .migrations, .begin, .clusters, .noCluster: false
            }
        }
    }

    func draw(in body: Rect, on canvas: inout Canvas) {
        guard world.snapshot != nil else {
            canvas.put(" Waiting for the agent ...", in: body, .dim)
            return
        }
        let selected = hub.selected(world)
        let lines = lines
        let details = details(selected, columns: body.columns - 2)
        // A list that is longer than the page has room leaves two rows for the rest, a shorter one all it does not need.
        let room = max(2, body.rows - 1 - lines.count)
        let (below, above) = body.bottom(1 + max(2, min(details.count, room)))
        let current = selected.flatMap { line(of: $0) }
        let cursor = lines.firstIndex { $0 == current } ?? 0
        // The headline of a part is seen with its first item.
        let first = max(0, min(max(0, cursor - above.rows + 2), lines.count - above.rows))
        canvas.offerScrolling(in: above)
        var steps =
            lines.prefix(first).count(where: \.isItem) - lines.prefix(cursor).count(where: \.isItem)
        for (row, line) in lines.dropFirst(first).prefix(above.rows).enumerated() {
            canvas.put(runs(line, above.columns, canvas.glyphs), in: above.line(row))
            if line.isItem {
                canvas.offer(
                    steps == 0 ? [.enter] : .moving(steps), in: above.line(row),
                    as: identity(line))
                steps += 1
            }
            if line == current {
                canvas.put(canvas.glyphs.current, at: above.line(row).origin)
                canvas.restyle(above.line(row), .selection)
            }
        }
        drawHidden(lines, first, above.rows, in: below.line(0), on: &canvas)
        draw(details, in: below.top(1).rest, on: &canvas)
    }

    /// How many items are above and below those that are shown.
    private func drawHidden(
        _ lines: [Line], _ first: Int, _ rows: Int, in rect: Rect, on canvas: inout Canvas
    ) {
        let parts = [
            (lines.prefix(first), canvas.glyphs.arrowUp),
            (lines.dropFirst(first + rows), canvas.glyphs.arrowDown),
        ]
        let hidden = parts.map { ($0.count(where: \.isItem), $1) }.filter { $0.0 > 0 }
        guard !hidden.isEmpty else { return }
        let text = hidden.map { "\($0) more \($1)" }.joined(separator: "  ")
        canvas.put(" \(text) ", in: rect, .selection, alignment: .right)
    }

    private func draw(_ details: [[Run]], in rect: Rect, on canvas: inout Canvas) {
        for (row, line) in details.prefix(rect.rows).enumerated() {
            canvas.put(line, in: rect.line(row).inset(columns: 1, rows: 0))
        }
        guard details.count > rect.rows else { return }
        let last = rect.line(rect.rows - 1)
        canvas.put(" more: Enter ", in: last, .selection, alignment: .right)
    }

    private var lines: [Line] {
        let migrations = hub.migrations(world).map { Line.migration($0) }
        let cards = world.offers.indices.map { Line.card($0) }
        let clusters = clusters.indices.map { Line.cluster($0) }
        return (migrations.isEmpty ? [] : [.migrations] + migrations + [.blank])
            + (cards.isEmpty ? [] : [.begin] + cards + [.blank]) + [.clusters]
            + (clusters.isEmpty ? [.noCluster] : clusters)
    }

    private var migrations: [LiveMigration] { world.snapshot?.migrations ?? [] }
    private var clusters: [Cluster] { world.snapshot?.clusters ?? [] }

    private func line(of item: MigrationHub.Item) -> Line? {
        switch item {
        case .migration(let id): migrations.lastIndex { $0.id == id }.map { .migration($0) }
        case .card(let id): world.flows.firstIndex { $0.id == id }.map { .card($0) }
        case .cluster(let id): clusters.firstIndex { $0.id == id }.map { .cluster($0) }
        }
    }

    private func identity(_ line: Line) -> String? {
        switch line {
        case .migration(let index): "migration \(migrations[index].id)"
        case .cluster(let index): "cluster \(clusters[index].id)"
        case .card(let index): world.flows[index].card.title
        case .blank, .migrations, .begin, .clusters, .noCluster: nil
        }
    }

    private func runs(_ line: Line, _ columns: Int, _ glyphs: Glyphs) -> [Run] {
        switch line {
        case .blank: []
        case .migrations: row(["Migrations", "", "Lag", "Left or ended"], columns, .label, glyphs)
        case .migration(let index): row(migrations[index], columns, glyphs)
        case .begin: [Run(" Begin", .label)]
        case .card(let index):
            [
                Run("  " + world.flows[index].card.title, Style(.accent, .bold)),
                Run("   " + world.flows[index].card.text, .dim),
            ]
        case .clusters: [Run(" Clusters", .label)]
        case .noCluster:
            [
                Run(
                    world.isReadOnly
                        ? "  None yet." : "  None yet. A migration needs two: a adds one.",
                    .dim)
            ]
        case .cluster(let index): row(clusters[index], columns, glyphs)
        }
    }

    // MARK: Rows

    private func row(
        _ texts: [String], _ columns: Int, _ style: Style, _ glyphs: Glyphs
    ) -> [Run] {
        // Names come before the lag where there is no room for both.
        let isNarrow = columns < 72
        let widths = isNarrow ? [columns - 35, 17, 0, 14] : [columns - 44, 17, 8, 14]
        let cells = zip(texts, widths).filter { $1 > 0 }.map {
            Text.padded($0, to: $1, ellipsis: glyphs.ellipsis)
        }
        return [Run(" " + cells.joined(separator: " "), style)]
    }

    private func row(_ migration: LiveMigration, _ columns: Int, _ glyphs: Glyphs) -> [Run] {
        let name = " " + migration.way(glyphs)
        let left: String =
            if let endedAt = migration.endedAt, let now = world.agentNow {
                now - endedAt < 60_000
                    ? "just now" : Times.span(milliseconds: now - endedAt) + " ago"
            } else {
                Countdown(world.timeLeft(migration)).text
            }
        let lag = migration.phase.isFinal ? "" : Times.clock(migration.figures.lagSeconds)
        let style: Style =
            switch migration.phase {
            case .failed, .expired: .error
            case .cancelled, .complete: .dim
            case .inSync: .ok
            default: .text
            }
        return row([name, phase(migration), lag, left], columns, style, glyphs)
    }

    private func phase(_ migration: LiveMigration) -> String {
        switch migration.phase {
        case .inSync where migration.cutover.isReady:
            return world.flow(of: migration).migrating.isReady
        case .copying:
            return migration.copiedFraction.map { "copying \(Figure.percent($0))" } ?? "copying"
        default: return migration.phase.words
        }
    }

    private func row(_ cluster: Cluster, _ columns: Int, _ glyphs: Glyphs) -> [Run] {
        let snapshot = world.snapshot
        let project = snapshot?.projects.first { $0.id == cluster.project }
        let organization = snapshot?.organizations.first { $0.id == project?.organization }
        let place = [organization?.name, project?.name].compactMap(\.self).joined(separator: " / ")
        let half = (columns - 4) / 3
        let start = [cluster.name, place]
            .map { Text.padded($0, to: half, ellipsis: glyphs.ellipsis) + " " }.joined()
        if cluster.trouble != nil { return [Run("  " + start), Run("! not reached", .warning)] }
        let facts = [cluster.facts?.version, cluster.facts?.dataBytes.map { Figure.bytes($0) }]
        return [Run("  " + start), Run(facts.compactMap(\.self).joined(separator: "  "), .dim)]
    }

    // MARK: What is known of the item under the cursor

    private func details(_ item: MigrationHub.Item?, columns: Int) -> [[Run]] {
        switch item {
        case .migration(let id):
            world.migration(id).map { Text.wrapped(details($0), to: columns) } ?? []
        case .cluster(let id): world.cluster(id).map { details($0, columns: columns) } ?? []
        case .card, nil: []
        }
    }

    private func details(_ migration: LiveMigration) -> [Run] {
        if let error = migration.error { return [Run(Words.error(error), .error)] }
        if let long = CutoverView.longCutover(migration, world) { return [Run(long, .warning)] }
        if !migration.waitingFor.isEmpty { return [Run(Words.waiting(migration), .warning)] }
        let driver = migration.driver.flatMap { $0.wizard == world.me.wizard ? nil : $0.name }
        return [
            Run(
                [migration.message, driver.map { "Driven by \($0)." } ?? ""]
                    .filter { !$0.isEmpty }.joined(separator: "  "), .dim)
        ]
    }

    /// What is known, as many words to a line as fit; a figure is never broken.
    private func details(_ cluster: Cluster, columns: Int) -> [[Run]] {
        if let trouble = cluster.trouble {
            return Text.wrapped([Run(Words.error(trouble), .warning)], to: columns)
        }
        let facts = cluster.facts
        let members = facts?.members.count ?? 0
        let parts = [
            facts?.replicaSet.map { "replica set \($0)" },
            members > 0 ? Figure.counted(members, "member") : nil,
            facts?.collections.map { Figure.counted($0, "collection") },
            facts?.oplogWindowSeconds.map { "oplog \(Times.span(Double($0)))" },
        ]
        let address = Text.wrapped([Run(cluster.connectionString, .dim)], to: columns)
        var lines = address.map { $0.map(\.text).joined() }
        for part in parts.compactMap(\.self) {
            if let last = lines.last, Width.of(last + "  " + part) <= columns {
                lines[lines.count - 1] = last + "  " + part
            } else {
                lines.append(part)
            }
        }
        return lines.map { [Run($0, .dim)] }
    }
}
