internal import ControlAPI
package import Terminal

extension SetUpMigration {
    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        let area = body.inset(columns: 1, rows: 0)
        let (buttons, upper) = area.bottom(1)
        let notices = Notice.lines(notices(world), columns: body.columns - 1, canvas.glyphs)
        var (said, fields) = upper.bottom(min(notices.count, max(0, upper.rows - 6)))
        for (row, line) in notices.prefix(said.rows).enumerated() {
            canvas.put(line, at: Point(body.column, said.row + row))
        }
        var form = SetUpForm(
            self, world, columns: fields.columns, canvas.glyphs, isStacked: canvas.isPlain)
        if form.rows + 3 <= fields.rows {
            canvas.put(flow(world).setUp.heading, in: fields.line(0), Style(.title, .bold))
            fields = fields.top(2).rest
        }
        form.place(in: fields, focused: focus.focused)
        canvas.clipped(to: fields) { form.draw(self, world, on: &$0) }
        let rest = form.rowsBelow
        if rest > 0 {
            canvas.put("\(canvas.glyphs.arrowDown) \(rest) more", in: buttons, .dim)
        }
        Button.drawRow(
            [(.back, Button("Back")), (.next, continueButton(world))], focus, in: buttons,
            on: &canvas)
        if let part = focus.focused, let place = form.places[part] {
            open?.drawOpen(at: place, in: area, on: &canvas)
        }
        clearing?.draw(in: body, on: &canvas)
    }

    /// Why it is grey stands above it.
    private func continueButton(_ world: World) -> Button {
        let title = continueTitle(world)
        guard draft.setup(world) != nil, !isValidating(world) else {
            return Button(title, .grey(reason: ""))
        }
        let isPassed = run(world).map { $0.isPassed == true && world.isFresh($0) } ?? false
        return Button(title, isPassed ? .ready : .normal)
    }

    /// Above the buttons: the last refusal, or where the validation stands.
    private func notices(_ world: World) -> [Notice] {
        if let refusal, !isSaidBesideACluster(refusal.part) {
            return [Notice(.error, refusal.text)]
        }
        if asking.isOpen { return [] }
        guard let setup = draft.setup(world) else { return [Notice(.dim, nextStep(world))] }
        let notices =
            setup.resumes
            ? [Notice(.accent, "It goes on with the migration that the destination holds.")] : []
        return notices + standing(world)
    }

    private func standing(_ world: World) -> [Notice] {
        let next = flow(world).setUp.next
        if let run = run(world) {
            switch run.isPassed {
            case nil: return [Notice(.accent, "The validation is under way: Enter shows it.")]
            case true? where !world.isFresh(run):
                let time = Times.moment(run.endedAt ?? run.startedAt, now: world.agentNow)
                return [
                    Notice(
                        .warning, "It passed its validation at \(time): \(next) validates again.")
                ]
            case true?: return [Notice(.ok, "The validation has passed.")]
            case false?:
                return [
                    Notice(
                        .error,
                        "The validation has not passed: v shows why, \(next) validates again.")
                ]
            }
        }
        guard let stale = staleRun(world) else { return [] }
        let time = Times.moment(stale.startedAt, now: world.agentNow)
        return [
            Notice(
                .warning,
                "The results of \(time) are for other choices: \(next) validates again, v shows them."
            )
        ]
    }

    func isSaidBesideACluster(_ part: Part) -> Bool {
        [.sourceOrganization, .sourceProject, .sourceCluster].contains(part) || part.isDestination
    }

    /// What stands under the chosen cluster of a side.
    func facts(
        _ cluster: Cluster?, isDestination: Bool, columns: Int, _ world: World, _ glyphs: Glyphs
    ) -> [[Run]] {
        var notices: [Notice] = []
        if let refusal, isSaidBesideACluster(refusal.part),
            refusal.part.isDestination == isDestination
        {
            notices.append(Notice(.error, refusal.text))
        }
        if let trouble = cluster?.trouble {
            notices.append(Notice(.error, "\(Words.error(trouble)) t tests it again."))
        }
        if let cluster, let conflict = world.conflict(cluster, isDestination: isDestination) {
            notices.append(Notice(.warning, Words.error(conflict)))
        }
        var lines = Notice.lines(notices, columns: columns, glyphs)
        let name = cluster?.name ?? ""
        if !OpenList.shows(name, columns: SetUpForm.fieldColumns(flow(world).setUp, side: columns))
        {
            lines = Text.wrapped([Run(name)], to: columns - 1).map { [" "] + $0 } + lines
        }
        guard let cluster, cluster.facts != nil || cluster.trouble == nil else { return lines }
        return lines
            + ClusterFacts.lines(cluster.facts, columns: columns - 1, glyphs).map {
                [Run(" " + $0, .dim)]
            }
    }
}

extension World {
    /// Why the agent would refuse to begin a migration with it on that side.
    func conflict(_ cluster: Cluster, isDestination: Bool) -> ControlError? {
        isDestination ? snapshot?.conflict(into: cluster) : snapshot?.conflict(from: cluster)
    }

    func hasConflict(_ setup: MigrationSetup) -> Bool {
        [(setup.source, false), (setup.destination, true)].contains { id, isDestination in
            cluster(id).flatMap { conflict($0, isDestination: isDestination) } != nil
        }
    }
}
