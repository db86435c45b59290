internal import ControlAPI
internal import Terminal

/// Where the parts of *Set up Migration* stand: the source on the left, the destination on the right, the settings
/// below. Where all has no room, the part with the focus is in sight.
struct SetUpForm {
    typealias Part = SetUpMigration.Part

    /// Of every part but the buttons.
    private(set) var places: [Part: Rect] = [:]
    /// How many rows do not fit below.
    private(set) var rowsBelow = 0
    private let texts: Flow.SetUp
    private let columns: Int
    private let side: Int
    private let source: [[Run]]
    private let destination: [[Run]]
    private var origin = Point(0, 0)
    private var gap = 0

    private static let gutter = 2

    /// Whether the destination stands below the source, for who reads line by line.
    private let isStacked: Bool

    init(
        _ page: SetUpMigration, _ world: World, columns: Int, _ glyphs: Glyphs, isStacked: Bool
    ) {
        texts = page.flow(world).setUp
        self.columns = columns
        self.isStacked = isStacked
        side = isStacked ? columns : min(Tuning.sideColumns, (columns - Self.gutter) / 2)
        source = page.facts(
            page.draft.source.cluster(in: world), isDestination: false, columns: side, world,
            glyphs)
        destination = page.facts(
            page.draft.destination.cluster(in: world), isDestination: true, columns: side, world,
            glyphs)
    }

    static func fieldColumns(_ texts: Flow.SetUp, side: Int) -> Int { side - texts.labelColumns }

    private var factRows: Int { max(1, source.count, destination.count) }
    /// The row of the destination's heading.
    private var destinationRow: Int { isStacked ? 4 + source.count : 0 }
    private var settingsRow: Int { destinationRow + 4 + factRows + gap }
    /// How many it takes at least.
    var rows: Int { settingsRow + 1 + settings.count }

    private var settings: [Part] { texts.fields.map(\.part).filter { $0.row == nil } }

    mutating func place(in area: Rect, focused: Part?) {
        gap = rows < area.rows ? 1 : 0
        origin = area.origin
        setPlaces()
        let last = focused.flatMap { places[$0] }.map { $0.row - area.row } ?? 0
        // A cluster is seen with its facts.
        let isCluster = focused == .sourceCluster || focused == .destinationCluster
        let wanted = focused == .back || focused == .next ? rows - 1 : last
        let end = isCluster ? min(wanted + factRows, area.rows - 1 + wanted) : wanted
        let hidden = max(0, min(end - area.rows + 1, wanted))
        origin.row -= hidden
        setPlaces()
        rowsBelow = max(0, rows - hidden - area.rows)
    }

    private mutating func setPlaces() {
        places = [:]
        for part in texts.fields.map(\.part) {
            guard let row = part.row else { continue }
            places[part] = Rect(
                column(of: part) + texts.labelColumns, self.row(row, of: part),
                Self.fieldColumns(texts, side: side), 1)
        }
        for (row, part) in settings.enumerated() { places[part] = line(settingsRow + 1 + row) }
    }

    private var destinationColumn: Int {
        isStacked ? origin.column : origin.column + side + Self.gutter
    }

    private func row(_ row: Int, of part: Part) -> Int {
        origin.row + row + (part.isDestination ? destinationRow : 0)
    }

    private func column(of part: Part) -> Int {
        part.isDestination ? destinationColumn : origin.column
    }

    private func line(_ row: Int) -> Rect { Rect(origin.column, origin.row + row, columns, 1) }

    // MARK: Drawing

    func draw(_ page: SetUpMigration, _ world: World, on canvas: inout Canvas) {
        let headings = [texts.source, texts.destination]
        let isNarrow = headings.contains { Width.of($0.long) > side }
        let corners = [
            origin, Point(destinationColumn, origin.row + destinationRow),
        ]
        for (corner, heading) in zip(corners, headings) {
            canvas.put(isNarrow ? heading.short : heading.long, at: corner, .title)
        }
        for field in texts.fields {
            guard let row = field.part.row else { continue }
            canvas.put(
                field.label, at: Point(column(of: field.part), self.row(row, of: field.part)),
                .label)
        }
        let name = world.organizations.first { $0.id == page.organization }?.name
        let place = Point(destinationColumn, corners[1].row + 1)
        canvas.put(texts.organization, at: place, .label)
        let start = texts.labelColumns + 2
        canvas.put(
            name ?? Figure.unknown, in: Rect(place.column + start, place.row, side - start, 1))
        for (corner, lines) in zip(corners, [source, destination]) {
            for (row, line) in lines.enumerated() {
                canvas.put(line, in: Rect(corner.column, corner.row + 4 + row, side, 1))
            }
        }
        drawLists(page, world, on: &canvas)
        drawSettings(page, world, on: &canvas)
    }

    private func drawLists(_ page: SetUpMigration, _ world: World, on canvas: inout Canvas) {
        for (part, place) in places {
            let isFocused = page.focus.isFocused(part)
            let list = isFocused ? page.open ?? page.list(part, world) : page.list(part, world)
            guard let list else { continue }
            list.draw(in: place, isFocused: isFocused && page.clearing == nil, &canvas)
            canvas.offer(page.focus, part, then: .enter, in: place)
        }
    }

    private func drawSettings(_ page: SetUpMigration, _ world: World, on canvas: inout Canvas) {
        if !settings.isEmpty { canvas.put(texts.settings, in: line(settingsRow), .title) }
        for part in settings {
            guard let place = places[part], let label = texts.label(part) else { continue }
            let isFocused = page.focus.isFocused(part)
            canvas.offer(page.focus, part, then: .space, in: place, as: label)
            if part == .loadLevel {
                drawLoadLevel(
                    label, page.draft.loadLevel(world), in: place, isFocused: isFocused, on: &canvas
                )
            } else {
                let isOn =
                    part == .verify
                    ? page.draft.verifies(world) : page.draft.clearConfirmedName != nil
                CheckBox(label, isOn: isOn).draw(in: place, isFocused: isFocused, on: &canvas)
            }
        }
    }

    private func drawLoadLevel(
        _ label: String, _ level: Int, in line: Rect, isFocused: Bool, on canvas: inout Canvas
    ) {
        let value = Words.loadLevel(level)
        let end = canvas.put(label + "  ", at: line.origin, .label)
        canvas.put(value, at: Point(end, line.row), isFocused ? .selection : .text)
        if isFocused { canvas.showCursor(at: Point(end, line.row)) }
    }
}

extension Flow.SetUp {
    /// Of the fields of the clusters, with the space behind.
    fileprivate var labelColumns: Int {
        let labels = fields.filter { $0.part.row != nil }.map(\.label) + [organization]
        return 1 + (labels.map { Width.of($0) }.max() ?? 0)
    }
}

extension SetUpMigration.Part {
    /// Of a cluster's field, below the heading; nil for all others.
    fileprivate var row: Int? {
        switch self {
        case .sourceOrganization: 1
        case .sourceProject, .destinationProject: 2
        case .sourceCluster, .destinationCluster: 3
        case .verify, .clear, .loadLevel, .back, .next: nil
        }
    }
}
