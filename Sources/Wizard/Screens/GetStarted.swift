package import ControlAPI
package import Terminal

/// *Get Started*: what is going to happen, and what has to be so before; boxes to tick for oneself. Opens with the focus
/// on the first of them.
package struct GetStarted: Screen {
    enum Part: Hashable, Sendable, Codable {
        case organization
        case prerequisite(Int)
        case back, next
    }

    /// Its name; what was kept before there were names has none.
    private let flow: String?
    /// Where the destination is; nil until it is chosen, where there are several.
    package private(set) var organization: Identifier?
    private(set) var ticked: Set<Int> = []
    private var focus = FocusRing<Part>([])
    private var open: OpenList?
    private var refusal: String?

    init(_ flow: Flow, organization: Identifier? = nil) {
        self.flow = flow.id
        self.organization = organization
        let boxes = flow.getStarted.prerequisites.indices.map(Part.prerequisite)
        focus = FocusRing([.organization] + boxes + [.back, .next], focused: boxes.first)
    }

    func flow(_ world: World) -> Flow { world.flow(flow) }

    var hasEntries: Bool { organization != nil || !ticked.isEmpty }

    func hasSameEntries(as other: GetStarted) -> Bool {
        flow == other.flow && organization == other.organization && ticked == other.ticked
    }

    private func texts(_ world: World) -> Flow.GetStarted { flow(world).getStarted }

    package func title(_ world: World) -> String { flow(world).title }
    package var holdsKeys: Bool { open != nil }

    /// The only one there is, where there is one.
    private func chosen(_ world: World) -> Organization? {
        let all = world.organizations
        return all.count == 1 ? all[0] : all.first { $0.id == organization }
    }

    /// Where the destination will be.
    func destinationOrganization(_ world: World) -> Identifier? { chosen(world)?.id }

    package func keys(_ world: World) -> KeyMap {
        if open != nil { return OpenList.keys }
        var keys = [KeyMap.Binding(.tab, label: "Next")]
        switch focus.focused {
        case .prerequisite: keys.append(.init(.space, label: "Tick"))
        case .organization: keys.append(.init(.enter, label: "Open list"))
        case .next: keys.append(.init(.enter, label: texts(world).next))
        case .back, nil: keys.append(.init(.enter, label: "Back"))
        }
        return KeyMap(keys + [.init(.escape, label: "Back")] + Copied.helped(copied(world)))
    }

    /// Why the page was not left, or what has the focus.
    private func copied(_ world: World) -> Copied? {
        if let refusal { return Copied("reason", refusal) }
        switch focus.focused {
        case .organization: return chosen(world).map { Copied("organization", $0.name) }
        case .prerequisite(let index):
            let title = texts(world).prerequisites[index].title
            return Copied("prerequisite", "\(title): \(detail(index, world))")
        case .back, .next, nil: return nil
        }
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if key == .character("y"), !holdsKeys { return copied(world)?.actions ?? [] }
        return answering({ $0.act(key, world) }, forgetting: { $0.refusal = nil })
    }

    private mutating func act(_ key: Key, _ world: World) -> [Action] {
        if var list = open {
            let isHandled = list.handle(key)
            open = list.isOpen ? list : nil
            if let id = list.taken { organization = id }
            if isHandled { return [] }
        }
        if focus.handle(key) { return [] }
        switch (focus.focused, key) {
        case (_, .escape), (.back, .enter), (.back, .space): return [.back]
        case (.next, .enter), (.next, .space): return goOn(world)
        case (.organization, .enter), (.organization, .space): open = list(world, isOpen: true)
        case (.prerequisite(let index), .space): ticked.formSymmetricDifference([index])
        case (_, .up), (.next, .left): focus.move(by: -1)
        case (_, .down), (.prerequisite, .enter), (.back, .right): focus.move(by: 1)
        default: break
        }
        return []
    }

    private mutating func goOn(_ world: World) -> [Action] {
        guard let organization = chosen(world) else {
            focus.focus(.organization)
            refusal =
                world.organizations.isEmpty
                ? SetUpMigration.emptyInventory
                : "First choose the organization that the destination cluster belongs to."
            return []
        }
        let next = SetUpMigration(flow(world), organization: organization.id, in: world)
        let open = texts(world).prerequisites.count - ticked.count
        let page = [Action.open(.setUp(next))]
        guard open > 0 else { return page }
        return page + [.say("\(open) not ticked; the validation finds most of them.", .dim)]
    }

    private func list(_ world: World, isOpen: Bool = false) -> OpenList {
        OpenList(
            world.organizations.map { ($0.id, $0.name) }, selected: chosen(world)?.id,
            placeholder: "choose", emptyText: "There is no organization yet.", isOpen: isOpen)
    }
}

