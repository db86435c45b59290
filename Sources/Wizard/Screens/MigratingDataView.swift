internal import ControlAPI
internal import Terminal

/// The upper part of the page: who to whom, the four rows, the figures.
struct MigratingDataView {
    let live: LiveMigration
    private let flow: Flow
    let isNarrow: Bool
    private let stage: Stage

    init(_ live: LiveMigration, _ flow: Flow, isNarrow: Bool) {
        self.live = live
        self.flow = flow
        self.isNarrow = isNarrow
        stage = Stage(live)
    }

    private var figures: MigrationFigures { live.figures }
    private var isCopying: Bool { stage == .copying }
    private var hasSecondLine: Bool { isCopying || stage == .indexing }
    private var rowColumn: Int { isNarrow ? 28 : 29 }
    private var valueColumn: Int { isNarrow ? 20 : 21 }
    private var noteColumn: Int { isNarrow ? 37 : 41 }

    /// Rows below the header.
    var fixedRows: Int { 7 + (hasSecondLine ? 1 : 0) + (isNarrow ? 0 : 1) }

    func drawHeader(in rect: Rect, _ world: World, on canvas: inout Canvas) {
        let glyphs = canvas.glyphs
        let line = String(repeating: glyphs.horizontal, count: 6) + glyphs.arrowRight
        let started = since(world)
        let names = Rect(1, rect.row, max(0, rect.columns - Width.of(started) - 4), 1)
        // Where there is no room for both names, neither hides the other.
        let room = names.columns - Width.of(line) - 4
        let fits = Width.of(live.sourceName) + Width.of(live.destinationName) <= room
        func shown(_ name: String) -> String {
            fits ? name : Text.truncated(name, to: room / 2, ellipsis: glyphs.ellipsis)
        }
        canvas.put(
            [
                Run(shown(live.sourceName), .title), Run("  \(line)  ", .dim),
                Run(shown(live.destinationName), .title),
            ], in: names)
        canvas.put(
            started, in: Rect(1, rect.row, rect.columns - 2, 1), .dim, alignment: .right)
    }

    private func since(_ world: World) -> String {
        if let ended = live.endedAt {
            return "ended \(Times.date(ended))"
        }
        guard let now = world.agentNow else { return "" }
        let minutes = max(0, now - live.startedAt) / 60_000
        if minutes < 1 { return "started just now" }
        return "started " + (minutes < 60 ? "\(minutes) m" : "\(minutes / 60) h \(minutes % 60) m")
            + " ago"
    }

    func drawFixed(in rect: Rect, on canvas: inout Canvas) {
        let rows = StageRow.all(live, flow, isNarrow: isNarrow)
        var line = 0
        for (index, row) in rows.enumerated() {
            let place = rect.line(line)
            canvas.put(
                [
                    Run(" \(canvas.glyphs.mark(row.state)) ", row.state.style),
                    Run(row.title, row.state == .waiting ? .dim : .text),
                ], in: place)
            let value = Rect(rowColumn, place.row, rect.columns - rowColumn, place.rows)
            if index == 1, isCopying {
                drawBar(in: value, on: &canvas)
            } else if index == 1, stage < .copying {
                canvas.put("", in: value)
            } else {
                canvas.put(row.text, in: value, row.state == .waiting ? .dim : .text)
            }
            line += 1
            if index == 1, hasSecondLine {
                drawSecondLine(
                    in: Rect(rowColumn, place.row + 1, value.columns, place.rows), on: &canvas)
                line += 1
            }
        }
        drawFigures(in: rect.top(line + (isNarrow ? 0 : 1)).rest, on: &canvas)
    }

    private func drawBar(in rect: Rect, on canvas: inout Canvas) {
        let fraction = figures.bytesCopied.flatMap { copied in
            figures.bytesTotal.flatMap { $0 > 0 ? Double(copied) / Double($0) : nil }
        }
        let (bar, rest) = rect.left((isNarrow ? 10 : Tuning.barColumns) + 5)
        ProgressBar(fraction).draw(in: bar, on: &canvas)
        canvas.put(
            "  " + Figure.bytes(figures.bytesCopied, of: figures.bytesTotal), in: rest)
    }

