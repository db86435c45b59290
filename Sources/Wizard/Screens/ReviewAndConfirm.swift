package import ControlAPI
package import Terminal

/// *Review & Confirm*: everything that was chosen, once more. Opens with the focus on `Start Migration`, which opens a
/// dialog; there the focus is on the way back.
package struct ReviewAndConfirm: RefusingScreen {
    enum Part: String, Hashable, Sendable, Codable { case back, start }

    let setup: MigrationSetup
    private(set) var focus = FocusRing<Part>([.back, .start], focused: .start)
    private(set) var dialog: Modal?
    /// Why the agent has refused to start it.
    private(set) var refusal: String?
    var refusedFor: Grounds?
    /// The button was pressed although it was grey.
    private(set) var hasTried = false
    private(set) var asking = Asking()
    /// Starting was asked for with a validation that is too old: it is validated again, and then goes on.
    private(set) var renewing = Asking()
    private(set) var offset = 0

    package init(_ setup: MigrationSetup) { self.setup = setup }

    func flow(_ world: World) -> Flow { world.flow(setup.flow) }

    package func title(_ world: World) -> String { flow(world).title }
    package var holdsKeys: Bool { dialog != nil }

    /// Why the migration cannot start; nil where it can.
    func obstacle(_ world: World) -> String? {
        if world.snapshot == nil { return "The agent has not answered yet." }
        if renewing.isOpen { return "The last validation is too old: it is being validated again." }
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

    struct Grounds: Sendable, Equatable, Codable {
        var obstacle: String?
        /// Whether another migration has one of the clusters.
        var isTaken: Bool
    }

    var isRefusing: Bool { refusal != nil || hasTried }
    mutating func forgetRefusal() { (refusal, hasTried) = (nil, false) }

    func grounds(_ world: World) -> Grounds {
        Grounds(obstacle: obstacle(world), isTaken: world.hasConflict(setup))
    }

    package mutating func update(_ world: World) -> [Action] {
        dropStaleRefusal(world)
        return goOnRenewed(world)
    }

    package func keys(_ world: World) -> KeyMap {
        if let dialog { return dialog.keys(in: world.body) }
        let enter = focus.isFocused(.back) ? "Back" : flow(world).start.button
        let (lines, rows) = choices(in: world.body, world)
        let isLonger = lines.count > rows
        return KeyMap(
            [
                .init(.tab, label: "Next"), .init(.enter, label: enter),
                .init(.escape, label: "Back"),
                .init(
                    .up, .down, label: "Scroll", isInFooter: false,
                    reason: isLonger ? nil : "all of it is seen"),
            ] + Copied.helped(copied(world)))
    }

    /// Why it was not started, or all that was chosen.
    private func copied(_ world: World) -> Copied? {
        if let refusal { return Copied("reason", refusal) }
        let lines = lines(world, columns: Tuning.textColumns).map { $0.map(\.text).joined() }
        return Copied("choices", lines: lines.joined(separator: "\n"))
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if dialog != nil { return handleDialog(key, world) }
        if key == .character("y") { return copied(world)?.actions ?? [] }
        return refusing(world) { $0.act(key, world) }
    }

    private mutating func act(_ key: Key, _ world: World) -> [Action] {
        if focus.handle(key) { return [] }
        switch (key, focus.focused) {
        case (.escape, _), (.enter, .back), (.space, .back): return [.back]
        case (.enter, .start), (.space, .start): return openDialog(world)
        case (.left, _): focus.focus(.back)
        case (.right, _): focus.focus(.start)
        case (.up, _), (.down, _): scroll(key, world)
        default: break
        }
        return []
    }

    private mutating func scroll(_ key: Key, _ world: World) {
        let (lines, rows) = choices(in: world.body, world)
        let last = max(0, lines.count - rows)
        offset = max(0, min(min(offset, last) + (key == .up ? -1 : 1), last))
    }

    private mutating func openDialog(_ world: World) -> [Action] {
        if asking.isOpen || renewing.isOpen { return [] }
        guard obstacle(world) == nil else {
            hasTried = true
            return []
        }
        if let renewal = renewal(world) { return renewal }
        dialog = StartDialog.modal(setup, world)
        return [.discardTypeAhead]
    }

    /// Validates again where the last one is too old to begin with; nil where it is not.
    private mutating func renewal(_ world: World) -> [Action]? {
        guard let run = world.validation(of: setup), !world.isFresh(run) else { return nil }
        renewing.isOpen = true
        return [.perform(.validate(setup))]
    }

    /// Asks whether to start, as soon as the new validation has passed.
    private mutating func goOnRenewed(_ world: World) -> [Action] {
        guard renewing.isOpen else { return [] }
        let run = world.validation(of: setup)
        // One that is gone went with the agent.
        if let run, !world.isFresh(run) || run.isPassed == nil { return [] }
        renewing.isOpen = false
        guard run?.isPassed == true, dialog == nil else { return [] }
        dialog = StartDialog.modal(setup, world)
        return [.discardTypeAhead]
    }

    private mutating func handleDialog(_ key: Key, _ world: World) -> [Action] {
        dialog?.handle(key, in: world.body)
        guard let choice = dialog?.choice else { return [] }
        dialog = nil
        guard choice == 1 else { return [] }
        // The question may have stood there for long.
        if let renewal = renewal(world) { return renewal }
        asking.isOpen = true
        return [.perform(.start(setup))]
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        if case .validate = command {
            guard case .refused(let error) = answer else { return [] }
            renewing.isOpen = false
            refusal = Words.error(error)
            noteRefusal(world)
            return []
        }
        guard case .start = command else { return [] }
        asking.isOpen = false
        defer { noteRefusal(world) }
        switch answer {
        case .made(let id): return [.home, .open(.following(id))]
        case .refused(let error): refusal = StartDialog.refusal(error)
        default: break
        }
        return []
    }
}
