internal import ControlAPI
internal import Terminal

/// The dialog *Add a cluster*, and *Edit a cluster* for one that is there. While it is open it takes every key. What was
/// typed is kept where it is left with Esc or with the wizard, but for secrets; Cancel forgets it. What is stored of a
/// secret does not come here: it stays unless another one is typed.
struct ClusterDialog: Sendable, Equatable, Codable {
    enum Part: String, Sendable, Codable, CaseIterable {
        case connection, password, caFile, name, organization, project, cancel, save
    }

    enum Ending: Sendable { case left, over }

    /// The cluster that is edited; nil where one is added.
    private let edited: Cluster?
    private var connection: ConnectionField
    private var password: SecretField
    private var caFile = TextField(placeholder: "where the servers' certificates need one")
    private var name = TextField()
    private var organization = TextField()
    private var project = TextField()
    /// The organization and the project that were proposed.
    private var proposed: [String]?
    private var focus: FocusRing<Part>
    /// Why it was refused, or what is missing.
    private(set) var refusal: String?
    /// A password was typed that is not kept, and nothing since that could stand for it.
    private var hasLostSecret = false
    /// Nil while it is open.
    private(set) var ending: Ending?
    /// What the agent was asked for, while it connects to it.
    private(set) var saving: Command?
    private var isSaving: Bool { saving != nil }
    var cluster: Identifier? { edited?.id }

    private enum CodingKeys: CodingKey {
        case edited, connection, password, caFile, name, organization, project, proposed, focus
        case hasLostSecret
    }

    var keys: KeyMap {
        let enter: String =
            switch focus.focused {
            case .cancel: "Cancel"
            case .save: edited == nil ? "Add" : "Save"
            default: "Go on"
            }
        let isField = focus.focused != .cancel && focus.focused != .save
        return KeyMap([
            .init(.tab, label: "Next field"), .init(.enter, label: enter),
            .init(.escape, label: "Back"),
            .init(
                .control("u"), label: "Empty the field", reason: isField ? nil : "go to a field"),
        ])
    }

    /// For a new one, beside the clusters that are there already.
    init(beside snapshot: Snapshot?) {
        edited = nil
        connection = ConnectionField()
        password = SecretField(placeholder: "where the string has a user but no password")
        let project = snapshot?.projects.last
        let organization = snapshot?.organizations.first { $0.id == project?.organization }
        self.organization.text = organization?.name ?? "Local"
        self.project.text = project?.name ?? "Default"
        proposed = [self.organization.text, self.project.text]
        focus = FocusRing(Part.allCases)
    }

    /// For one that is there; it stays in its project.
    init(editing cluster: Cluster) {
        edited = cluster
        let text = ConnectionText(cluster.connectionString)
        connection = ConnectionField(text.withoutCAFile)
        caFile.text = text.caFile ?? ""
        password = SecretField(placeholder: "stays as it is; type to replace it")
        name.text = cluster.name
        focus = FocusRing([.connection, .password, .caFile, .name, .cancel, .save])
    }

    /// What the agent is asked to do, once.
    mutating func handle(_ key: Key) -> Command? {
        if key == .escape {
            leaveConnection()
            ending = .left
            return nil
        }
        guard !isSaving else { return nil }
        if key == .tab || key == .backTab || key == .up || key == .down || key == .enter {
            leaveConnection()
        }
        switch (key, focus.focused) {
        case (.up, _): focus.move(by: -1)
        case (.down, _): focus.move(by: 1)
        case (.tab, _), (.backTab, _): _ = focus.handle(key)
        case (.enter, .cancel), (.space, .cancel): ending = .over
        case (.enter, .save), (.space, .save): return save()
        case (.left, .save): focus.focus(.cancel)
        case (.right, .cancel): focus.focus(.save)
        // Enter submits nothing from a field: a pasted newline must not either.
        case (.enter, _): focus.move(by: 1)
        case (_, .connection): if connection.handle(key) { hasLostSecret = false }
        case (_, .password): if password.handle(key) { hasLostSecret = false }
        case (_, .caFile): _ = caFile.handle(key)
        case (_, .name): _ = name.handle(key)
        case (_, .organization): _ = organization.handle(key)
        case (_, .project): _ = project.handle(key)
        default: break
        }
        return nil
    }

    mutating func refuse(_ error: ControlError) {
        saving = nil
        refusal = Words.error(error)
    }

    // MARK: What is kept

    /// Whether something was typed.
    var hasEntries: Bool {
        if let edited { return !change(of: edited).isEmpty }
        return !connection.isEmpty || !password.isEmpty || !caFile.text.isEmpty
            || !name.text.isEmpty || proposed != [organization.text, project.text]
    }

    /// Whether the cluster that is edited is still as it was.
    func isOf(_ world: World) -> Bool {
        guard let edited else { return true }
        let now = world.cluster(edited.id)
        return now?.name == edited.name && now?.connectionString == edited.connectionString
    }

