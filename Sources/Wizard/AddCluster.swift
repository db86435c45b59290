internal import ControlAPI
internal import Terminal

/// The dialog *Add a cluster*. While it is open it takes every key; nothing of it is kept.
struct AddCluster: Sendable, Equatable {
    enum Part: String, Sendable, Codable, CaseIterable {
        case connection, password, name, organization, project, cancel, add
    }

    private var connection = ConnectionField()
    private var password = SecretField(placeholder: "where the string has a user but no password")
    private var name = TextField()
    private var organization: TextField
    private var project: TextField
    private var focus = FocusRing<Part>(Part.allCases)
    /// Why it was refused, or what is missing.
    private(set) var refusal: String?
    private(set) var isClosed = false
    /// While the agent connects to it.
    private(set) var isAdding = false

    /// Beside the clusters that are there already.
    init(_ snapshot: Snapshot?) {
        let project = snapshot?.projects.last
        let organization = snapshot?.organizations.first { $0.id == project?.organization }
        self.organization = TextField(organization?.name ?? "Local")
        self.project = TextField(project?.name ?? "Default")
    }

    /// What is to be added, once.
    mutating func handle(_ key: Key) -> NewCluster? {
        if key == .escape {
            isClosed = true
            return nil
        }
        guard !isAdding else { return nil }
        if key == .tab || key == .backTab || key == .up || key == .down || key == .enter {
            nameAfterConnection()
        }
        switch (key, focus.focused) {
        case (.up, _): focus.move(by: -1)
        case (.down, _): focus.move(by: 1)
        case (.tab, _), (.backTab, _): _ = focus.handle(key)
        case (.enter, .cancel), (.space, .cancel): isClosed = true
        case (.enter, .add), (.space, .add): return finish()
        // Enter submits nothing from a field: a pasted newline must not either.
        case (.enter, _): focus.move(by: 1)
        case (_, .connection): _ = connection.handle(key)
        case (_, .password): _ = password.handle(key)
        case (_, .name): _ = name.handle(key)
        case (_, .organization): _ = organization.handle(key)
        case (_, .project): _ = project.handle(key)
        default: break
        }
        return nil
    }

    mutating func refuse(_ error: ControlError) {
        isAdding = false
        refusal = Words.error(error)
    }

    private mutating func nameAfterConnection() {
        guard focus.isFocused(.connection), name.text.isEmpty else { return }
        name.text = ConnectionText(connection.text).name
    }

    private mutating func finish() -> NewCluster? {
        let text = ConnectionText(connection.text)
        refusal = nil
        if text.scheme.isEmpty {
            refusal = "A connection string begins with mongodb:// or mongodb+srv://."
        } else if !password.isEmpty, text.user == nil {
            refusal = "The string names no user for this password: mongodb://USER@HOST/."
        } else if !password.isEmpty, text.password != nil {
            refusal = "The string has a password already; empty the field, or take it out there."
        } else if [name, organization, project].contains(where: \.text.isEmpty) {
            refusal = "The cluster, its organization and its project need names."
        }
        guard refusal == nil else { return nil }
        isAdding = true
        return NewCluster(
            name: name.text, organization: organization.text, project: project.text,
            connectionString: Secret(text.adding(password: password.value)))
    }

    func draw(in rect: Rect, on canvas: inout Canvas) {
        let box = rect.centred(Size(min(rect.columns, 72), 12))
        canvas.hideCursor()
        canvas.fill(box)
        canvas.box(box)
        canvas.put(" Add a cluster ", at: Point(box.column + 2, box.row), .title)
        let inner = box.inset(columns: 2, rows: 1)
        canvas.put("Connection string", in: inner.line(0), .label)
        connection.draw(
            in: inner.line(1), isFocused: focus.isFocused(.connection), on: &canvas)
        let fields: [(String, Part, any Widget)] = [
            ("Password", .password, password), ("Name", .name, name),
            ("Organization", .organization, organization), ("Project", .project, project),
        ]
        for (row, (label, part, field)) in fields.enumerated() {
            let (left, right) = inner.line(row + 2).left(14)
            canvas.put(label, in: left, .label)
            field.draw(in: right, isFocused: focus.isFocused(part), on: &canvas)
        }
        let text = TextBlock(
            isAdding ? "Connecting to it ..." : refusal ?? "", isAdding ? .dim : .warning)
        text.draw(in: inner.top(9).0.bottom(3).0, on: &canvas)
        let focused = focus.isFocused(.cancel) ? 0 : focus.isFocused(.add) ? 1 : nil
        Button.drawRow(
            [Button("Cancel"), Button("Add", isAdding ? .grey(reason: "") : .normal)],
            focused: focused, in: inner.line(9), on: &canvas)
    }
}
