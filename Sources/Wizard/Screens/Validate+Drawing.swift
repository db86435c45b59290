internal import ControlAPI
package import Terminal

extension Validate {
    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        let area = body.inset(columns: 1, rows: 0)
        let (buttons, upper) = area.bottom(1)
        let (head, rest) = upper.top(1)
        canvas.put(summary(world, canvas.glyphs), in: head)
        let detail = detail(world, columns: area.columns, canvas.glyphs)
        let (below, list) = rest.bottom(min(detail.count, rest.rows / 2))
        for (row, line) in detail.prefix(below.rows).enumerated() {
            canvas.put(line, in: below.line(row))
        }
        drawRows(in: list, on: &canvas, world)
        drawButtons(in: buttons, on: &canvas, world)
        why?.draw(in: body, on: &canvas)
        start?.draw(in: body, on: &canvas)
    }

    /// `31 of 45 checks   2 warnings   1 failed`, and what stands of it all.
    private func summary(_ world: World, _ glyphs: Glyphs) -> [Run] {
        let (ended, all) = (rows(world), world.validation(run)?.rows.count ?? 0)
        let warnings = ended.count { $0.state == .warning }
        let failures = ended.count { $0.state == .failure }
        var runs: [Run] =
            switch standing(world) {
            case .gone: [Run("\(glyphs.warning) The agent has no results any more", .warning)]
            case .stale: [Run("\(glyphs.stale) Results for other choices", .warning)]
            case .running:
                [Run(glyphs.spinner(at: world.moment.uptime) + " Validating", .accent)]
            case .passed: passed(world, glyphs)
            case .failed: [Run("\(glyphs.failed) Not passed", .error)]
            }
        if all > 0 { runs.append(Run("   \(ended.count) of \(all) checks", .dim)) }
        if warnings > 0 { runs.append(Run("   \(Figure.counted(warnings, "warning"))", .warning)) }
        if failures > 0 { runs.append(Run("   \(failures) failed", .error)) }
        let unknown = ended.count { $0.state == .unknown }
        if unknown > 0 { runs.append(Run("   \(unknown) unknown", .warning)) }
        return runs
    }

    private func passed(_ world: World, _ glyphs: Glyphs) -> [Run] {
        guard let run = tooOld(world) else { return [Run("\(glyphs.done) Passed", .ok)] }
        let time = Times.moment(run.endedAt ?? run.startedAt, now: world.agentNow)
        return [Run("\(glyphs.stale) Passed at \(time), too long ago", .warning)]
    }

    /// Below the list: what was just refused, else what the chosen check has seen and what to do.
    private func detail(_ world: World, columns: Int, _ glyphs: Glyphs) -> [[Run]] {
        if let refusal {
            return [[]] + Text.wrapped([Run("\(glyphs.failed) \(refusal)", .error)], to: columns)
        }
        if let earlier = offer(world), !hasMoved {
            return [[]]
                + Text.wrapped(
                    [Run("\(glyphs.warning) ", .warning)] + words(earlier, world), to: columns)
        }
        guard let index = selected(world) else { return [] }
        let row = rows(world)[index]
        let seen = row.seen.isEmpty ? Figure.unknown : row.seen
        var runs = [Run(row.title + "  ", .label), Run(seen, row.mark(glyphs).style)]
        if let remedy = row.remedy { runs.append(Run("\n" + remedy)) }
        return [[]] + Text.wrapped(runs, to: columns)
    }

    /// What the destination holds, and what can be done with it.
    private func words(_ earlier: EarlierMigration, _ world: World) -> [Run] {
        let name = world.cluster(setup?.destination)?.name ?? "The destination"
        let begun = earlier.startedAt.map { ", begun \(Times.date($0))" } ?? ""
        let origin = "\(name) holds a migration from this source"
        var runs =
            if earlier.isPastPointOfNoReturn == true {
                [
                    Run("\(name) accepts writes already: it was cut over to\(begun). ", .label),
                    Run("Go on, so that the end of that cutover is done. Do not clear it."),
                ]
            } else if earlier.isInCutover == true {
                [
                    Run("\(origin) whose cutover is not finished\(begun). ", .label),
                    Run("Go on with it, so that the source takes writes again."),
                ]
            } else {
                [
                    Run("\(origin) that is not finished\(begun). ", .label),
                    Run("Go on with it where it stopped, or go back and clear the destination."),
                ]
            }
        if let holder = earlier.holder {
            runs.append(Run("\nRun last by \(holder); it must have ended there.", .dim))
        }
        return runs
    }

    private func drawRows(in rect: Rect, on canvas: inout Canvas, _ world: World) {
        let (ended, chosen) = (rows(world), selected(world))
        let next = world.validation(run)?.rows.first { $0.state == .checking }
        let (table, last) = (rect.bottom(next == nil ? 0 : 1).rest, rect.bottom(1).0)
        var scroll = scroll
        scroll.selected = chosen ?? 0
        // What ends last is seen while nobody has looked for another.
        if standing(world) == .running, !focus.isFocused(.rows) {
            scroll.selected = max(0, ended.count - 1)
        }
        canvas.offerScrolling(in: table)
        let first = scroll.first(count: ended.count, rows: table.rows)
        let most = table.columns - Self.taken - Tuning.seenColumns
        let titles = ended.map { Width.of($0.title) }.filter { $0 <= most }.max() ?? most
        let shown = ended.dropFirst(first).prefix(table.rows)
        for (row, check) in shown.enumerated() {
            let line = table.line(row)
            canvas.put(runs(check, titleColumns: titles, line.columns, canvas), in: line)
            let isOnIt = first + row == chosen && focus.isFocused(.rows)
            if isOnIt { canvas.restyle(line, .selection) }
            if let chosen, let keys = focus.keys(to: .rows) {
                canvas.offer(
                    keys + (isOnIt ? [.enter] : .moving(first + row - chosen)), in: line,
                    as: "\(check.check) \(check.place)")
            }
        }
        if let next {
            let spinner = canvas.glyphs.spinner(at: world.moment.uptime)
            let place = table.rows > shown.count ? table.line(shown.count) : last
            canvas.put(
                [
                    Run("\(spinner) checking  ", .accent),
                    Run("\(next.title) (\(next.place))", .dim),
                ],
                in: place)
        }
    }

    /// Columns of the state and the place, and of what is between all four.
    private static let taken = 10 + 7 + 3

    /// A title that is longer than most takes the room of what was seen, which is below where the check is chosen.
    private func runs(
        _ check: ValidationRow, titleColumns: Int, _ columns: Int, _ canvas: Canvas
    ) -> [Run] {
        let (glyph, word, style) = check.mark(canvas.glyphs)
        let isWide = columns - titleColumns >= Tuning.detailColumns
        let isLong = Width.of(check.title) > titleColumns
        var table = Table([
            .init("", width: 10), .init("", width: isWide ? 12 : 7),
            .init("", width: isLong ? nil : titleColumns + 1),
        ])
        if !isLong { table.columns.append(.init()) }
        let cells = [
            Run(canvas.isPlain ? word : "\(glyph) \(word)", style),
            Run(isWide ? check.place : check.shortPlace, .dim), Run(check.title),
            Run(check.seen, .dim),
        ]
        return table.row(cells, columns: columns, canvas.glyphs)
    }

    private func drawButtons(in rect: Rect, on canvas: inout Canvas, _ world: World) {
        let isRunning = standing(world) == .running
        let again = Button(flow(world).validate.again, isRunning ? .grey(reason: "") : .normal)
        Button.drawRow(
            [(.back, Button("Back")), (.again, again), (.next, continueButton(world))], focus,
            in: rect, on: &canvas)
    }
}
