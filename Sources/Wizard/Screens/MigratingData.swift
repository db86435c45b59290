package import ControlAPI
package import Terminal

/// How a migration goes on, and what can be done with it. Stays open until the cutover begins, and after a failure.
package struct MigratingData: LiveScreen {
    /// What can be asked for here.
    enum Act: Sendable, Equatable, Codable, CaseIterable {
        case cutover, retry, pause, resume, loadLevel, extend, cancel, acknowledge
    }

    enum Dialog: Sendable, Equatable, Codable {
        case loadLevel(Modal)
        case extend(Modal)
        case retry(Modal)
        /// A retry that begins by clearing the destination.
        case clearAgain(ConfirmByName)
        /// Of the mismatches that it shows.
        case acknowledge(Modal, [String])
        case details(DetailsDialog)
        case cancel(ConfirmByName)
    }

    package let migration: Identifier
    var wheel = Wheel()
    var dialog: Dialog?
    var log = LogScroll()

    package init(_ migration: Identifier) { self.migration = migration }

    package func title(_ world: World) -> String { flow(world).migrating.title }
    package var holdsKeys: Bool { dialog != nil }
    package func nameToType(_ world: World) -> String? {
        switch dialog {
        case .cancel(let dialog), .clearAgain(let dialog): dialog.name
        default: nil
        }
    }

    package mutating func update(_ world: World) -> [Action] {
        guard let live = live(world) else { return [] }
        if let page = Page.cuttingOver(live) { return [.replace(page)] }
        var actions = keepWheel(world)
        actions += readLog(world)
        if let act = dialog?.act, let obstacle = obstacle(to: act, live, world) {
            dialog = nil
            actions.append(.say(obstacle, .warning))
        }
        if case .extend(var modal) = dialog {
            modal.body.runs = ExtendDialog.newEnd(live, flow(world).timer)
            dialog = .extend(modal)
        }
        return actions
    }

    // MARK: Keys

    package func keys(_ world: World) -> KeyMap {
        if let dialog { return dialog.keys(in: world.body) }
        guard let live = live(world) else {
            return KeyMap([.init(.escape, label: "Back")])
        }
        let main = mainAct(live)
        var first = binding(main, .enter, main == .retry ? "Retry" : "Cutover", live, world)
        if main == .retry { first.keys.append(.character("r")) }
        var bindings: [KeyMap.Binding] = [
            first,
            live.phase == .paused
                ? binding(.resume, .character("p"), "Resume", live, world)
                : binding(.pause, .character("p"), "Pause", live, world),
        ]
        if !live.mismatches.isEmpty {
            bindings.append(binding(.acknowledge, .character("a"), "Mismatches", live, world))
        }
        // In the footer when it is needed, and the button does not lead there.
        var extend = binding(.extend, .character("e"), flow(world).timer.extend, live, world)
        extend.isInFooter = isTimeShort(live, world) && obstacle(to: main, live, world) != nil
        bindings += [
            extend, binding(.cancel, .character("c"), "Cancel", live, world),
            .init(.escape, label: "Back"), .init(.character("i"), label: "Details"),
            binding(.loadLevel, .character("l"), "Load level", live, world),
            .init(
                .up, .down, .pageUp, .pageDown, label: "Scroll the log", isInFooter: false,
                reason: log.isWhole(of: migration, world, rows: logRows(live, world))
                    ? "all of it is shown" : nil),
            .init(
                .end, label: "Follow the log", isInFooter: false,
                reason: log.pane.isFollowing ? "it is followed" : nil),
        ]
        if let error = live.error { bindings.append(Copied(error).binding) }
        return wheelKeys(world) + KeyMap(bindings)
    }

    func isTimeShort(_ live: LiveMigration, _ world: World) -> Bool {
        world.timeLeft(live).map { $0 <= flow(world).timer.warning } ?? false
    }

    private func binding(
        _ act: Act, _ key: Key, _ label: String, _ live: LiveMigration, _ world: World
    ) -> KeyMap.Binding {
        KeyMap.Binding(key, label: label, reason: obstacle(to: act, live, world))
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        guard let live = live(world) else { return key == .escape ? [.back] : [] }
        if dialog != nil { return handleDialog(key, live, world) }
        if let actions = handleWheel(key, world) { return actions }
        let rows = logRows(live, world)
        if log.scroll(key, of: migration, world, rows: rows) { return readLog(world) }
        let act: Act
        switch key {
        case .escape: return [.back]
        case .character("y"): return live.error.map { Copied($0).actions } ?? []
        case .character("i"):
            dialog = .details(details(live, world))
            return []
        case .enter, .space: act = mainAct(live)
        case .character("p"): act = live.phase == .paused ? .resume : .pause
        case .character("l"): act = .loadLevel
        case .character("e"): act = .extend
        case .character("c"): act = .cancel
        case .character("r") where mainAct(live) == .retry: act = .retry
        case .character("a") where !live.mismatches.isEmpty: act = .acknowledge
        default: return []
        }
        if let obstacle = obstacle(to: act, live, world) { return [.say(obstacle, .warning)] }
        return begin(act, live, world)
    }

    private mutating func begin(_ act: Act, _ live: LiveMigration, _ world: World) -> [Action] {
        switch act {
        case .cutover: return [.open(.inSync(InSync(migration)))]
        case .pause: return [.perform(.pause(migration))]
        case .resume: return [.perform(.resume(migration))]
        case .loadLevel: dialog = .loadLevel(loadLevels(live))
        case .extend: dialog = .extend(ExtendDialog.modal(live, flow(world).timer))
        case .retry where live.clearsOnRetry == true:
            dialog = .clearAgain(clearing(live, world))
            return [.discardTypeAhead]
        case .retry: dialog = .retry(retry(live, world))
        case .acknowledge: dialog = .acknowledge(acknowledgement(live), live.mismatches)
        case .cancel:
            dialog = .cancel(cancellation(live))
            return [.discardTypeAhead]
        }
        return []
    }

    /// What the button does.
    func mainAct(_ live: LiveMigration) -> Act {
        switch live.phase {
        case .failed, .expired: .retry
        default: .cutover
        }
    }

    /// Why it cannot be done now; nil where it can.
    func obstacle(to act: Act, _ live: LiveMigration, _ world: World) -> String? {
        watching(world) ?? obstacle(to: act, live)
    }

    private func obstacle(to act: Act, _ live: LiveMigration) -> String? {
        let phase = Words.phase(live)
        let final = live.phase.isFinal ? phase : nil
        switch act {
        case .cutover: return Words.notReady(live)
        case .retry:
            if live.isBeingCancelled { return Words.beingCancelled }
            if live.isRetryPossible { return nil }
            return live.phase == .failed || live.phase == .expired
                ? "It cannot be taken up again: please start a new migration."
                : "There is nothing to retry. \(phase)"
        case .pause, .loadLevel:
            return live.phase.isFinal || live.phase == .paused ? phase : nil
        case .extend: return ExtendDialog.obstacle(live)
        case .cancel: return live.phase == .failed ? notCancelled(live) : final
        // Offered where it is paused.
        case .resume: return nil
        case .acknowledge:
            if live.mismatches.isEmpty { return "There are no mismatches." }
            return final
        }
    }

    private mutating func readLog(_ world: World) -> [Action] {
        log.older(of: migration, world).map { [.perform($0)] } ?? []
    }
}
