internal import ControlAPI
package import Terminal

extension MigratingData {
    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        guard let live = live(world) else {
            return canvas.put(" " + Words.unknownMigration, in: body, .dim)
        }
        let view = MigratingDataView(live, flow(world), isNarrow: body.columns < 78)
        view.drawHeader(in: body.line(0), world, on: &canvas)
        view.drawFixed(in: body.top(1).rest, on: &canvas)

        let foot = footer(live, world, columns: body.columns)
        let (lower, upper) = body.top(1 + view.fixedRows).rest.bottom(foot.rows)
        draw(foot, in: lower, on: &canvas)
        drawRest(live, world, in: upper, on: &canvas)
        dialog?.draw(in: body, on: &canvas)
    }

    /// Notices and the log share what is left; a blank line goes around each where there is room.
    private func drawRest(
        _ live: LiveMigration, _ world: World, in rect: Rect, on canvas: inout Canvas
    ) {
        var rect = rect
        let lines = Notice.lines(
            notices(live, world), columns: min(rect.columns, Tuning.textColumns), canvas.glyphs)
        if rect.rows >= lines.count + 5 {
            rect = rect.top(1).rest.bottom(1).rest
        } else if rect.rows > lines.count {
            rect = rect.bottom(1).rest
        }
        let shown = min(lines.count, rect.rows)
        for row in 0..<shown { canvas.put(lines[row], in: rect.line(row)) }
        if shown < lines.count, shown > 0 {
            canvas.put(" i shows more ", in: rect.line(shown - 1), .selection, alignment: .right)
        }
        var rest = rect.top(shown).rest
        if shown > 0, rest.rows > 3 { rest = rest.top(1).rest }
        if canvas.isPlain { rest = rest.top(Tuning.plainLogLines).0 }
        log.pane.draw(EventLines(of: migration, world), in: rest, on: &canvas)
    }

    func notices(_ live: LiveMigration, _ world: World) -> [Notice] {
        let texts = flow(world)
        var notices: [Notice] = []
        if let wheel = wheelNotice(world) { notices.append(wheel) }
        switch live.phase {
        case .paused:
            let why = live.error.map(Words.error) ?? "p resumes it."
            notices.append(Notice(.warning, "Paused. \(why)"))
        case .failed:
            notices += failure(live)
        case .expired:
            notices.append(Notice(.error, live.fill(texts.timer.expired)))
        case .cancelled:
            notices.append(
                Notice(.warning, "Cancelled. What was copied stays on \(live.destinationName)."))
        case .inSync where live.cutover.isReady:
            notices.append(Notice(.ok, texts.migrating.inSync))
        default: break
        }
        if !live.isRunning, !live.phase.isFinal {
            notices.append(Notice(.warning, "The agent does not run this migration at the moment."))
        }
        if let left = world.timeLeft(live), isTimeShort(live, world), !live.phase.isFinal {
            let time = Times.span(milliseconds: left.milliseconds)
            notices.append(Notice(.warning, Flow.fill(texts.timer.expires, ["time": time])))
        }
        if let refusal = live.cutover.refusal {
            notices.append(Notice(.warning, "The last cutover was undone: \(refusal)"))
        }
        if !live.waitingFor.isEmpty {
            notices.append(Notice(.warning, Words.waiting(live)))
        }
        if !live.mismatches.isEmpty {
            let count = Figure.counted(live.mismatches.count, "mismatch", "mismatches")
            let text =
                live.areMismatchesAcknowledged
                ? "\(count), noted."
                : "\(count): \(live.mismatches.prefix(2).joined(separator: ", "))"
            notices.append(Notice(.warning, text))
        }
        notices += live.problems.map { Notice(.warning, $0) }
        if let message = furtherMessage(live) { notices.append(Notice(.dim, message)) }
        return notices
    }

    /// What is said of it where no other notice has said that: what is waited for and why a cutover was undone is in the
    /// message, too.
    private func furtherMessage(_ live: LiveMigration) -> String? {
        let isSaid =
            live.error != nil || !live.waitingFor.isEmpty || live.message == live.cutover.refusal
        return isSaid || live.message.isEmpty ? nil : live.message
    }

    // MARK: The button and what stands beside it

    private struct Footer {
        var button: Button
        var beside: Run?
        /// Above, where there is no room beside it.
        var above: String?
        var rows: Int { above == nil ? 1 : 2 }
    }

    private func footer(_ live: LiveMigration, _ world: World, columns: Int) -> Footer {
        let act = mainAct(live)
        let obstacle = obstacle(to: act, live, world)
        let title = act == .retry ? "Retry" : flow(world).migrating.cutover
        let button = Button(title, obstacle == nil ? .ready : .grey(reason: ""))
        let room = columns - button.columns - 3
        let reason = watching(world) == nil ? obstacle : nil
        guard let left = world.timeLeft(live), !live.phase.isFinal else {
            let fits = reason.map { Width.of($0) <= room } ?? true
            return Footer(
                button: button, beside: fits ? reason.map { Run($0, .dim) } : nil,
                above: fits ? nil : reason)
        }
        let timer = flow(world).timer
        let countdown = timer.countdown(left)
        let wide = "\(countdown.text) \(timer.left)"
        let text = Width.of(wide) <= room ? wide : "\(countdown.text) \(timer.leftShort)"
        return Footer(button: button, beside: Run(text, countdown.style), above: reason)
    }

    private func draw(_ footer: Footer, in rect: Rect, on canvas: inout Canvas) {
        let line = rect.line(rect.rows - 1)
        if let above = footer.above, rect.rows > 1 {
            let place = Rect(1, rect.row, rect.columns - 2, 1)
            canvas.put(above, in: place, .dim, alignment: .right)
        }
        let width = footer.button.columns
        let place = Rect(line.endColumn - width - 1, line.row, width, line.rows)
        footer.button.draw(in: place, isFocused: dialog == nil, on: &canvas)
        canvas.offer([.enter], in: place)
        if let beside = footer.beside {
            let free = Rect(1, line.row, max(0, place.column - 3), 1)
            let isReason = footer.above == nil && beside.style == .dim
            canvas.put(
                beside.text, in: free, beside.style, alignment: isReason ? .right : .left)
        }
    }
}
