package import ControlAPI
package import Terminal

/// The third step: what was done, and where the application is to connect.
package struct Success: LiveScreen {
    enum Dialog: Sendable, Equatable, Codable {
        case connect(ConnectToAtlas)
        case release(Modal)
        case details(DetailsDialog)
    }

    package let migration: Identifier
    var wheel = Wheel()
    private(set) var dialog: Dialog?
    /// The agent has been asked to release the source and has not answered yet.
    private var releasing = Asking()
    /// Why that was refused last.
    private var refusal: ControlError?

    package init(_ migration: Identifier) { self.migration = migration }

    package func title(_ world: World) -> String { flow(world).success.title }
    package var holdsKeys: Bool { dialog != nil }

    package mutating func update(_ world: World) -> [Action] {
        guard live(world)?.isSourceHeld == false else { return [] }
        if case .release = dialog { dialog = nil }
        refusal = nil
        return []
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        guard case .releaseSource = command else { return refusal(answer, to: command) }
        releasing.isOpen = false
        guard case .refused(let error) = answer else {
            return [.say("The source accepts writes again.", .ok)]
        }
        refusal = error
        return [.say("The source was not released.", .error)]
    }

    package func keys(_ world: World) -> KeyMap {
        switch dialog {
        case .connect: return ConnectToAtlas.keys
        case .release(let modal): return modal.keys(in: world.body)
        case .details(let details): return details.keys(in: world.body)
        case nil: break
        }
        let live = live(world)
        var bindings: [KeyMap.Binding] = [
            .init(.enter, label: "Connect"),
            .init(.character("y"), label: "Copy", isForScreens: true),
        ]
        if live?.isSourceHeld == true, !world.isReadOnly {
            bindings.append(
                .init(
                    .character("r"), label: "Release source",
                    reason: releasing.isOpen ? Self.isReleasing : nil))
        }
        if live.map(remarks)?.isEmpty == false {
            bindings.append(.init(.character("i"), label: "Details"))
        }
        return KeyMap(bindings + [.init(.escape, label: "Hub")])
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        guard let live = live(world) else { return key == .escape ? [.home] : [] }
        if dialog != nil { return handleDialog(key, world) }
        switch key {
        case .escape: return [.home]
        case .enter, .space:
            dialog = .connect(ConnectToAtlas(live.destinationConnectionString))
        case .character("y"):
            return [
                .copy(ConnectToAtlas.template(live.destinationConnectionString)),
                .say("Sent the connection string to the terminal's clipboard.", .text),
            ]
        case .character("r") where !world.isReadOnly:
            guard live.isSourceHeld else {
                return [.say("\(live.sourceName) is not held by lagzero.", .warning)]
            }
            if releasing.isOpen { return [.say(Self.isReleasing, .warning)] }
            let text =
                "Applications can write to \(live.sourceName) again. Nothing of what they write there "
                + "comes to \(live.destinationName)."
            dialog = .release(
                Modal(
                    "Release the source", [Run(text)],
                    buttons: [Button("Back"), Button("Release source")], escape: 0))
        case .character("i"):
            let remarks = remarks(live)
            guard !remarks.isEmpty else { return [] }
            let pieces = remarks.map { [DetailsDialog.Piece(Run($0.text, .warning), $0)] }
            dialog = .details(
                DetailsDialog("Details", Array(pieces.joined(separator: [.init("\n\n")]))))
        default: break
        }
        return []
    }

    private mutating func handleDialog(_ key: Key, _ world: World) -> [Action] {
        switch dialog {
        case .connect(var connect):
            let actions = connect.handle(key)
            dialog = connect.isClosed ? nil : .connect(connect)
            return actions
        case .release(var modal):
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? .release(modal) : nil
            guard modal.choice == 1 else { return [] }
            (releasing.isOpen, refusal) = (true, nil)
            return [.perform(.releaseSource(migration))]
        case .details(var details):
            let actions = details.handle(key, in: world.body)
            dialog = details.isClosed ? nil : .details(details)
            return actions
        case nil: break
        }
        return []
    }

    private static let isReleasing = "The source is being released."

    /// What went wrong here, problems and differences, each on its own.
    private func remarks(_ live: LiveMigration) -> [Copied] {
        [refusal.map { Copied($0) }].compactMap(\.self)
            + live.problems.map { Copied("problem", $0) }
            + live.mismatches.map { Copied("difference", "Differs: \($0)") }
    }

    // MARK: Drawing

    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        guard let live = live(world) else {
            return canvas.put(" " + Words.unknownMigration, in: body, .dim)
        }
        let flow = flow(world)
        var rest = Rect(
            body.column, body.row, min(body.columns, Tuning.textColumns), body.rows)
        if body.rows >= 16 {
            CutoverView.drawSteps(
                flow.cutover, [.done, .done, .current], in: body.line(0), on: &canvas)
            rest = rest.top(2).rest
        }
        canvas.put(" " + flow.success.heading, in: rest.line(0), Style(.ok, .bold))
        rest = rest.top(body.rows >= 16 ? 2 : 1).rest
        let (foot, upper) = rest.bottom(1)
        let figures = figures(live, world, isNarrow: body.columns < 76)
        let label = body.columns >= 76 ? 24 : 22
        for (row, figure) in figures.enumerated() {
            let line = upper.line(row)
            canvas.put(" " + figure.label, in: line, .label)
            let value = Rect(label, line.row, max(0, line.columns - label - 1), line.rows)
            var runs = [Run(figure.value, figure.style)]
            let explanation = Run("   " + figure.explanation, .dim)
            if Width.of(figure.value + explanation.text) <= value.columns {
                runs.append(explanation)
            }
            canvas.put(runs, in: value)
            if let note = figure.note, !canvas.isPlain {
                canvas.put(note, in: value, .key, alignment: .right)
            }
        }
        drawText(live, flow, in: upper.top(figures.count + (body.rows >= 16 ? 1 : 0)).rest, &canvas)
        Button.drawRow(
            [Button(flow.success.connect, .ready)], focused: dialog == nil ? 0 : nil,
            in: Rect(1, foot.row, body.columns - 2, foot.rows), on: &canvas)
        switch dialog {
        case .connect(let connect):
            connect.draw(flow.success.methods, in: body, on: &canvas)
        case .release(let modal): modal.draw(in: body, on: &canvas)
        case .details(let details): details.draw(in: body, on: &canvas)
        case nil: break
        }
    }

    private struct FigureLine {
        var label: String
        var value: String
        var style = Style.text
        /// Behind the value, where there is room for it.
        var explanation = ""
        var note: String?
    }

    private func figures(
        _ live: LiveMigration, _ world: World, isNarrow: Bool
    ) -> [FigureLine] {
        let flow = flow(world)
        let texts = flow.success
        let report = live.report
        let applied = Figure.count(report?.eventsApplied ?? live.figures.eventsApplied)
        let pending = live.figures.backlog.map { ", \(Figure.count($0)) pending" } ?? ""
        let downtime = report?.applicationDowntimeSeconds ?? live.cutover.downtimeSeconds
        let copied = [
            Figure.bytes(report?.bytesCopied ?? live.figures.bytesCopied),
            (report?.collectionsCopied ?? live.figures.collectionsCopied)
                .map { Figure.counted($0, "collection") },
            isNarrow
                ? nil
                : (report?.documentsCopied ?? live.figures.documentsCopied)
                    .map { Figure.counted($0, "document") },
        ]
        var lines = [
            FigureLine(label: texts.changes, value: "\(applied) applied\(pending)"),
            FigureLine(
                label: texts.downtime,
                value: downtime == nil
                    ? "-  no write was seen shortly before" : Times.span(downtime),
                explanation: downtime == nil || isNarrow ? "" : texts.aboutDowntime),
            FigureLine(label: texts.duration, value: Times.span(report?.durationSeconds)),
            FigureLine(
                label: texts.copied,
                value: copied.compactMap(\.self).joined(separator: ", ")),
            verification(live, flow),
        ]
        // Until the report is there the engine's last word counts: what accepts writes is not known by the lack of a word.
        let isHeld = live.report == nil ? live.cutover.isSourceBlocked : live.isSourceHeld
        switch isHeld {
        case true? where releasing.isOpen:
            lines.append(FigureLine(label: texts.source, value: "releasing...", style: .accent))
        case true?:
            lines.append(
                FigureLine(
                    label: texts.source,
                    value: isNarrow ? "refuses writes" : "refuses writes until you release it",
                    note: live.isSourceHeld && !world.isReadOnly ? "r release" : nil))
        case false? where live.cutover.isSourceBlockedByOthers == true:
            lines.append(
                FigureLine(
                    label: texts.source, value: "blocked by somebody else: use it no more",
                    style: .warning))
        case false? where live.report != nil:
            lines.append(
                FigureLine(
                    label: texts.source, value: "accepts writes: use it no more", style: .warning))
        default: lines.append(FigureLine(label: texts.source, value: Figure.unknown))
        }
        return lines
    }

    private func verification(_ live: LiveMigration, _ flow: Flow) -> FigureLine {
        let label = flow.success.verification
        let figures = live.report?.verification ?? live.figures.verification
        guard live.setup.verify != .off, let figures else {
            return FigureLine(
                label: label,
                value: live.setup.verify == .off ? flow.verification.yourself : Figure.unknown,
                style: .warning)
        }
        let differences = live.mismatches.count
        let done = Figure.count(figures.collectionsDone)
        let all = Figure.counted(figures.collections ?? figures.collectionsDone, "collection")
        let what = live.setup.verify == .counts ? "with equal counts" : "identical"
        if differences > 0 {
            let text = Figure.counted(differences, "difference")
            return FigureLine(label: label, value: text, style: .warning, note: "i details")
        }
        return FigureLine(label: label, value: "\(done) of \(all) \(what)", style: .ok)
    }

    private func notices(_ live: LiveMigration, _ flow: Flow) -> [Notice] {
        var notices: [Notice] = []
        if let refusal {
            notices.append(Notice(.error, "Not released. \(Words.error(refusal))"))
        }
        let problems = live.problems.count
        if problems > 0 {
            notices.append(
                Notice(
                    .warning, "\(Figure.counted(problems, "problem")) left to be solved: i details")
            )
        }
        let verify = live.setup.verify
        notices.append(
            Notice(verify == .off ? .warning : .ok, flow.verification.notice(verify)))
        return notices
    }

    private func drawText(
        _ live: LiveMigration, _ flow: Flow, in rect: Rect, _ canvas: inout Canvas
    ) {
        let lines = Notice.lines(notices(live, flow), columns: rect.columns, canvas.glyphs)
        // The connection string has two rows and what is said above it.
        let shown = min(lines.count, max(1, rect.rows - 3))
        for (row, line) in lines.prefix(shown).enumerated() { canvas.put(line, in: rect.line(row)) }
        if shown < lines.count, refusal != nil {
            canvas.put(
                " i shows more ", in: rect.line(shown - 1), .selection, alignment: .right)
        }
        var rest = rect.top(shown).rest
        if rest.rows >= 4 { rest = rest.top(1).rest }
        drawAddress(live, flow.success, in: rest, &canvas)
    }

    /// Whole where there is room, over the whole width: it is selected on the terminal where it cannot be copied.
    private func drawAddress(
        _ live: LiveMigration, _ texts: Flow.Success, in rest: Rect, _ canvas: inout Canvas
    ) {
        let columns = canvas.size.columns
        var address = Text.broken(
            ConnectToAtlas.template(live.destinationConnectionString), to: columns)
        let isCut = address.count > rest.rows
        let label = rest.rows > address.count || isCut && rest.rows > 1 ? 1 : 0
        if isCut, rest.rows > label {
            address = Array(address.prefix(rest.rows - label))
            let last = address.count - 1
            address[last] = Text.truncated(
                address[last] + " ", to: columns, ellipsis: canvas.glyphs.ellipsis)
        }
        let head = rest.line(0).inset(columns: 1, rows: 0)
        if label > 0 {
            let copy = canvas.isPlain ? "" : isCut ? "y copies all" : "y copy"
            let room = head.columns - Width.of(copy) - 2
            canvas.put(Width.of(texts.point) <= room ? texts.point : texts.pointShort, in: head)
            canvas.put(copy, in: head, .key, alignment: .right)
        }
        for (row, line) in address.prefix(rest.rows - label).enumerated() {
            let place = rest.line(row + label)
            canvas.put(line, in: Rect(0, place.row, columns, place.rows), .accent)
        }
    }
}
