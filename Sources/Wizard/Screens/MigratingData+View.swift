internal import ControlAPI
package import Terminal

extension MigratingData {
    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        guard let live = live(world) else {
            return canvas.put(" " + Words.unknownMigration, in: body, .dim)
        }
        let layout = layout(live, world, in: body, canvas.glyphs)
        layout.view.drawHeader(in: body.line(0), world, on: &canvas)
        layout.view.drawFixed(in: body.top(1).rest, on: &canvas)
        draw(layout.footer, in: layout.lower, on: &canvas)
        drawRest(layout.rest, world, on: &canvas)
        dialog?.draw(in: body, on: &canvas)
    }

    /// How many rows the log has where it is seen.
    func logRows(_ live: LiveMigration, _ world: World) -> Int {
        layout(live, world, in: Rect(world.body), .ascii).rest.log.rows
    }

    /// From above: the view, the rest, and below them the footer.
    private struct Layout {
        let view: MigratingDataView
        let rest: Rest
        let footer: Footer
        let lower: Rect
    }

    private func layout(
        _ live: LiveMigration, _ world: World, in body: Rect, _ glyphs: Glyphs
    ) -> Layout {
        let view = MigratingDataView(live, flow(world), isNarrow: body.columns < 78)
        let footer = footer(live, world, columns: body.columns)
        let (lower, upper) = body.top(1 + view.fixedRows).rest.bottom(footer.rows)
        let rest = Rest(notices(live, world), in: upper, glyphs)
        return Layout(view: view, rest: rest, footer: footer, lower: lower)
    }

    /// Notices and the log share what is left; a blank line goes around each where there is room.
    private struct Rest {
        let lines: [[Run]]
        let notices: Rect
        let log: Rect

        init(_ notices: [Notice], in rect: Rect, _ glyphs: Glyphs) {
            var rect = rect
            lines = Notice.lines(
                notices, columns: min(rect.columns, Tuning.textColumns), glyphs)
            if rect.rows >= lines.count + 5 {
                rect = rect.top(1).rest.bottom(1).rest
            } else if rect.rows > lines.count {
                rect = rect.bottom(1).rest
            }
            let (upper, lower) = rect.top(min(lines.count, rect.rows))
            self.notices = upper
            log = upper.rows > 0 && lower.rows > 3 ? lower.top(1).rest : lower
        }
    }

    private func drawRest(_ rest: Rest, _ world: World, on canvas: inout Canvas) {
        let rows = rest.notices.rows
        for row in 0..<rows { canvas.put(rest.lines[row], in: rest.notices.line(row)) }
        if rows < rest.lines.count, rows > 0 {
            let last = rest.notices.line(rows - 1)
            canvas.put(" i shows more ", in: last, .selection, alignment: .right)
        }
        let log = canvas.isPlain ? rest.log.top(Tuning.plainLogLines).0 : rest.log
        self.log.pane.draw(EventLines(of: migration, world), in: log, on: &canvas)
    }

    func notices(_ live: LiveMigration, _ world: World) -> [Notice] {
        let texts = flow(world)
        var notices: [Notice] = []
        if let wheel = wheelNotice(world) { notices.append(wheel) }
        switch live.phase {
        case .paused:
            let resuming = watching(world) == nil ? "p resumes it." : ""
            let why = live.error.map(Words.error) ?? resuming
            notices.append(Notice(.warning, why.isEmpty ? "Paused." : "Paused. \(why)"))
        case .failed:
            notices += failure(live)
        case .expired:
            notices.append(Notice(.error, live.fill(texts.timer.expired)))
        case .cancelled:
            // The engine's own words of that say more.
            let stays = live.problems.isEmpty
            notices.append(
                Notice(
                    .warning,
                    stays
                        ? "Cancelled. What was copied stays on \(live.destinationName)."
                        : "Cancelled."))
        case .inSync where live.cutover.isReady:
            notices.append(Notice(.ok, texts.migrating.inSync))
        default: break
        }
        if !live.isRunning, !live.phase.isFinal {
            notices.append(Notice(.warning, "The agent does not run this migration at the moment."))
        }
        if live.isCutoverInDoubt, !live.phase.isFinal {
            notices.append(Notice(.warning, Words.cutoverInDoubt))
        } else if let left = world.timeLeft(live), isTimeShort(live, world), !live.phase.isFinal {
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
        notices += live.problems.map { Notice(.warning, Words.sentence([$0])) }
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
        guard let left = world.timeLeft(live), !live.phase.isFinal, !live.isCutoverInDoubt else {
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
