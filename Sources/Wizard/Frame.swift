internal import ControlAPI
internal import Terminal

/// What is around every page: who and when above, what was said and the keys below.
struct Frame {
    let model: Wizard.Model
    private var world: World { model.world }

    init(_ model: Wizard.Model) { self.model = model }

    func draw(on canvas: inout Canvas) {
        let size = canvas.size
        guard size.columns >= Tuning.leastColumns, size.rows >= Tuning.leastRows else {
            let needed = "\(Tuning.leastColumns)x\(Tuning.leastRows)"
            canvas.put(
                "lagzero needs \(needed), this is \(size.columns)x\(size.rows)",
                in: canvas.bounds, .warning)
            return
        }
        let places = places(in: size)
        drawHead(in: places.head.margin, on: &canvas)
        if let band = world.band, let place = places.band {
            canvas.put(" " + band, in: place)
            canvas.restyle(place, Style(.warning, .reverse))
        }
        if let guide = model.guide, let place = places.guide {
            canvas.put(guide.line, in: place.margin, Style(.accent, .bold))
        }
        if let steps = FlowSteps(model), let place = places.steps {
            steps.stepper.draw(in: place.left(1).rest, on: &canvas)
        }
        for rule in places.rules { canvas.rule(rule) }
        drawBody(in: places.body, on: &canvas)
        // After the body: its keys work over a dialog, too.
        drawFooter(in: places.footer.margin, on: &canvas)
        drawMessages(
            in: places.message.margin, isRoomy: !places.rules.isEmpty, on: &canvas)
    }

    /// What is left for the page.
    var body: Size { places(in: world.size).body.size }

    /// Where everything is; what there is no room for, or nothing to say in, has no place.
    private struct Places {
        var head: Rect
        var band: Rect?
        var guide: Rect?
        var steps: Rect?
        /// Above the page and below it.
        var rules: [Rect]
        var message: Rect
        var footer: Rect
        var body: Rect
    }

    private func places(in size: Size) -> Places {
        let isRoomy = size.rows >= Tuning.roomyRows
        var rest = Rect(size)
        func top() -> Rect {
            let (part, below) = rest.top(1)
            rest = below
            return part
        }
        func bottom() -> Rect {
            let (part, above) = rest.bottom(1)
            rest = above
            return part
        }
        let head = top()
        let band = world.band == nil ? nil : top()
        let guide = model.guide == nil ? nil : top()
        let steps = FlowSteps(model) == nil ? nil : top()
        let above = isRoomy ? [top()] : []
        let footer = bottom()
        let message = bottom()
        // There is no rule between it and the page: a long one takes a row of the page and covers none.
        if !isRoomy, let said = messages.first,
            lines(said, columns: message.margin.columns, .unicode).count > 1
        {
            _ = bottom()
        }
        let below = isRoomy ? [bottom()] : []
        return Places(
            head: head, band: band, guide: guide, steps: steps, rules: above + below,
            message: message,
            footer: footer, body: rest)
    }

    private func drawBody(in body: Rect, on canvas: inout Canvas) {
        if case .log(let log) = model.overlay { return log.draw(in: body, world, on: &canvas) }
        if case .faults(let list) = model.overlay {
            return list.draw(in: body, world.host?.faults ?? [], on: &canvas)
        }
        canvas.clipped(to: body) { model.page.screen.draw(in: body, on: &$0, world) }
        if case .help(let help) = model.overlay { help.draw(in: body, on: &canvas) }
    }

    /// The host goes first where there is no room for all, then the time of this place.
    private func drawHead(in line: Rect, on canvas: inout Canvas) {
        let title = model.page.screen.title(world)
        let host = world.snapshot?.agent.host ?? "this host"
        let utc = Times.time(world.moment.wall) + "Z"
        let clocks = [model.zone.clock(world.moment.wall), utc].compactMap(\.self)
        let left = "lagzero  ".count + Width.of(title)
        let all = [host] + clocks
        let kept =
            all.indices.map { all[$0...].joined(separator: "  ") }
            .first { left + 2 + Width.of($0) <= line.columns } ?? utc
        let (right, rest) = line.right(Width.of(kept))
        canvas.put(kept, in: right, .dim)
        canvas.put(
            [Run("lagzero  ", .title), Run(title, .label)], in: rest.left(rest.columns - 2).0)
    }

