internal import ControlAPI
internal import Terminal

/// The parts of the cutover's pages.
enum CutoverView {
    /// `Cutover   ▶ 1 Stop writes   ○ 2 Finalize   ○ 3 Connect`.
    static func drawSteps(
        _ texts: Flow.Cutover, _ states: [Stepper.State], in rect: Rect, on canvas: inout Canvas
    ) {
        var runs = [Run(" " + texts.title, .title)]
        let titles = [texts.stopWrites, texts.finalizing, texts.connect]
        for (title, state) in zip(titles, states) {
            runs.append(Run("   \(canvas.glyphs.mark(state)) ", state.style))
            runs.append(Run(title, state == .current ? Style(.accent, .bold) : state.style))
        }
        canvas.put(runs, in: rect)
    }

    // MARK: Step 1

    static func drawWrites(
        _ texts: Flow.Cutover, _ live: LiveMigration, in rect: Rect, on canvas: inout Canvas
    ) {
        canvas.put(" " + texts.stopNow, in: rect.line(0), .title)
        let isWide = rect.columns >= 76
        let column = isWide ? 41 : 22
        let writes = live.cutover.sourceWrites
        let total = writes.map { $0.reduce(0) { $0 + $1.count } }
        let style: Style = total.map { $0 > 0 ? .warning : .ok } ?? .dim
        let label = isWide ? "Writes seen on the source, last 10 s" : "Writes, last 10 s"
        canvas.put("   " + label, in: rect.line(2), .label)
        let value = Rect(column, rect.row + 2, rect.columns - column, min(1, rect.rows))
        let rate = total.map { $0 == 0 ? "none" : Figure.perSecond(Double($0) / 10) }
        var text = [Run(rate ?? Figure.unknown, style), Run(" ")]
        var free = value.columns - Width.of(rate ?? Figure.unknown) - 1
        for write in writes ?? [] where write.count > 0 {
            let name = " \(write.namespace) \(Figure.perSecond(Double(write.count) / 10))"
            guard Width.of(name) <= free else { break }
            text.append(Run((text.count > 2 ? "," : "") + name, .dim))
            free -= Width.of(name) + 1
        }
        canvas.put(text, in: value)
        canvas.put("   Optime gap", in: rect.line(3), .label)
        canvas.put(
            Times.clock(live.figures.lagSeconds),
            in: Rect(column, rect.row + 3, value.columns, min(1, rect.rows)))
    }

    // MARK: Step 2

    /// With a headline.
    static var stepRows: Int { CutoverState.StepName.allCases.count + 3 }

    static func drawEngineSteps(
        _ live: LiveMigration, _ world: World, in rect: Rect, on canvas: inout Canvas
    ) {
        var rest = rect
        if rect.rows >= stepRows {
            let head =
                live.isDestinationOpen
                ? "accepts writes."
                : live.isPastPointOfNoReturn
                    ? "is the cluster to use, and will accept writes soon."
                    : "does not accept writes yet."
            canvas.put(" \(live.destinationName) \(head)", in: rect.line(0), .title)
            rest = rect.top(2).rest
        }
        let steps =
            live.cutover.steps.isEmpty
            ? CutoverState.StepName.allCases.map { .init($0) } : live.cutover.steps
        let current = steps.firstIndex { $0.state != .done } ?? steps.count - 1
        let first = max(0, min(current - rest.rows / 2, steps.count - rest.rows))
        for (row, step) in steps.dropFirst(first).prefix(rest.rows).enumerated() {
            draw(step, live, world, in: rest.line(row), on: &canvas)
        }
    }

    private static func draw(
        _ step: CutoverState.Step, _ live: LiveMigration, _ world: World, in rect: Rect,
        on canvas: inout Canvas
    ) {
        let isSkipped = step.name == .verify && live.setup.verify == .off
        let state: Stepper.State =
            switch step.state {
            case .waiting: .waiting
            case .running: .current
            case .done: .done
            case .failed: .failed
            }
        let mark = isSkipped ? canvas.glyphs.bullet : canvas.glyphs.mark(state)
        let style: Style = isSkipped ? .warning : state.style
        canvas.put(
            [
                Run(" \(mark) ", style),
                Run(Words.step(step.name), step.state == .waiting ? .dim : .text),
            ], in: rect)
        let value = Rect(38, rect.row, max(0, rect.columns - 39), rect.rows)
        if isSkipped {
            let texts = world.flow(of: live).verification
            let text = value.columns >= 36 ? texts.yourself : texts.yourselfTiny
            canvas.put(text, in: value, .warning)
        } else if let seconds = step.seconds {
            // What was so short that it rounds to nothing was not nothing.
            canvas.put(
                seconds < 0.05 ? "under 0.1 s" : Times.span(seconds), in: value, .dim)
        }
    }