    private func drawSecondLine(in rect: Rect, on canvas: inout Canvas) {
        if stage == .indexing {
            canvas.put(indexes, in: rect, .dim)
        } else if isCopying {
            let dot = " \(canvas.glyphs.separator) "
            let overall = figures.bytesPerSecondOverall.map {
                Figure.bytesPerSecond($0) + " overall"
            }
            let now = figures.bytesPerSecond.map { Figure.bytesPerSecond($0) }
            let parts: [String?] =
                if live.phase != .copying {
                    // Nothing is being copied: how fast it was, and no more.
                    [overall]
                } else if isNarrow {
                    [now, timeLeft]
                } else {
                    [now.map { $0 + " now" }, overall, timeLeft]
                }
            canvas.put(parts.compactMap(\.self).joined(separator: dot), in: rect, .dim)
        }
    }

    /// `19-23 min left`: at the speed of now, and at that of all the time.
    var timeLeft: String {
        guard let total = figures.bytesTotal, let copied = figures.bytesCopied else {
            return "estimating"
        }
        let speeds = [figures.bytesPerSecond, figures.bytesPerSecondOverall].compactMap(\.self)
            .filter { $0 > 0 }
        let minutes = speeds.map { Double(max(0, total - copied)) / $0 / 60 }
        guard let least = minutes.min(), let most = minutes.max() else { return "estimating" }
        if most < 1 { return "under 1 min left" }
        if least >= 120 { return span(least / 60, most / 60) + " h left" }
        return span(least, most) + " min left"
    }

    private func span(_ least: Double, _ most: Double) -> String {
        let first = Int(clamping: least.rounded(.down))
        let last = Int(clamping: most.rounded(.up))
        return first == last ? "\(first)" : "\(first)-\(last)"
    }

    // MARK: Lag, stream, oplog

    private func drawFigures(in rect: Rect, on canvas: inout Canvas) {
        drawLag(in: rect.line(0), on: &canvas)
        // What was measured last says nothing of now.
        let isOver = live.phase.isFinal
        let behind = isOver ? nil : figures.streamLagSeconds.map { Times.clock($0) + " behind" }
        let events = figures.eventsRead.map { "\(Figure.shortCount($0)) events read" }
        put("Change stream", behind ?? Figure.unknown, events ?? "", rect.line(1), &canvas)
        let headroom = isOver ? nil : figures.oplogHeadroomSeconds.map(Double.init)
        let isShort = headroom.map { $0 < 6 * 3_600 } ?? false
        put(
            "Oplog headroom", Times.span(headroom), stage < .indexing || isNarrow ? indexes : "",
            rect.line(2), &canvas, isShort ? .warning : .text)
    }

    private var indexes: String {
        guard let total = figures.indexesTotal else { return "" }
        if stage < .indexing {
            guard isCopyAhead else { return "" }
            return isNarrow
                ? "\(total) indexes to build" : "Indexes after the copy, \(total) to build"
        }
        return "\(Figure.count(figures.indexesBuilt)) of \(total) indexes built"
    }

    /// Whether the end of the copy is still to come: not where it was in sync already and is taken up again, nor where
    /// it was given up.
    private var isCopyAhead: Bool {
        live.cutover.deadlineAt == nil && live.phase != .cancelled
    }

    private func drawLag(in rect: Rect, on canvas: inout Canvas) {
        let isShown = stage >= .catchingUp
        let lag = isShown ? Times.clock(figures.lagSeconds) : Figure.unknown
        let note =
            isShown || !isCopyAhead
            ? "" : isNarrow ? "shown after the copy" : "shown when the copy is done"
        put(flow.migrating.lag, lag, note, rect, &canvas)
        guard isShown else { return }
        var right = rect.endColumn - 1
        if let maximum = figures.lagMaximumLastHour {
            let text = (isNarrow ? "max " : "hour's max ") + Times.clock(maximum)
            right -= Width.of(text)
            canvas.put(text, in: Rect(right, rect.row, Width.of(text), rect.rows), .dim)
            right -= 2
        }
        let first = noteColumn - (isNarrow ? 6 : 8)
        let columns = min(60, right - first)
        let place = Rect(first, rect.row, columns, rect.rows)
        Sparkline(
            figures.lagByMinute.map(Optional.some),
            maximum: max(Tuning.highLag, figures.lagByMinute.max() ?? 0)
        ).draw(in: place, on: &canvas)
    }

    private func put(
        _ label: String, _ value: String, _ note: String, _ rect: Rect, _ canvas: inout Canvas,
        _ style: Style = .text
    ) {
        canvas.put(label, in: Rect(1, rect.row, valueColumn - 2, rect.rows), .label)
        canvas.put(
            value, in: Rect(valueColumn, rect.row, noteColumn - valueColumn - 1, rect.rows), style)
        canvas.put(
            note, in: Rect(noteColumn, rect.row, rect.columns - noteColumn - 1, rect.rows), .dim)
    }
}
