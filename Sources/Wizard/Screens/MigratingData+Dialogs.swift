internal import ControlAPI
internal import Terminal

extension MigratingData.Dialog {
    /// What it is about; it closes once that cannot be done any more.
    var act: MigratingData.Act? {
        switch self {
        case .loadLevel: .loadLevel
        case .extend: .extend
        case .retry, .clearAgain: .retry
        case .acknowledge: .acknowledge
        case .cancel: .cancel
        case .details: nil
        }
    }

    func keys(in size: Size) -> KeyMap {
        switch self {
        case .loadLevel(let modal), .extend(let modal), .retry(let modal),
            .acknowledge(let modal, _):
            modal.keys(in: size)
        case .details(let dialog): dialog.keys(in: size)
        case .cancel(let dialog), .clearAgain(let dialog): dialog.keys(in: size)
        }
    }

    func draw(in rect: Rect, on canvas: inout Canvas) {
        switch self {
        case .loadLevel(let modal), .extend(let modal), .retry(let modal),
            .acknowledge(let modal, _):
            modal.draw(in: rect, on: &canvas)
        case .details(let dialog): dialog.draw(in: rect, on: &canvas)
        case .cancel(let dialog), .clearAgain(let dialog): dialog.draw(in: rect, on: &canvas)
        }
    }
}

extension MigratingData {
    mutating func handleDialog(_ key: Key, _ live: LiveMigration, _ world: World) -> [Action] {
        switch dialog {
        case .loadLevel(var modal):
            modal.handle(key, in: world.body)
            var level = modal.choice.map { $0 + 1 }
            if case .character(let digit) = key, let number = Int(String(digit)),
                Words.loadLevels.indices.contains(number - 1)
            {
                level = number
            }
            dialog = level == nil ? .loadLevel(modal) : nil
            guard let level, Words.loadLevels.indices.contains(level - 1) else { return [] }
            return [.perform(.setLoadLevel(migration, level))]
        case .extend(var modal):
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? .extend(modal) : nil
            return modal.choice == 1 ? [.perform(.extendSync(migration))] : []
        case .retry(var modal):
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? .retry(modal) : nil
            return modal.choice == 1 ? [.perform(.retry(migration))] : []
        case .clearAgain(var confirm):
            confirm.handle(key, in: world.body)
            dialog = confirm.choice == nil ? .clearAgain(confirm) : nil
            return confirm.choice == .confirmed ? [.perform(.retry(migration))] : []
        case .acknowledge(var modal, let names):
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? .acknowledge(modal, names) : nil
            return modal.choice == 1 ? [.perform(.acknowledgeMismatches(migration, names))] : []
        case .details(var details):
            let actions = details.handle(key, in: world.body)
            dialog = details.isClosed ? nil : .details(details)
            return actions
        case .cancel(var confirm):
            confirm.handle(key, in: world.body)
            dialog = confirm.choice == nil ? .cancel(confirm) : nil
            guard confirm.choice == .confirmed else { return [] }
            return [.perform(.cancel(migration, confirmedName: confirm.typed))]
        case nil: break
        }
        return []
    }

    func loadLevels(_ live: LiveMigration) -> Modal {
        let now = live.setup.loadLevel
        let text = Words.loadLevels.enumerated()
            .map { index, words in
                "\(index + 1)  \(words)" + (index + 1 == now ? "  (now)" : "")
            }
            .joined(separator: "\n")
        let numbers = Words.loadLevels.indices.map { Button("\($0 + 1)") }
        return Modal(
            "Load level", [Run(text + "\n\nThe workers end their batch first.")],
            buttons: numbers + [Button("Back")],
            focused: max(0, min(now, Words.loadLevels.count) - 1),
            escape: Words.loadLevels.count)
    }

    func retry(_ live: LiveMigration, _ world: World) -> Modal {
        let text =
            live.isPastPointOfNoReturn
            ? "lagzero finishes what is left to be done on \(live.destinationName). "
                + "The source is not needed for that."
            : "lagzero goes on from where it stopped, if the source's oplog still reaches back to it. "
                + "If it does not, this fails with that reason, and a new migration has to begin with "
                + "the copy." + timeAfterRetry(live, world)
        return Modal(
            "Retry", [Run(text)], buttons: [Button("Back"), Button("Retry")], focused: 1,
            escape: 0)
    }

