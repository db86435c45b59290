package import ControlAPI
package import Terminal

/// The clusters are in sync: cut over, or take more time for it. Nothing here stops anything.
package struct InSync: LiveScreen {
    enum Part: Sendable, Hashable, Codable { case ready, extend }
    enum Dialog: Sendable, Equatable, Codable {
        case extend(Modal)
        /// So little time is left that extending comes first.
        case offer(Modal)
    }

    package let migration: Identifier
    var wheel = Wheel()
    private var focus = FocusRing<Part>([.ready, .extend])
    private(set) var dialog: Dialog?

    package init(_ migration: Identifier) { self.migration = migration }

    package func title(_ world: World) -> String { flow(world).inSync.title }
    package var holdsKeys: Bool { dialog != nil }

    private func title(of part: Part, _ world: World) -> String {
        part == .ready ? flow(world).inSync.ready : flow(world).timer.extend
    }

    package mutating func update(_ world: World) -> [Action] {
        guard let live = live(world) else { return [] }
        if let page = Page.cuttingOver(live) { return [.replace(page)] }
        if let actions = Page.leavingEnded(live) { return actions }
        if dialog != nil, let obstacle = obstacle(to: .extend, live, world) {
            dialog = nil
            return [.say(obstacle, .warning)]
        }
        if case .extend(var modal) = dialog {
            modal.body.runs = ExtendDialog.newEnd(live, flow(world).timer)
            dialog = .extend(modal)
        }
        return keepWheel(world)
    }

    package func keys(_ world: World) -> KeyMap {
        switch dialog {
        case .extend(let modal), .offer(let modal): return modal.keys(in: world.body)
        case nil: break
        }
        let enter = title(of: focus.focused ?? .ready, world)
        let reason = live(world).flatMap { obstacle(to: focus.focused ?? .ready, $0, world) }
        return wheelKeys(world)
            + KeyMap([
                .init(.tab, label: "Next"), .init(.enter, label: enter, reason: reason),
                .init(.escape, label: "Back"),
            ])
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        guard let live = live(world) else { return key == .escape ? [.back] : [] }
        if dialog != nil { return handleDialog(key, world) }
        if let actions = handleWheel(key, world) { return actions }
        if focus.handle(key) { return [] }
        switch key {
        case .escape: return [.back]
        case .left, .up: focus.move(by: -1)
        case .right, .down: focus.move(by: 1)
        case .enter, .space: return press(live, world)
        default: break
        }
        return []
    }

    private mutating func press(_ live: LiveMigration, _ world: World) -> [Action] {
        let part = focus.focused ?? .ready
        if let obstacle = obstacle(to: part, live, world) { return [.say(obstacle, .warning)] }
        switch part {
        case .extend:
            dialog = .extend(ExtendDialog.modal(live, flow(world).timer))
        case .ready:
            if let left = world.timeLeft(live), left < flow(world).timer.offer {
                let text =
                    "Only \(Countdown.text(left)) is \(flow(world).timer.left). A cutover that has begun is not "
                    + "interrupted, but if it is undone later than that, the migration has expired."
                dialog = .offer(
                    Modal(
                        "Little time is left", [Run(text)],
                        buttons: [
                            Button(title(of: .extend, world)), Button("Go on"), Button("Back"),
                        ],
                        escape: 2))
                return []
            }
            return proceed
        }
        return []
    }

    private var proceed: [Action] {
        [.open(.proceed(ProceedToCutover(migration))), .discardTypeAhead]
    }

    private mutating func handleDialog(_ key: Key, _ world: World) -> [Action] {
        switch dialog {
        case .extend(var modal):
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? .extend(modal) : nil
            return modal.choice == 1 ? [.perform(.extendSync(migration))] : []
        case .offer(var modal):
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? .offer(modal) : nil
            switch modal.choice {
            case 0:
                focus.focus(.extend)
                guard let live = live(world) else { return [] }
                return press(live, world)
            case 1: return proceed
            default: return []
            }
        case nil: return []
        }
    }

    private func obstacle(to part: Part, _ live: LiveMigration, _ world: World) -> String? {
        if let watching = watching(world) { return watching }
        return part == .ready ? Words.notReady(live) : ExtendDialog.obstacle(live)
    }

    // MARK: Drawing

    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        guard let live = live(world) else {
            return canvas.put(" " + Words.unknownMigration, in: body, .dim)
        }
        let columns = min(body.columns, Tuning.textColumns)
        let text = Rect(body.column, body.row, columns, body.rows)
        var rest = Notice.draw(
            notices(live, world, isNarrow: body.columns < 78), in: text, on: &canvas)
        let (foot, upper) = rest.bottom(1)
        rest = upper.rows > 8 ? upper.top(1).rest : upper
        drawCountdown(live, world, in: rest.top(2).0, on: &canvas)
        TextBlock([Run(live.fill(flow(world).inSync.explanation))]).draw(
            in: rest.top(2).rest.inset(columns: 1, rows: 0), on: &canvas)
        drawButtons(live, world, in: foot, on: &canvas)
        switch dialog {
        case .extend(let modal), .offer(let modal): modal.draw(in: body, on: &canvas)
        case nil: break
        }
    }

    private func notices(
        _ live: LiveMigration, _ world: World, isNarrow: Bool
    ) -> [Notice] {
        let lag =
            (isNarrow ? "\n" : "  ")
            + "\(flow(world).migrating.lag) \(Times.clock(live.figures.lagSeconds))"
        let state =
            Words.notReady(live).map { Notice(.warning, $0 + lag) }
            ?? Notice(.ok, flow(world).migrating.inSync + lag)
        return [state, wheelNotice(world)].compactMap(\.self)
    }

    private func drawCountdown(
        _ live: LiveMigration, _ world: World, in rect: Rect, on canvas: inout Canvas
    ) {
        let left = live.phase.isFinal ? nil : world.timeLeft(live)
        let timer = flow(world).timer
        let countdown = timer.countdown(left)
        let indent = rect.columns >= 76 ? 8 : 1
        let end =
            left == nil
            ? "" : live.cutover.deadlineAt.map { "until \(Times.deadline($0, of: live))" } ?? ""
        let words = timer.left + (live.cutover.pace.map { "  (\($0))" } ?? "")
        let style = Style(countdown.style.role, .bold)
        let head = [Run(countdown.text, style), Run("  " + words)]
        canvas.put(head, in: Rect(indent, rect.row, rect.columns - indent, rect.rows))
        let wide = indent + Width.of(countdown.text + "  " + words)
        let place =
            wide + 2 + Width.of(end) < rect.columns
            ? Rect(wide + 2, rect.row, rect.columns - wide - 3, rect.rows)
            : Rect(indent, rect.row + 1, rect.columns - indent, max(0, rect.rows - 1))
        canvas.put(
            end, in: place, .dim, alignment: place.row == rect.row ? .right : .left)
    }

    private func drawButtons(
        _ live: LiveMigration, _ world: World, in rect: Rect, on canvas: inout Canvas
    ) {
        var column = 1
        for part in focus.ids {
            let isFree = obstacle(to: part, live, world) == nil
            let state: Button.State = part == .ready ? .ready : .normal
            let button = Button(title(of: part, world), isFree ? state : .grey(reason: ""))
            let place = Rect(column, rect.row, button.columns, rect.rows)
            button.draw(
                in: place, isFocused: dialog == nil && focus.isFocused(part), on: &canvas)
            canvas.offer(focus, part, then: .enter, in: place)
            column += button.columns + (rect.columns >= 76 ? 5 : 2)
        }
    }
}