// MARK: Drawing

extension GetStarted {
    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        let area = body.inset(columns: 1, rows: 0)
        let (buttons, upper) = area.bottom(1)
        let texts = texts(world)
        let (explanation, rest) = upper.bottom(explanationRows(world, columns: area.columns))
        let intro = Text.wrapped(texts.introduction, to: area.columns)
        let partRows = texts.prerequisites.count + 2
        var parts = rest
        if rest.rows >= intro.count + partRows {
            for (row, line) in intro.enumerated() { canvas.put(line, in: rest.line(row)) }
            let gap = rest.rows > intro.count + partRows ? 1 : 0
            parts = rest.top(intro.count + gap).rest.top(partRows).0
        }
        let place = drawParts(in: parts, on: &canvas, world)
        let below = Rect(
            area.column, min(parts.endRow + 1, explanation.row), area.columns, explanation.rows)
        drawExplanation(in: below, on: &canvas, world)
        let isReady = ticked.count == texts.prerequisites.count && chosen(world) != nil
        Button.drawRow(
            [(.back, Button("Back")), (.next, Button(texts.next, isReady ? .ready : .normal))],
            focus,
            in: buttons, on: &canvas)
        open?.drawOpen(at: place, in: area, on: &canvas)
    }

    private func explanationRows(_ world: World, columns: Int) -> Int {
        let details = texts(world).prerequisites.indices.map { detail($0, world) }
        return max(2, details.map { Text.wrapped($0, to: columns).count }.max() ?? 0)
    }

    private func detail(_ index: Int, _ world: World) -> String {
        let flow = flow(world)
        let text = flow.getStarted.prerequisites[index].detail
        return Flow.fill(text, ["hours": "\(flow.timer.hours)"])
    }

    /// The organization and the boxes; returns the place of the drop-down list.
    private func drawParts(in rect: Rect, on canvas: inout Canvas, _ world: World) -> Rect {
        let texts = texts(world)
        let prerequisites = texts.prerequisites
        let label = texts.organization + "  "
        let columns = min(Tuning.sideColumns, rect.columns - Width.of(label))
        let (line, rest) = rect.top(1)
        let (head, boxes) = rest.top(rest.rows > prerequisites.count ? 1 : 0)
        canvas.put(label, in: line, .label)
        let place = Rect(line.column + Width.of(label), line.row, columns, 1)
        (open ?? list(world)).draw(in: place, isFocused: focus.isFocused(.organization), &canvas)
        canvas.offer(focus, .organization, then: .enter, in: place)
        canvas.put(
            "\(texts.checklist)   \(ticked.count) of \(prerequisites.count)", in: head, .label)
        var scroll = Scroll()
        if case .prerequisite(let index) = focus.focused { scroll.selected = index }
        let first = scroll.first(count: prerequisites.count, rows: boxes.rows)
        for (row, index) in prerequisites.indices.dropFirst(first).prefix(boxes.rows)
            .enumerated()
        {
            let box = CheckBox(prerequisites[index].title, isOn: ticked.contains(index))
            box.draw(
                in: boxes.line(row), isFocused: focus.isFocused(.prerequisite(index)), on: &canvas)
            canvas.offer(focus, .prerequisite(index), then: .space, in: boxes.line(row))
        }
        return place
    }

    private func drawExplanation(in rect: Rect, on canvas: inout Canvas, _ world: World) {
        let text: Run =
            switch (refusal, focus.focused) {
            case (let refusal?, _): Run(canvas.glyphs.failed + " " + refusal, .error)
            case (_, .prerequisite(let index)): Run(detail(index, world), .dim)
            case (_, .organization): Run(texts(world).aboutOrganization, .dim)
            default: Run(texts(world).aboutNext, .dim)
            }
        TextBlock([text]).draw(in: rect, on: &canvas)
    }
}