    func clearing(_ live: LiveMigration, _ world: World) -> ConfirmByName {
        let contents = Clearing.consequence(for: world.cluster(live.setup.destination))
        let text =
            "It failed before it had begun, so lagzero begins anew: it first deletes all that is on "
            + "\(live.destinationName), also what was written there since you set up this migration."
        return ConfirmByName(
            "Clear the destination, and retry", [Run(text + "\n"), Run(contents, .warning)],
            name: live.destinationName,
            confirm: "Clear and retry")
    }

    private func timeAfterRetry(_ live: LiveMigration, _ world: World) -> String {
        if live.phase == .expired { return "\n\nThe time to cut over begins anew." }
        guard let end = live.cutover.deadlineAt, let left = world.timeLeft(live) else { return "" }
        return left > .zero
            ? "\n\nThe time to cut over is not longer for it: it ends on \(Times.deadline(end, of: live))."
            : "\n\nThe time to cut over is over: the migration expires, and can be retried once more."
    }

    func acknowledgement(_ live: LiveMigration) -> Modal {
        let text =
            "These documents or collections differ between the clusters. If you take note of them, "
            + "those that lagzero has repaired no longer stand before the cutover; the others are "
            + "compared again, and stand before it for as long as they differ:\n\n"
        return Modal(
            Figure.counted(live.mismatches.count, "mismatch", "mismatches"),
            [Run(text), Run(live.mismatches.joined(separator: "\n"), .warning)],
            buttons: [Button("Back"), Button("I have taken note")], escape: 0)
    }

    func cancellation(_ live: LiveMigration) -> ConfirmByName {
        let copied = live.figures.bytesCopied.map { "The \(Figure.bytes($0)) copied so far stay" }
        let ending =
            live.phase == .failed
            ? "it cannot be retried any more, and nothing that it has blocked stays blocked. "
            : "lagzero stops following \(live.sourceName). "
        let text =
            "This ends the migration for good: \(ending)"
            + "\(copied ?? "What was copied stays") on \(live.destinationName); "
            + "to migrate again, the copy begins anew."
        // One that has failed asks both clusters first, and says what it finds.
        let doubt =
            live.isCutoverInDoubt && live.phase != .failed
            ? "\n\nA cutover was under way, and whether it is undone or finished is not known yet: better wait "
                + "until both clusters answer. Otherwise what it has blocked stays blocked." : ""
        return ConfirmByName(
            "Cancel the migration", [Run(text), Run(doubt, .warning)], name: live.destinationName,
            confirm: "Cancel the migration")
    }

    /// Everything that may not have had room on the page.
    func details(_ live: LiveMigration, _ world: World) -> DetailsDialog {
        var pieces: [DetailsDialog.Piece] = []
        for notice in notices(live, world) {
            if !pieces.isEmpty { pieces.append(.init("\n")) }
            let name = notice.role == .error ? "error" : "notice"
            pieces.append(
                .init(Run(notice.text, Style(notice.role)), Copied(name, notice.text)))
        }
        func head(_ text: String) {
            if !pieces.isEmpty { pieces.append(.init("\n\n")) }
            pieces.append(.init(Run(text, .label)))
        }
        func add(_ title: String, _ values: [String], as name: String, _ style: Style = .text) {
            if values.isEmpty { return }
            head(title)
            for value in values {
                pieces += [.init("\n"), .init(Run(value, style), Copied(name, value))]
            }
        }
        let commands = unblocking(live)
        if !commands.isEmpty { head("To let it take writes again by hand") }
        for (name, command) in commands {
            pieces += [
                .init(Run("\non \(name): ")), .init(Run(command), Copied("command", command)),
            ]
        }
        add("From and to", [live.sourceName, live.destinationName], as: "name")
        add("Before the cutover", live.cutover.missing, as: "reason")
        add("Mismatches", live.mismatches, as: "mismatch", .warning)
        head("Applied through\n")
        let time = live.figures.appliedThrough.map { Copied("cluster time", $0) }
        pieces +=
            time.map { [.init("cluster time "), .init(Run($0.text), $0)] } ?? [
                .init(Run(Figure.unknown))
            ]
        head("Load level\n")
        pieces.append(.init(Run("\(live.setup.loadLevel) of \(Words.loadLevels.count)")))
        add("Migration", [live.id.text], as: "ID")
        return DetailsDialog("Details", pieces)
    }
}
