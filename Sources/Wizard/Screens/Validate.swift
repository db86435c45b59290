internal import ControlAPI
package import Terminal

/// *Validate*: the checks as they end, why and what to do. Opens with the focus on `Continue`, which is grey until every
/// check has ended and none of them blocks. In a flow without *Review & Confirm* it starts the migration.
package struct Validate: RefusingScreen {
    enum Part: String, Hashable, Sendable, Codable { case rows, back, again, next }

    /// Its name; what was kept before there were names has none.
    private let flow: String?
    private(set) var run: Identifier
    /// What is chosen now; nil where that is not complete. Results of another setup are shown, but lead nowhere.
    private(set) var setup: MigrationSetup?
    private(set) var focus = FocusRing<Part>([.rows, .back, .again, .next], focused: .next)
    private(set) var scroll = Scroll()
    /// Whether the user has chosen a row; until then the one that matters most is shown.
    private(set) var hasMoved = false
    private(set) var why: DetailsDialog?
    private(set) var refusal: String?
    var refusedFor: Grounds?
    private var asking = Asking()
    private(set) var start: Modal?
    /// Whether the agent has been asked to start the migration; nil where it never was.
    private var starting: Asking?

    init(_ run: Identifier, of setup: MigrationSetup?, in flow: Flow) {
        self.flow = flow.id
        self.run = run
        self.setup = setup
    }

    func flow(_ world: World) -> Flow { world.flow(flow) }

    package func title(_ world: World) -> String { flow(world).title }
    package var holdsKeys: Bool { why != nil || start != nil }

    /// What stands of the results.
    enum Standing: String, Sendable, Equatable, Codable {
        /// The agent does not know them any more: it was started anew.
        case gone
        case running, passed, failed
        /// They are for other choices.
        case stale
    }

    func standing(_ world: World) -> Standing {
        if asking.isOpen { return .running }
        guard let run = world.validation(run) else { return .gone }
        if run.setup != setup { return .stale }
        guard let isPassed = run.isPassed else { return .running }
        return isPassed ? .passed : .failed
    }

    /// The run that is shown, where it has passed so long ago that no migration begins with it.
    func tooOld(_ world: World) -> ValidationRun? {
        guard standing(world) == .passed, let run = world.validation(run), !world.isFresh(run)
        else { return nil }
        return run
    }

    /// The migration that the destination holds, where it can go on instead of a new one.
    func offer(_ world: World) -> EarlierMigration? {
        guard standing(world) == .failed, let run = world.validation(run), !run.setup.resumes,
            !run.setup.clear, let earlier = run.earlier, earlier.canGoOn
        else { return nil }
        return earlier
    }

    /// Those that have ended, in their order.
    func rows(_ world: World) -> [ValidationRow] {
        world.validation(run)?.rows.filter { $0.state != .checking } ?? []
    }

    func selected(_ world: World) -> Int? {
        let rows = rows(world)
        if hasMoved { return rows.isEmpty ? nil : min(scroll.selected, rows.count - 1) }
        return rows.firstIndex { $0.state == .failure && $0.isBlocking }
            ?? rows.firstIndex { $0.state == .failure }
            ?? rows.firstIndex { $0.state == .unknown }
            ?? rows.firstIndex { $0.state == .warning }
            ?? rows.indices.first
    }

    // MARK: Refusals

    struct Grounds: Sendable, Equatable, Codable {
        var run: Identifier
        var standing: Standing
        /// Whether there is a check whose reason can be seen.
        var hasRows: Bool
    }

    var isRefusing: Bool { refusal != nil }
    mutating func forgetRefusal() { refusal = nil }

    func grounds(_ world: World) -> Grounds {
        Grounds(run: run, standing: standing(world), hasRows: !rows(world).isEmpty)
    }

    package mutating func update(_ world: World) -> [Action] {
        followNewest(world)
        dropStaleRefusal(world)
        return []
    }

    /// Where the same was validated again, that counts.
    private mutating func followNewest(_ world: World) {
        guard let setup, let newest = world.validation(of: setup), newest.id != run,
            world.validation(run)?.setup == setup
        else { return }
        show(newest.id)
    }

    private mutating func show(_ id: Identifier) {
        run = id
        hasMoved = false
        scroll = Scroll()
    }

    // MARK: Keys

    package func keys(_ world: World) -> KeyMap {
        if let why { return why.keys(in: world.body) }
        if let start { return start.keys(in: world.body) }
        let enter: String =
            switch focus.focused {
            case .back: "Back"
            case .again: flow(world).validate.again
            case .next: continueTitle(world)
            case .rows, nil: "Why"
            }
        let offered: [KeyMap.Binding] =
            offer(world) == nil ? [] : [.init(.character("g"), label: Words.goOnWithIt)]
        return KeyMap(
            offered + [
                .init(.tab, label: "Next"), .init(.enter, label: enter),
                .init(.character("w"), label: "Why"), .init(.escape, label: "Back"),
                .init(
                    .character("r"), label: flow(world).validate.again,
                    reason: standing(world) == .running ? "it is under way" : nil),
                .init(.up, .down, label: "Choose"),
            ] + [copied(world)?.binding].compactMap(\.self))
    }

    func continueTitle(_ world: World) -> String {
        if offer(world) != nil { return Words.goOnWithIt }
        let flow = flow(world)
        if standing(world) == .running { return flow.validate.validating }
        return flow.has(.review) ? flow.validate.next : flow.start.button
    }

    func continueButton(_ world: World) -> Button {
        let isTooOld = tooOld(world) != nil
        let isPassed = standing(world) == .passed && !isTooOld
        if isPassed, !flow(world).has(.review) {
            return StartDialog.button(flow(world).start, isAsking: isStarting, isFree: true)
        }
        return Button(
            continueTitle(world),
            isPassed ? .ready : isTooOld || offer(world) != nil ? .normal : .grey(reason: ""))
    }

    private var isStarting: Bool { starting?.isOpen == true }

    /// As it is opened again another day.
    var withoutStart: Validate {
        var page = self
        page.start = nil
        return page
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if start != nil { return handleStart(key, world) }
        return refusing(world) { $0.act(key, world) }
    }

    private mutating func act(_ key: Key, _ world: World) -> [Action] {
        if let actions = why?.handle(key, in: world.body) {
            if why?.isClosed == true { why = nil }
            return actions
        }
        if focus.handle(key) { return [] }
        let isPressed = key == .enter || key == .space
        switch (focus.focused, key) {
        case (_, .escape): return [.back]
        case (.back, _) where isPressed: return [.back]
        case (.again, _) where isPressed: return validate(world)
        case (_, .character("r")): return validate(world)
        case (_, .character("g")): if offer(world) != nil { return goOn(world) }
        case (.next, _) where isPressed: return goOn(world)
        case (.rows, .enter), (_, .character("w")): openWhy(world)
        case (_, .character("y")): return copied(world)?.actions ?? []
        case (.rows, _): move(key, world)
        case (_, .left): if focus.focused != .back { focus.move(by: -1) }
        case (_, .right): if focus.focused != .next { focus.move(by: 1) }
        default:
            if move(key, world) { focus.focus(.rows) }
        }
        return []
    }

    @discardableResult
    private mutating func move(_ key: Key, _ world: World) -> Bool {
        guard let selected = selected(world) else { return false }
        var moved = scroll
        moved.selected = selected
        guard moved.handle(key, count: rows(world).count) else { return false }
        scroll = moved
        hasMoved = true
        return true
    }

    /// All that is known of the check that is chosen.
    private func copied(_ world: World) -> Copied? {
        selected(world).map { Copied("check", lines: rows(world)[$0].explanation.copied.text) }
    }

    private mutating func openWhy(_ world: World) {
        guard let index = selected(world) else {
            refusal = "No check has ended yet."
            return
        }
        why = rows(world)[index].explanation
    }

    private mutating func goOn(_ world: World) -> [Action] {
        switch standing(world) {
        case .passed:
            guard let setup, !isStarting else { return [] }
            if tooOld(world) != nil { return ask(setup) }
            if flow(world).has(.review) { return [.open(.review(ReviewAndConfirm(setup)))] }
            start = StartDialog.modal(setup, world)
            return [.discardTypeAhead]
        case .running: refusal = "The checks are still running."
        case .gone: refusal = "There are no results: validate again."
        case .stale: refusal = "These results are for other choices: validate again."
        case .failed:
            if let earlier = offer(world), var setup {
                setup.resume(with: earlier)
                return ask(setup)
            }
            let blocking = rows(world).filter(\.isBlocking)
            // The others are looked at once these are mended.
            let failed = blocking.count { $0.state == .failure }
            let what =
                failed > 0
                ? "\(Figure.counted(failed, "check")) must be mended first"
                : "\(Figure.counted(blocking.count, "answer")) must be known first"
            refusal = "\(what): w shows why, r validates again."
        }
        return []
    }

    private mutating func handleStart(_ key: Key, _ world: World) -> [Action] {
        start?.handle(key, in: world.body)
        guard let choice = start?.choice else { return [] }
        start = nil
        guard choice == 1, let setup else { return [] }
        // The question may have stood there for long.
        if tooOld(world) != nil { return ask(setup) }
        starting = Asking()
        starting?.isOpen = true
        return [.perform(.start(setup))]
    }

    private mutating func validate(_ world: World) -> [Action] {
        guard standing(world) != .running else {
            refusal = "The checks are still running."
            return []
        }
        guard var setup else {
            refusal = "Go back and choose both clusters first."
            return []
        }
        // There was nothing to go on with: the next one is new.
        if let run = world.validation(run), run.setup.resumes, run.earlier == nil {
            (setup.resumes, setup.include, setup.exclude) = (false, [], [])
        }
        return ask(setup)
    }

    private mutating func ask(_ setup: MigrationSetup) -> [Action] {
        asking.isOpen = true
        return [.perform(.validate(setup))]
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        defer { noteRefusal(world) }
        if case .start = command { return answerStart(answer) }
        guard case .validate(let asked) = command else { return [] }
        asking.isOpen = false
        switch answer {
        case .made(let id):
            show(id)
            setup = asked
            focus.focus(.next)
        case .refused(let error): refusal = Words.error(error)
        default: break
        }
        return []
    }

    private mutating func answerStart(_ answer: Answer) -> [Action] {
        starting = nil
        switch answer {
        case .made(let id): return [.home, .open(.following(id))]
        case .refused(let error): refusal = StartDialog.refusal(error)
        default: break
        }
        return []
    }
}

