package import ControlAPI
package import Terminal

/// The last page that costs nothing to leave: everything is looked at once more, and the destination's name is typed.
package struct ProceedToCutover: LiveScreen, RefusingScreen {
    enum Part: Sendable, Hashable, Codable { case name, back, proceed }

    package let migration: Identifier
    var wheel = Wheel()
    private var name: TextField
    private var focus = FocusRing<Part>([.name, .back, .proceed])
    /// Why the last key was refused.
    private var refusal: String?
    var refusedFor: Grounds?
    /// What was warned of: it goes on when it is asked for again.
    private var warned: Set<Warning> = []

    /// `typed`: for the way back from the cutover's first step.
    package init(_ migration: Identifier, typed: String = "") {
        self.migration = migration
        name = TextField(typed)
    }

    package func title(_ world: World) -> String { flow(world).proceed.title }
    package var holdsKeys: Bool { focus.isFocused(.name) }
    package func nameToType(_ world: World) -> String? { live(world)?.destinationName ?? "" }

    package mutating func update(_ world: World) -> [Action] {
        guard let live = live(world) else { return [] }
        if let page = Page.cuttingOver(live) { return [.replace(page)] }
        if let actions = Page.leavingEnded(live) { return actions }
        // Watchers have keys for the wheel, and nothing to type.
        focus.update(watching(world) == nil ? [.name, .back, .proceed] : [.back, .proceed])
        dropStaleRefusal(world)
        return keepWheel(world)
    }

    struct Grounds: Sendable, Equatable, Codable {
        var obstacle: String?
        var warnings: [Warning]
    }

    enum Warning: Sendable, Hashable, Codable { case violations, shortTime }

    var isRefusing: Bool { refusal != nil }
    mutating func forgetRefusal() { refusal = nil }

    func grounds(_ world: World) -> Grounds {
        let live = live(world)
        return Grounds(
            obstacle: live.flatMap { obstacle($0, world) },
            warnings: live.map { warnings($0, world).map { $0.0 } } ?? [])
    }

    /// What to see to before, and in which words.
    private func warnings(_ live: LiveMigration, _ world: World) -> [(Warning, String)] {
        var warnings: [(Warning, String)] = []
        if let text = Words.violations(live) { warnings.append((.violations, text)) }
        if let left = world.timeLeft(live), isTimeShort(live, world) {
            let text = "Only \(Countdown.text(left)) is left: better go Back and extend."
            warnings.append((.shortTime, text))
        }
        return warnings
    }

    private func isTimeShort(_ live: LiveMigration, _ world: World) -> Bool {
        world.timeLeft(live).map { $0 < flow(world).timer.offer } ?? false
    }

    package func keys(_ world: World) -> KeyMap {
        let wheel = focus.isFocused(.name) ? KeyMap([]) : wheelKeys(world)
        let enter: String =
            switch focus.focused {
            case .proceed: flow(world).proceed.proceed
            case .back: "Back"
            case .name, nil: "To the buttons"
            }
        let reason = focus.isFocused(.proceed) ? live(world).flatMap { obstacle($0, world) } : nil
        return wheel
            + KeyMap([
                .init(.tab, label: "Next"), .init(.enter, label: enter, reason: reason),
            ])
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        refusing(world) { $0.take(key, world) }
    }

    private mutating func take(_ key: Key, _ world: World) -> [Action] {
        guard let live = live(world) else { return key == .escape ? [.back] : [] }
        if focus.handle(key) { return [] }
        if key == .escape { return [.say(Words.escape, .dim)] }
        if case .paste = key {
            refusal = ConfirmByName.noPaste
            return [.say(ConfirmByName.noPaste, .warning)]
        }
        switch focus.focused {
        case .name:
            guard key == .enter else {
                _ = name.handle(key)
                return []
            }
            if isNameTyped(live) {
                focus.focus(.proceed)
            } else {
                refusal = unlike(live)
            }
        case .back where key == .enter || key == .space: return [.back]
        case .proceed where key == .enter || key == .space: return proceed(live, world)
        default: return handleWheel(key, world) ?? move(key)
        }
        return []
    }

    private mutating func move(_ key: Key) -> [Action] {
        if key == .left || key == .up { focus.move(by: -1) }
        if key == .right || key == .down { focus.move(by: 1) }
        return []
    }

    private mutating func proceed(_ live: LiveMigration, _ world: World) -> [Action] {
        if let obstacle = obstacle(live, world) {
            refusal = obstacle
            return [.say(obstacle, .warning)]
        }
        let warning = warnings(live, world).first { !warned.contains($0.0) }
        if let (warning, words) = warning {
            warned.insert(warning)
            let text = "\(words) Again goes on."
            refusal = text
            return [.say(text, .warning)]
        }
        let page = Page.cutover(Cutover(migration, confirmedName: name.text))
        return [.replace(page), .discardTypeAhead]
    }

    private func isNameTyped(_ live: LiveMigration) -> Bool { name.text == live.destinationName }

    /// Why the cutover cannot be proceeded to; nil where it can.
    private func obstacle(_ live: LiveMigration, _ world: World) -> String? {
        if let watching = watching(world) { return watching }
        if let reason = Words.notReady(live) { return reason }
        return isNameTyped(live) ? nil : unlike(live)
    }

    private func unlike(_ live: LiveMigration) -> String {
        ConfirmByName.unlike(live.destinationName, name.text)
    }

    // MARK: Drawing

    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        guard let live = live(world) else {
            return canvas.put(" " + Words.unknownMigration, in: body, .dim)
        }
        let gap = body.rows >= 16 ? 1 : 0
        let text = Rect(
            body.column, body.row, min(body.columns, Tuning.textColumns), body.rows)
        canvas.put(" " + flow(world).proceed.heading, in: text.line(0), .title)
        let (buttons, middle) = text.top(1 + gap).rest.bottom(1)
        let wheel = [wheelNotice(world)].compactMap(\.self)
        let notices = Notice.lines(wheel, columns: text.columns, canvas.glyphs)

        let others = 2 + notices.count + 2 + 2 * gap
        let lines = checks(live, world, text.columns - 1, middle.rows - others, canvas.glyphs)
        for (row, line) in lines.enumerated() {
            canvas.put([Run(" ")] + line, in: middle.line(row))
        }
        let (clusters, rest) = middle.top(lines.count + gap).rest.top(2 + notices.count)
        drawClusters(live, flow(world).proceed, notices, in: clusters, on: &canvas)
        drawName(live, in: rest.top(gap).rest, world, on: &canvas)

        let isFree = obstacle(live, world) == nil
        let proceed = Button(flow(world).proceed.proceed, isFree ? .ready : .grey(reason: ""))
        Button.drawRow(
            [(.back, Button("Back")), (.proceed, proceed)], focus,
            in: Rect(1, buttons.row, body.columns - 2, buttons.rows), on: &canvas)
    }

    /// One behind the other, as many on a line as it takes. Where there is no room for all, the worst.
    private func checks(
        _ live: LiveMigration, _ world: World, _ columns: Int, _ rows: Int, _ glyphs: Glyphs
    ) -> [[Run]] {
        let checks = CutoverCheck.all(live, world)
        let lines = Self.lines(checks, columns: columns, glyphs)
        if lines.count <= rows { return lines }
        let worst = checks.enumerated().sorted {
            ($0.element.state, $0.offset) < ($1.element.state, $1.offset)
        }
        let most = Self.lines(worst.map(\.element), columns: columns, glyphs)
        return Array(most.prefix(max(0, rows)))
    }

    private static func lines(
        _ checks: [CutoverCheck], columns: Int, _ glyphs: Glyphs
    ) -> [[Run]] {
        var lines: [[Run]] = [[]]
        var used = 0
        for check in checks {
            let runs = [check.mark(glyphs), Run(" " + check.text)]
            let width = runs.reduce(0) { $0 + Width.of($1.text) }
            // The next of the stops that stand 19 columns apart, with three columns between at least.
            let stop = used == 0 ? 0 : (used + 3 + 18) / 19 * 19
            if width > columns {
                let wrapped = Text.wrapped(runs, to: columns)
                lines = lines.filter { !$0.isEmpty } + wrapped
                used = columns
            } else if used > 0, stop + width > columns {
                lines.append(runs)
                used = width
            } else {
                let gap = Run(String(repeating: " ", count: stop - used))
                lines[lines.count - 1] += used == 0 ? runs : [gap] + runs
                used = stop + width
            }
        }
        return lines
    }

    private func drawClusters(
        _ live: LiveMigration, _ texts: Flow.Proceed, _ notices: [[Run]], in rect: Rect,
        on canvas: inout Canvas
    ) {
        let name = max(Width.of(live.sourceName), Width.of(live.destinationName))
        func line(_ label: String, _ cluster: String, _ what: String) -> [Run] {
            [
                Run(" " + Text.padded(label, to: 13), .label),
                Run(Text.padded(cluster, to: name) + "  ", .title), Run(what),
            ]
        }
        let isNarrow = rect.columns < 76
        let stays = isNarrow ? "stays" : "stays as it is"
        let willRefuse = !live.setup.keepSourceWritable && live.cutover.canBlockSource == true
        let source = willRefuse ? "\(stays), and will refuse writes" : stays
        canvas.put(line(texts.source, live.sourceName, source), in: rect.line(0))
        canvas.put(
            line(texts.destination, live.destinationName, texts.takesOver), in: rect.line(1))
        for (row, notice) in notices.enumerated() { canvas.put(notice, in: rect.line(2 + row)) }
    }

    private func drawName(
        _ live: LiveMigration, in rect: Rect, _ world: World, on canvas: inout Canvas
    ) {
        guard watching(world) == nil else { return }
        let prompt = "Type the name of the destination cluster:"
        canvas.put(" " + prompt, in: rect.line(0), .label)
        let column = Width.of(prompt) + 3
        let width = max(8, min(32, rect.columns - column - 4))
        let place = Rect(column, rect.row, width, min(1, rect.rows))
        name.draw(in: place, isFocused: focus.isFocused(.name), on: &canvas)
        canvas.offer(focus, .name, in: place)
        if isNameTyped(live) {
            canvas.put(canvas.glyphs.done, at: Point(place.endColumn + 1, rect.row), .ok)
        }
        if let text = refusal ?? Words.notReady(live) {
            canvas.put(" " + text, in: rect.line(1), .warning)
        }
    }
}
