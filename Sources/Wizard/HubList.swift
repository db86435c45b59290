internal import ControlAPI
internal import Terminal

/// What the hub shows, line by line.
struct HubList: ListRows {
    private let hub: MigrationHub
    private let world: World
    private let lines: [Line]

    init(_ hub: MigrationHub, _ world: World) {
        self.hub = hub
        self.world = world
        lines = Self.lines(hub, world)
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

    func draw(_ list: ListView, in body: Rect, on canvas: inout Canvas) {
        guard world.snapshot != nil else {
            canvas.put(" Waiting for the agent ...", in: body, .dim)
            return
        }
        let selected = hub.selected(world)
        let details = details(selected, columns: body.columns - 2)
        // A list that is longer than the page has room leaves two rows for the rest, a shorter one all it does not need.
        let room = max(2, body.rows - 1 - lines.count)
        let (below, above) = body.bottom(1 + max(2, min(details.count, room)))
        list.draw(
            self, cursor: selected.flatMap(index), in: above, foot: below.line(0), on: &canvas)
        draw(details, in: below.top(1).rest, on: &canvas)
    }

    private func draw(_ details: [[Run]], in rect: Rect, on canvas: inout Canvas) {
        for (row, line) in details.prefix(rect.rows).enumerated() {
            canvas.put(line, in: rect.line(row).inset(columns: 1, rows: 0))
        }
        guard details.count > rect.rows else { return }
        let last = rect.line(rect.rows - 1)
        canvas.put(" more: Enter ", in: last, .selection, alignment: .right)
    }

    private static func lines(_ hub: MigrationHub, _ world: World) -> [Line] {
        let migrations = hub.migrations(world).map { Line.migration($0) }
        let cards = world.offers.indices.map { Line.card($0) }
        let clusters = (world.snapshot?.clusters ?? []).indices.map { Line.cluster($0) }
        return (migrations.isEmpty ? [] : [.migrations] + migrations + [.blank])
            + (cards.isEmpty ? [] : [.begin] + cards + [.blank]) + [.clusters]
            + (clusters.isEmpty ? [.noCluster] : clusters)
    }

    private var migrations: [LiveMigration] { world.snapshot?.migrations ?? [] }
    private var clusters: [Cluster] { world.snapshot?.clusters ?? [] }

    // MARK: The rows of the list

    var count: Int { lines.count }
    func isItem(_ index: Int) -> Bool { lines[index].isItem }

    func item(_ index: Int) -> MigrationHub.Item? {
        switch lines[index] {
        case .migration(let index): .migration(migrations[index].id)
        case .cluster(let index): .cluster(clusters[index].id)
        case .card(let index): .card(world.flows[index].id)
        case .blank, .migrations, .begin, .clusters, .noCluster: nil
        }
    }

    func index(of item: MigrationHub.Item) -> Int? {
        let line: Line? =
            switch item {
            case .migration(let id): migrations.lastIndex { $0.id == id }.map { .migration($0) }
            case .card(let id): world.flows.firstIndex { $0.id == id }.map { .card($0) }
            case .cluster(let id): clusters.firstIndex { $0.id == id }.map { .cluster($0) }
            }
        return lines.firstIndex { $0 == line }
    }

    func identity(_ index: Int) -> String? {
        switch lines[index] {
        case .migration(let index): "migration \(migrations[index].id)"
        case .cluster(let index): "cluster \(clusters[index].id)"
        case .card(let index): world.flows[index].card.title
        case .blank, .migrations, .begin, .clusters, .noCluster: nil
        }
    }

    /// Also what its row has no room for.
    func text(_ index: Int) -> String {
        switch lines[index] {
        case .migration(let index):
            let migration = migrations[index]
            return [
                migration.sourceName, migration.destinationName, phase(migration),
                migration.id.text,
            ].joined(separator: " ")
        case .cluster(let index):
            return [clusters[index].name, place(clusters[index]), clusters[index].connectionString]
                .joined(separator: " ")
        case .card(let index): return world.flows[index].card.title
        case .blank, .migrations, .begin, .clusters, .noCluster: return ""
        }
    }

    func runs(_ index: Int, columns: Int, _ glyphs: Glyphs) -> [Run] {
        runs(lines[index], columns, glyphs)
    }

    private func runs(_ line: Line, _ columns: Int, _ glyphs: Glyphs) -> [Run] {
        switch line {
        case .blank: []
        case .migrations:
            [" "] + Self.table(columns).head(.label, columns: columns - 2, glyphs)
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

    /// Of the migrations. Names come before the lag where there is no room for both.
    private static func table(_ columns: Int) -> Table {
        let isNarrow = columns < 72
        return Table(
            [.init("Migrations"), .init("", width: 17)] + (isNarrow ? [] : [.init("Lag", width: 8)])
                + [.init("Left or ended", width: 14)])
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
        let table = Self.table(columns)
        let cells = [name, phase(migration)] + (table.columns.count > 3 ? [lag] : []) + [left]
        return [" "] + table.row(cells.map { Run($0, style) }, columns: columns - 2, glyphs)
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
        let facts = [cluster.facts?.version, cluster.facts?.dataBytes.map { Figure.bytes($0) }]
        let state =
            cluster.trouble == nil
            ? Run(facts.compactMap(\.self).joined(separator: "  "), .dim)
            : Run("! not reached", .warning)
        let side = Table.Column("", width: (columns - 4) / 3)
        return ["  "]
            + Table([side, side, .init()]).row(
                [Run(cluster.name), Run(place(cluster)), state], columns: columns - 2, glyphs)
    }

    /// Its organization and its project.
    private func place(_ cluster: Cluster) -> String {
        let snapshot = world.snapshot
        let project = snapshot?.projects.first { $0.id == cluster.project }
        let organization = snapshot?.organizations.first { $0.id == project?.organization }
        return [organization?.name, project?.name].compactMap(\.self).joined(separator: " / ")
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
        if migration.isCutoverInDoubt, !migration.phase.isFinal {
            return [Run(Words.cutoverInDoubt, .warning)]
        }
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