extension ValidationRow {
    /// Glyph, word and colour of a state.
    func mark(_ glyphs: Glyphs) -> (glyph: String, word: String, style: Style) {
        switch state {
        case .checking: (glyphs.waiting, "checking", .dim)
        case .pass: (glyphs.done, "passed", .ok)
        case .warning: (glyphs.warning, "warning", .warning)
        case .failure: (glyphs.failed, "failed", .error)
        case .unknown: (glyphs.waiting, "unknown", .warning)
        }
    }

    var place: String {
        switch side {
        case .source: "source"
        case .destination: "destination"
        case .both: "both"
        }
    }

    var shortPlace: String { side == .destination ? "dest." : place }

    /// Everything that is known of it.
    fileprivate var explanation: DetailsDialog {
        let meaning: String =
            switch state {
            // Not among the rows that are explained.
            case .checking: ""
            case .pass: "It is as it should be."
            case .warning: "The migration can start; know what it means first."
            case .failure:
                isBlocking
                    ? "The migration cannot start like this." : "It does not hinder the start."
            case .unknown: "The migration cannot start before that is known."
            }
        let seen = self.seen.isEmpty ? Figure.unknown : self.seen
        var pieces: [DetailsDialog.Piece] = [
            .init(Run("Where  ", .label)), .init(Run(place + "\n")), .init(Run("Seen   ", .label)),
            .init(Run(seen, mark(.ascii).style), Copied("answer", seen)),
            .init(Run("\n\n" + meaning)),
        ]
        if let remedy {
            pieces += [.init("\n\nWhat to do: "), .init(Run(remedy), Copied("remedy", remedy))]
        }
        return DetailsDialog("\(mark(.ascii).word): \(title)", pieces)
    }
}
