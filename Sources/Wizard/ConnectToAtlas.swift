internal import Terminal

/// The dialog in which *Success* ends, such as *Connect to Atlas*: the connection string in the words of each way to
/// connect.
struct ConnectToAtlas: Sendable, Equatable, Codable {
    static let methods = ["mongosh", "Drivers", "Compass"]
    static let keys = KeyMap([
        .init(.left, .right, label: "Method"),
        .init(.character("y"), label: "Copy", isForScreens: true),
        .init(.escape, label: "Close"),
    ])

    private let connectionString: String
    private var focused = 0
    private(set) var isClosed = false

    /// `connectionString`: redacted.
    init(_ connectionString: String) {
        self.connectionString = Self.template(connectionString)
    }

    /// With words in the place of the login, which is the migration's and not the application's.
    static func template(_ redacted: String) -> String {
        let text = ConnectionText(redacted)
        return text.user == nil ? redacted : text.scheme + "<username>:<password>@" + text.rest
    }

    var text: String {
        focused == 0 ? "mongosh \"\(connectionString)\"" : connectionString
    }

    private var hint: String {
        switch focused {
        case 0: "In a shell:"
        case 1: "In your application's configuration:"
        default: "In the field of a new connection:"
        }
    }

    mutating func handle(_ key: Key) -> [Action] {
        let count = Self.methods.count + 1
        switch key {
        case .tab, .right, .down: focused = (focused + 1) % count
        case .backTab, .left, .up: focused = (focused + count - 1) % count
        case .escape: isClosed = true
        case .enter, .space:
            guard focused == count - 1 else { return copied }
            isClosed = true
        case .character("y"): return copied
        default: break
        }
        return []
    }

    private var copied: [Action] {
        [
            .copy(text),
            .say("Sent to the terminal's clipboard, for \(Self.methods[min(focused, 2)]).", .text),
        ]
    }

    /// Over the whole width and without sides, so that what is selected on the terminal is the text and nothing else.
    func draw(_ title: String, in rect: Rect, on canvas: inout Canvas) {
        let lines = Text.broken(text, to: rect.columns)
        let copies = canvas.isPlain ? "" : "Enter or y copies. "
        let note = TextBlock([
            Run(copies + "The user and the password are those of ", .dim),
            Run("the destination: users are not migrated.", .dim),
        ])
        let noteRows = note.rows(columns: rect.columns - 2)
        // Blank lines only where there is room for them.
        let rows = lines.count + noteRows + 4
        let gap = rows + 3 <= rect.rows ? 1 : 0
        let box = rect.centred(Size(rect.columns, rows + 3 * gap))
        canvas.hideCursor()
        canvas.cover(by: title)
        canvas.fill(box)
        canvas.rule(box.line(0))
        canvas.rule(box.line(box.rows - 1))
        canvas.put(" \(title) ", at: Point(box.column + 2, box.row), .title)
        let (buttons, rest) = box.inset(columns: 0, rows: 1).bottom(1)
        let (below, above) = rest.bottom(noteRows + gap)
        canvas.put(hint, in: above.line(0).inset(columns: 1, rows: 0))
        let address = above.top(1 + gap).rest
        for (row, line) in lines.enumerated() { canvas.put(line, in: address.line(row), .accent) }
        note.draw(in: below.inset(columns: 1, rows: 0), on: &canvas)
        Button.drawRow(
            (Self.methods + ["Close"]).map { Button($0) }, focused: focused,
            in: buttons.inset(columns: 1, rows: 0), on: &canvas)
    }
}