    /// As it is kept. A secret has to be typed again.
    var withoutSecrets: ClusterDialog {
        var dialog = self
        (dialog.refusal, dialog.ending) = (nil, nil)
        guard connection.hasSecret || !password.isEmpty else { return dialog }
        dialog.hasLostSecret = true
        dialog.password = SecretField(placeholder: "was not kept: type it again")
        dialog.connection = connection.withoutSecrets
        if edited == nil {
            let text = ConnectionText(dialog.connection.text)
            dialog.connection = ConnectionField(text.withoutRedactedPassword)
        }
        return dialog
    }

    private mutating func leaveConnection() {
        guard focus.isFocused(.connection) else { return }
        connection.leave()
        if name.text.isEmpty { name.text = ConnectionText(connection.text).name }
    }

    // MARK: What is asked of the agent

    private mutating func save() -> Command? {
        refusal = missing
        guard refusal == nil else { return nil }
        guard let edited else {
            let text = ConnectionText(connectionString).adding(password: password.value)
            saving = .add(
                NewCluster(
                    name: name.text, organization: organization.text, project: project.text,
                    connectionString: Secret(text)))
            return saving
        }
        let change = change(of: edited)
        guard !change.isEmpty else {
            ending = .over
            return nil
        }
        saving = .editCluster(edited.id, change)
        return saving
    }

    private var missing: String? {
        let text = ConnectionText(connection.text)
        if text.scheme.isEmpty {
            return "A connection string begins with mongodb:// or mongodb+srv://."
        }
        if edited == nil, connection.text.contains(ConnectionText.redaction) {
            return
                "\(ConnectionText.redaction) stands for a secret that was not kept: type it again."
        }
        if hasLostSecret { return "The password was not kept: type it again." }
        if !password.isEmpty, text.user == nil {
            return "The string names no user for this password: mongodb://USER@HOST/."
        }
        if !password.isEmpty, let inText = text.password, inText != ConnectionText.redaction {
            return "The string has a password already; empty the field, or take it out there."
        }
        if [name, organization, project].prefix(edited == nil ? 3 : 1).contains(
            where: \.text.isEmpty)
        {
            return edited == nil
                ? "The cluster, its organization and its project need names."
                : "The cluster needs a name."
        }
        return nil
    }

    /// With the CA file in it.
    private var connectionString: String {
        ConnectionText(connection.text).setting(caFile: caFile.text)
    }

    private func change(of cluster: Cluster) -> ClusterChange {
        var change = ClusterChange()
        let shown = ConnectionText(cluster.connectionString)
        if connectionString != shown.setting(caFile: shown.caFile ?? "") {
            change.connectionString = Secret(connectionString)
        }
        if !password.isEmpty { change.password = Secret(password.value) }
        if name.text != cluster.name { change.name = name.text }
        return change
    }

    // MARK: Drawing

    func draw(in rect: Rect, on canvas: inout Canvas) {
        let all: [(String, Part, any Widget)] = [
            ("Password", .password, password), ("CA file", .caFile, caFile),
            ("Name", .name, name), ("Organization", .organization, organization),
            ("Project", .project, project),
        ]
        let fields = all.filter { focus.ids.contains($0.1) }
        let rows = fields.count
        let text = TextBlock(
            isSaving ? "Connecting to it ..." : refusal ?? "", isSaving ? .dim : .warning)
        let columns = min(rect.columns, 72)
        let box = rect.centred(Size(columns, rows + 5 + max(3, text.rows(columns: columns - 4))))
        canvas.hideCursor()
        let title = edited.map { "Edit \($0.name)" } ?? "Add a cluster"
        canvas.cover(by: title)
        canvas.fill(box)
        canvas.box(box)
        canvas.put(" \(title) ", at: Point(box.column + 2, box.row), .title)
        let inner = box.inset(columns: 2, rows: 1)
        canvas.put("Connection string", in: inner.line(0), .label)
        connection.draw(
            in: inner.line(1), isFocused: focus.isFocused(.connection), on: &canvas)
        canvas.offer(focus, .connection, in: inner.line(1))
        for (row, (label, part, field)) in fields.enumerated() {
            let (left, right) = inner.line(row + 2).left(14)
            canvas.put(label, in: left, .label)
            field.draw(in: right, isFocused: focus.isFocused(part), on: &canvas)
            canvas.offer(focus, part, in: inner.line(row + 2))
        }
        let (buttons, above) = inner.bottom(1)
        text.draw(in: above.top(rows + 2).rest, on: &canvas)
        let save = Button(
            edited == nil ? "Add" : "Save", isSaving ? .grey(reason: "") : .normal)
        Button.drawRow(
            [(.cancel, Button("Cancel")), (.save, save)], focus, in: buttons, on: &canvas)
    }
}