    /// Asks to check on a cutover that has been under way for half a day; nil for all others.
    static func longCutover(_ live: LiveMigration, _ world: World) -> String? {
        guard let now = world.agentNow, live.isCutoverLong(at: now) else { return nil }
        let time =
            Times.span(milliseconds: live.cutover.timeTaken(at: now))
            + (live.cutover.pace.map { " (\($0))" } ?? "")
        let backOut =
            live.cutover.isBackOutPossible
            ? " It can still be backed out of."
            : live.isPastPointOfNoReturn ? " The destination is the cluster to use." : ""
        return
            "The cutover has been under way for \(time): please check on it, l shows the log.\(backOut)"
    }

    // MARK: How it ended otherwise

    /// `hasBegun`: false where what was asked for never was.
    static func drawUndone(
        _ live: LiveMigration, hasBegun: Bool, in rect: Rect, on canvas: inout Canvas
    ) {
        var notices: [Notice] = []
        if live.phase == .inSync, !hasBegun {
            let why = live.cutover.missing.isEmpty ? "" : Words.sentence(live.cutover.missing)
            notices.append(Notice(.warning, "The cutover has not begun. \(why)"))
        } else if live.phase == .inSync {
            notices.append(
                Notice(
                    .warning,
                    live.cutover.refusal.map { "The cutover was undone. \(Words.sentence([$0]))" }
                        ?? "The cutover was interrupted and undone."))
        } else {
            let why = live.error.map(Words.error) ?? ""
            notices.append(Notice(.error, "\(Words.phase(live)) \(why)"))
        }
        notices.append(source(live))
        let failed = live.cutover.steps.filter { $0.state == .failed }
        notices += failed.map { Notice(.error, "Did not succeed: \(Words.step($0.name))") }
        _ = Notice.draw(notices, in: rect, on: &canvas)
    }

    /// Whether the application can be started where it was: after an undone cutover it can, and after a failure only
    /// where that was seen.
    private static func source(_ live: LiveMigration) -> Notice {
        let name = live.sourceName
        switch live.cutover.isSourceBlocked {
        case true?:
            return Notice(
                .warning,
                "\(name) still refuses writes: the block of this cutover is not lifted yet.")
        case nil where live.phase == .preparing || live.isCutoverInDoubt && !live.phase.isFinal:
            return Notice(
                .warning,
                Words.cutoverInDoubt)
        case nil where live.isCutoverInDoubt:
            return Notice(
                .warning,
                "Whether the cutover is undone or finished is not known: Retry finds that out. Start no application before."
            )
        case nil where live.phase != .inSync:
            return Notice(
                .warning, "Whether \(name) accepts writes is not known: please try that first.")
        case _ where live.cutover.isSourceBlockedByOthers == true:
            return Notice(
                .warning,
                "Somebody else blocked the writes of \(name) when lagzero last looked, and it has left that as it is."
            )
        default: return Notice(.ok, Words.sourceWritesAgain)
        }
    }

    static func drawBroken(_ live: LiveMigration, in rect: Rect, on canvas: inout Canvas) {
        let why = live.error.map(Words.error) ?? ""
        let use =
            live.isDestinationOpen
            ? "accepts writes, and is the cluster to use."
            : "is the cluster to use, as soon as it accepts writes."
        let notices = [
            Notice(
                live.isDestinationOpen ? .ok : .warning,
                "\(live.destinationName) \(use) Do not go back to \(live.sourceName)."),
            Notice(.error, "\(Words.phase(live)) \(why)"),
        ]
        let missing = live.cutover.steps.filter { $0.state != .done }
            .map { Notice(.warning, "Not yet done: \(Words.step($0.name))") }
        let problems = live.problems.map { Notice(.warning, Words.sentence([$0])) }
        _ = Notice.draw(notices + missing + problems, in: rect, on: &canvas)
    }
}