    /// What was said last comes first: it answers a key, or says why the agent does not start. Then comes what is known of
    /// an agent that hangs. That the agent is silent stands above it where there is room, and in its place when it is
    /// over. What is longer than a line takes the one above, too.
    private func drawMessages(in line: Rect, isRoomy: Bool, on canvas: inout Canvas) {
        let messages = messages
        guard let (text, role) = messages.first else { return }
        let rows = draw(text, role, in: line, on: &canvas)
        if messages.count > 1, rows == 1, isRoomy {
            let above = Rect(line.column, line.row - 1, line.columns, 1)
            _ = draw(messages[1].0, messages[1].1, in: above, on: &canvas)
        }
    }

    /// The first one is what was said last, where something was.
    private var messages: [(String, Role)] {
        let note = model.note.map { ($0.text, $0.role) }
        let hung = model.silentAgent.map { (Words.error($0), Role.error) }
        let silence = silence.map { ($0, Role.warning) }
        let trouble = world.snapshot?.agent.trouble.map { (Words.error($0), Role.warning) }
        return note.map { [$0, silence].compactMap(\.self) }
            ?? [hung ?? silence ?? trouble].compactMap(\.self)
    }

    /// Ends on that line; returns how many it took.
    private func draw(
        _ text: String, _ role: Role, in line: Rect, on canvas: inout Canvas
    ) -> Int {
        let kept = lines((text, role), columns: line.columns, canvas.glyphs)
        for (index, text) in kept.enumerated() {
            let row = line.row - kept.count + 1 + index
            let place = Rect(0, row, canvas.size.columns, 1)
            canvas.fill(place)
            // What it covers is not clicked.
            canvas.offer([], in: place)
            canvas.put(text, in: Rect(line.column, row, line.columns, 1), Style(role))
        }
        return kept.count
    }

    /// Two at most, the second one as long as it is. The marks of all glyphs are of one width.
    private func lines(
        _ message: (text: String, role: Role), columns: Int, _ glyphs: Glyphs
    ) -> [String] {
        let lines = Text.wrapped(glyphs.marked(message.text, message.role), to: columns)
        return lines.count > 2 ? [lines[0], lines[1...].joined(separator: " ")] : lines
    }

    private var silence: String? {
        if let silence = world.silence {
            let seconds = silence.components.seconds
            return "No news from the agent for \(seconds) s: the page is as old."
        }
        return model.isAgentSilent ? "The agent does not answer." : nil
    }

    /// The same page for who reads line by line.
    var plain: PlainView {
        PlainView(
            model.page.screen.title(world), steps: FlowSteps(model)?.stepper,
            messages: [world.band, model.guide?.spokenLine].compactMap { $0.map { ($0, .text) } }
                + messages,
            standing: standing, alert: alert, keys: model.shownKeys, size: body
        ) { drawBody(in: $0.bounds, on: &$0) }
    }

    private func drawFooter(in line: Rect, on canvas: inout Canvas) {
        guard world.isLinkSlow else { return model.shownKeys.drawFooter(in: line, on: &canvas) }
        let text = canvas.glyphs.marked(Words.slowLink, .warning)
        let (place, rest) = line.right(Width.of(text))
        canvas.put(text, in: place, .warning)
        model.shownKeys.drawFooter(in: rest.left(rest.columns - 2).0, on: &canvas)
    }
}

extension Rect {
    /// Without a column on either side.
    fileprivate var margin: Rect { inset(columns: 1, rows: 0) }

    /// Its last columns and the rest.
    fileprivate func right(_ count: Int) -> (Rect, rest: Rect) {
        let (rest, last) = left(columns - count)
        return (last, rest)
    }
}
