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
    private let columns: Int
    private let side: Int
    private let source: [[Run]]
    private let destination: [[Run]]
    private var origin = Point(0, 0)
    private var gap = 0

    private static let label = "Organization "
    private static let loadLabel = "Load level  "
    private static let gutter = 2

    init(_ page: SetUpMigration, _ world: World, columns: Int, _ glyphs: Glyphs) {
        self.columns = columns
        side = min(Tuning.sideColumns, (columns - Self.gutter) / 2)
        source = page.facts(
            page.draft.source.cluster(in: world), isDestination: false, columns: side, world,
            glyphs)
        destination = page.facts(
            page.draft.destination.cluster(in: world), isDestination: true, columns: side, world,
            glyphs)
    }

    static func fieldColumns(side: Int) -> Int { side - Width.of(label) }

    private var factRows: Int { max(1, source.count, destination.count) }
    private var settingsRow: Int { 4 + factRows + gap }
    private var rows: Int { settingsRow + 4 }

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
        func field(_ column: Int, _ row: Int) -> Rect {
            let start = column + Width.of(Self.label)
            return Rect(
                origin.column + start, origin.row + row, Self.fieldColumns(side: side), 1)
        }
        let right = side + Self.gutter
        places = [
            .sourceOrganization: field(0, 1), .sourceProject: field(0, 2),
            .sourceCluster: field(0, 3), .destinationProject: field(right, 2),
            .destinationCluster: field(right, 3), .verify: line(settingsRow + 1),
            .clear: line(settingsRow + 2),
            .loadLevel: line(settingsRow + 3),
        ]
    }

    private func line(_ row: Int) -> Rect { Rect(origin.column, origin.row + row, columns, 1) }

    // MARK: Drawing

    func draw(_ page: SetUpMigration, _ world: World, on canvas: inout Canvas) {
        let isNarrow = side < Width.of("Connect your destination cluster")
        let titles =
            isNarrow
            ? ["Source cluster", "Destination cluster"]
            : ["Connect to your source cluster", "Connect your destination cluster"]
        let columns = [origin.column, origin.column + side + Self.gutter]
        for (column, title) in zip(columns, titles) {
            canvas.put(title, at: Point(column, origin.row), .title)
        }
        for (row, label) in ["Organization", "Project", "Cluster"].enumerated() {
            for column in columns {
                canvas.put(label, at: Point(column, origin.row + 1 + row), .label)
            }
        }
        let name = world.organizations.first { $0.id == page.organization }?.name
        canvas.put(
            name ?? Figure.unknown,
            in: Rect(columns[1] + Width.of(Self.label) + 2, origin.row + 1, side - 15, 1))
        for (column, lines) in zip(columns, [source, destination]) {
            for (row, line) in lines.enumerated() {
                canvas.put(line, in: Rect(column, origin.row + 4 + row, side, 1))
            }
        }
        drawLists(page, world, on: &canvas)
        drawSettings(page, world, on: &canvas)
    }

    private func drawLists(_ page: SetUpMigration, _ world: World, on canvas: inout Canvas) {
        for (part, place) in places {
            let isFocused = page.focus.isFocused(part)
            let list = isFocused ? page.open ?? page.list(part, world) : page.list(part, world)
            list?.draw(in: place, isFocused: isFocused && page.clearing == nil, &canvas)
        }
    }

    private func drawSettings(_ page: SetUpMigration, _ world: World, on canvas: inout Canvas) {
        func isFocused(_ part: Part) -> Bool { page.focus.isFocused(part) }
        canvas.put("Additional settings", in: line(settingsRow), .title)
        let verify = CheckBox(
            "Verify data post-migration (recommended)", isOn: page.draft.verifies(world))
        verify.draw(in: line(settingsRow + 1), isFocused: isFocused(.verify), on: &canvas)
        let clear = CheckBox(
            "Clear any existing data on your destination cluster?",
            isOn: page.draft.clearConfirmedName != nil)
        clear.draw(in: line(settingsRow + 2), isFocused: isFocused(.clear), on: &canvas)
        drawLoadLevel(page.draft.loadLevel, isFocused: isFocused(.loadLevel), on: &canvas)
    }

    private func drawLoadLevel(_ level: Int, isFocused: Bool, on canvas: inout Canvas) {
        let line = line(settingsRow + 3)
        let value = Words.loadLevel(level)
        let end = canvas.put(Self.loadLabel, at: line.origin, .label)
        canvas.put(value, at: Point(end, line.row), isFocused ? .selection : .text)
        if isFocused { canvas.showCursor(at: Point(end, line.row)) }
    }
}
