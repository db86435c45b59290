package import ControlAPI
package import Terminal

/// *Review & Confirm*: everything that was chosen, once more. Opens with the focus on `Start Migration`, which opens a
/// dialog; there the focus is on the way back.
package struct ReviewAndConfirm: Screen {
    enum Part: String, Hashable, Sendable, Codable { case back, start }

    let setup: MigrationSetup
    private(set) var focus = FocusRing<Part>([.back, .start], focused: .start)
    private(set) var dialog: Modal?
    /// Why the agent has refused to start it.
    private(set) var refusal: String?
    /// The button was pressed although it was grey.
    private(set) var hasTried = false
    private(set) var asking = Asking()
    private(set) var offset = 0

    package init(_ setup: MigrationSetup) { self.setup = setup }

    package var title: String { Flow.fromAtlas.title }
    package var holdsKeys: Bool { dialog != nil }

    /// Why the migration cannot start; nil where it can.
    func obstacle(_ world: World) -> String? {
        if world.snapshot == nil { return "The agent has not answered yet." }
        if world.cluster(setup.source) == nil || world.cluster(setup.destination) == nil {
            return "A cluster is no longer in the inventory: go back and choose again."
        }
        guard let run = world.validation(of: setup) else {
            return "The agent has no validation of this any more: go back and validate again."
        }
        switch run.isPassed {
        case nil: return "It is being validated again."
        case false?: return "The last validation has not passed: go back and see why."
        case true?: return nil
        }
    }

    package func keys(_ world: World) -> KeyMap {
        if let dialog { return dialog.keys }
        let enter = focus.isFocused(.back) ? "Back" : "Start Migration"
        return KeyMap([
            .init(.tab, label: "Next"), .init(.enter, label: enter),
            .init(.escape, label: "Back"),
            .init(.up, .down, label: "Scroll", isInFooter: false),
        ])
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if dialog != nil { return handleDialog(key) }
        return answering(
            { $0.act(key, world) }, forgetting: { ($0.refusal, $0.hasTried) = (nil, false) })
    }

    private mutating func act(_ key: Key, _ world: World) -> [Action] {
        if focus.handle(key) { return [] }
        switch (key, focus.focused) {
        case (.escape, _), (.enter, .back), (.space, .back): return [.back]
        case (.enter, .start), (.space, .start): return openDialog(world)
        case (.left, _): focus.focus(.back)
        case (.right, _): focus.focus(.start)
        case (.up, _): offset = max(0, offset - 1)
        case (.down, _): offset = min(offset + 1, lines(world, columns: world.size.columns).count)
        default: break
        }
        return []
    }

    private mutating func openDialog(_ world: World) -> [Action] {
        if asking.isOpen { return [] }
        guard obstacle(world) == nil else {
            hasTried = true
            return []
        }
        dialog = Modal(
            "Start Migration", question(world),
            buttons: [Button("Cancel"), Button("Start Migration", .ready)], focused: 0, escape: 0)
        return [.discardTypeAhead]
    }

    private mutating func handleDialog(_ key: Key) -> [Action] {
        _ = dialog?.handle(key)
        guard let choice = dialog?.choice else { return [] }
        dialog = nil
        guard choice == 1 else { return [] }
        asking.isOpen = true
        return [.perform(.start(setup))]
    }

    private func question(_ world: World) -> [Run] {
        let names = [setup.source, setup.destination].map {
            world.cluster($0)?.name ?? Figure.unknown
        }
        var runs = [
            Run(
                setup.resumes
                    ? "Go on to migrate \(names[0]) to \(names[1])?\n\nIt goes on where it stopped. "
                    : "Start to migrate \(names[0]) to \(names[1])?\n\n")
        ]
        if setup.clear {
            let consequence = Clearing.consequence(for: world.cluster(setup.destination))
            runs.append(
                Run("First \(names[1]) is cleared. Deleted for good: \(consequence)\n\n", .error))
        }
        runs.append(
            Run(
                "The source goes on serving. Let nobody else write to the destination meanwhile."
            ))
        return runs
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        guard case .start = command else { return [] }
        asking.isOpen = false
        switch answer {
        case .made(let id): return [.home, .open(.following(id))]
        case .refused(let error): refusal = Words.error(error) + advice(error)
        default: break
        }
        return []
    }

    /// Where to go with a refusal that has no remedy of its own.
    private func advice(_ error: ControlError) -> String {
        guard error.remedy == nil else { return "" }
        return switch error.code {
        case .validationFailed: " Go back and validate again."
        case .nameMismatch: " Go back to Set up Migration, untick Clear and tick it again."
        case .conflict: " End the other migration first, or choose another destination."
        case .notFound: " Go back and choose again."
        case .agentUnreachable, .unavailable: " Try again when the agent answers."
        default: ""
        }
    }
}
