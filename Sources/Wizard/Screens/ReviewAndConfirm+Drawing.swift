internal import ControlAPI
package import Terminal

extension ReviewAndConfirm {
    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        let area = body.inset(columns: 1, rows: 0)
        let (buttons, upper) = area.bottom(1)
        let notices = Notice.lines(notices(world), columns: body.columns - 1, canvas.glyphs)
        let (lines, rows) = choices(in: body.size, world)
        let (said, text) = upper.bottom(upper.rows - rows)
        for (row, line) in notices.prefix(said.rows).enumerated() {
            canvas.put(line, at: Point(body.column, said.row + row))
        }
        let first = min(offset, max(0, lines.count - text.rows))
        for (row, line) in lines.dropFirst(first).prefix(text.rows).enumerated() {
            canvas.put(line, in: text.line(row))
        }
        canvas.offerScrolling(in: text)
        let hidden = lines.count - first - text.rows
        if hidden > 0 {
            canvas.put("\(canvas.glyphs.arrowDown) \(hidden) more", in: buttons, .dim)
        }
        drawButtons(in: buttons, on: &canvas, world)
        dialog?.draw(in: body, on: &canvas)
    }

    /// The lines, and for how many there is room on a page of that size.
    func choices(in size: Size, _ world: World) -> (lines: [[Run]], rows: Int) {
        let notices = Notice.lines(notices(world), columns: size.columns - 1, .ascii).count
        let upper = max(0, size.rows - 1)
        let rows = upper - min(notices, upper / 2)
        let lines = lines(world, columns: size.columns - 2)
        return lines.count <= rows
            ? (lines, rows) : (self.lines(world, columns: size.columns - 2, withFacts: false), rows)
    }

    private func drawButtons(in rect: Rect, on canvas: inout Canvas, _ world: World) {
        let start = StartDialog.button(
            flow(world).start, isAsking: asking.isOpen, isFree: obstacle(world) == nil)
        Button.drawRow(
            [(.back, Button("Back")), (.start, start)], focus, in: rect, on: &canvas)
    }

    private func notices(_ world: World) -> [Notice] {
        if let refusal { return [Notice(.error, refusal)] }
        return obstacle(world).map { [Notice(hasTried ? .error : .warning, $0)] } ?? []
    }

    /// Every choice, label and value, wrapped; the facts of the clusters only where they have room.
    func lines(_ world: World, columns: Int, withFacts: Bool = true) -> [[Run]] {
        let texts = flow(world).review
        let clusters = [(texts.source, setup.source), (texts.destination, setup.destination)]
        let label = columns >= 72 ? 28 : 18
        let choices =
            clusters.flatMap {
                cluster($0, $1, world, columns: columns - label).prefix(withFacts ? 2 : 1)
            } + earlier(world) + settings(world) + others(world)
        return choices.flatMap { name, value in
            let names = Text.wrapped([Run(name, .label)], to: label - 2)
            let values = Text.wrapped(value, to: columns - label)
            return (0..<max(names.count, values.count)).map { row in
                let name = row < names.count ? names[row].map(\.text).joined() : ""
                let rest = row < values.count ? values[row] : []
                return [Run(Text.padded(name, to: label), .label)] + rest
            }
        }
    }

    private typealias Choice = (String, [Run])

    private func cluster(
        _ label: String, _ id: Identifier, _ world: World, columns: Int
    ) -> [Choice] {
        guard let cluster = world.cluster(id) else { return [(label, [Run(Figure.unknown)])] }
        // A comma stands at the end of a line, too.
        let words = ClusterFacts.lines(cluster.facts, columns: columns - 1, separator: ", ")
            .joined(separator: ",\n")
        return [(label, [Run(world.path(of: cluster))]), ("", [Run(words, .dim)])]
    }

    private func earlier(_ world: World) -> [Choice] {
        guard setup.resumes else { return [] }
        let begun = world.validation(of: setup)?.earlier?.startedAt
        let name = world.cluster(setup.destination)?.name ?? Figure.unknown
        return [
            (
                "Goes on with",
                [
                    Run("The migration that \(name) holds"),
                    Run(begun.map { ", begun \(Times.date($0))" } ?? "", .dim),
                ]
            )
        ]
    }

    /// Those that the flow asks for.
    private func settings(_ world: World) -> [Choice] {
        let texts = flow(world).review
        return flow(world).setUp.fields.compactMap { field in
            switch field.part {
            case .verify: (texts.verify, verification(texts))
            case .clear: (texts.clear, clearing(texts, world))
            case .loadLevel: (texts.loadLevel, [Run(Words.loadLevel(setup.loadLevel))])
            default: nil
            }
        }
    }

    private func verification(_ texts: Flow.Review) -> [Run] {
        setup.verify == .off
            ? [Run("No. ", .warning), Run(texts.unverified)]
            : [Run("Yes. "), Run(texts.verified, .dim)]
    }

    private func clearing(_ texts: Flow.Review, _ world: World) -> [Run] {
        guard setup.clear else { return [Run("No. "), Run(texts.kept, .dim)] }
        let contents = Clearing.consequence(for: world.cluster(setup.destination))
        return [Run("Yes. " + Flow.fill(texts.cleared, ["contents": contents]), .error)]
    }

    private func others(_ world: World) -> [Choice] {
        var choices: [Choice] = []
        if !setup.include.isEmpty {
            choices.append(("Only", [Run(setup.include.joined(separator: ", "))]))
        }
        if !setup.exclude.isEmpty {
            choices.append(("Without", [Run(setup.exclude.joined(separator: ", "))]))
        }
        if let run = world.validation(of: setup), run.isPassed == true {
            let warnings = run.rows.count { $0.state == .warning }
            let time = run.endedAt.map { "at \(Times.moment($0, now: world.agentNow))" } ?? ""
            choices.append(
                (
                    flow(world).review.validation,
                    [
                        Run("Passed \(time)"),
                        Run(
                            ", \(Figure.counted(warnings, "warning"))",
                            warnings > 0 ? .warning : .dim),
                    ]
                ))
        }
        return choices
    }
}
