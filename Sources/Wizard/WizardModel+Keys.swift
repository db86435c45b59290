internal import ControlAPI
internal import Terminal

/// Keys: first what is open over the page, then the page, then the frame.
extension Wizard.Model {
    mutating func press(_ key: Key) -> [Wizard.Effect] {
        // What an earlier key was refused for may hold no more.
        if note?.role == .warning { note = nil }
        if case .control(let letter) = key, let effects = control(letter) { return effects }
        if key == .function(2) { return [.terminal(.lines)] }
        if overlay != nil {
            let effects = pressOverlay(key)
            return effects + readLog()
        }
        let index = layers.count - 1
        let before = layers[index].page
        let actions = layers[index].page.screen.handle(key, world)
        guard actions.isEmpty, layers[index].page == before else {
            bell.answer()
            return carryOut(actions, of: layers[index].id)
        }
        // The keys of the frame answer nothing.
        return pressFrame(key)
    }

    /// The keys that work on every page, for the footer and the help.
    var frameKeys: KeyMap {
        let general = "Everywhere"
        let plain = KeyMap.Binding(
            .function(2), label: "Line by line", group: general, isInFooter: false,
            isForScreens: true)
        if page.screen.holdsKeys {
            return KeyMap([
                .init(
                    .function(1), label: "Help", group: general, isEssential: true,
                    isForScreens: true),
                plain,
            ])
        }
        var bindings: [KeyMap.Binding] = [
            .init(
                .character("?"), .function(1), label: "Help", group: general, isInFooter: false,
                isForScreens: true),
            .init(
                logKey, label: "Log", group: general, isInFooter: false,
                reason: subject == nil ? "no migration here" : nil),
            .init(
                .character("d"), label: world.host?.leave ?? "Detach", group: general,
                isEssential: true),
            .init(
                .character("T"), label: "Next theme", group: general, isInFooter: false,
                isForScreens: true),
            .init(
                .character("m"), label: isMouseOn ? "Mouse off" : "Mouse on", group: general,
                isInFooter: false, isForScreens: true),
            .init(
                .control("l"), label: "Draw anew", group: general, isInFooter: false,
                isForScreens: true),
            plain,
        ]
        if let host = world.host, let key = host.key {
            bindings.insert(.init(key, label: host.label, group: general, isInFooter: false), at: 1)
        }
        if hasFaults {
            bindings.insert(
                .init(.character("F"), label: "Faults", group: general, isInFooter: false), at: 1)
        }
        if isAgentSilent, !world.isReadOnly {
            bindings.append(
                .init(
                    .character("A"), label: "Start the agent", group: general, isEssential: true))
        }
        return KeyMap(bindings)
    }

    /// l, or L on a page that has another use for l.
    private var logKey: Key {
        let isTaken = page.screen.keys(world).bindings.contains {
            $0.keys.contains(.character("l"))
        }
        return .character(isTaken ? "L" : "l")
    }

    /// The keys of what is shown, for the footer.
    var shownKeys: KeyMap {
        switch overlay {
        case .help: return Help.keys
        case .log(let log): return log.keys(world)
        case .faults: return FaultList.keys
        case nil: break
        }
        let page = page.screen.keys(world)
        if self.page.screen.holdsKeys { return page + frameKeys }
        let help = KeyMap([
            .init(.character("?"), label: "Help", isEssential: true, isForScreens: true)
        ])
        return page + help + frameKeys
    }

    /// The migration of the page.
    var subject: Identifier? {
        (page.screen as? any LiveScreen)?.migration ?? page.screen.subject(world)
    }

    /// Also where it has not answered at all yet.
    var isAgentSilent: Bool {
        if silentAgent != nil { return true }
        return world.heardAt == nil
            ? world.moment.uptime >= Tuning.silence : world.silence != nil
    }

    private var hasFaults: Bool { world.host?.faults.isEmpty == false }

    private mutating func control(_ letter: Character) -> [Wizard.Effect]? {
        switch letter {
        case "c": interrupt()
        case "z": [.terminal(.suspend)]
        case "l": [.terminal(.repaint)]
        default: nil
        }
    }

    /// The first Ctrl-C only says how to leave: it is pressed out of habit.
    mutating func interrupt() -> [Wizard.Effect] {
        leaveAtSecondAsking(
            world.host?.leaving ?? "Ctrl-C again leaves the wizard; migrations go on without it.")
    }

    private mutating func leaveAtSecondAsking(_ warning: String) -> [Wizard.Effect] {
        let asking = LeaveAsking(uptime: world.moment.uptime, line: world.line)
        if let leaveAsking, asking.confirms(leaveAsking) { return detach() }
        leaveAsking = asking
        return say(warning, .warning)
    }

    /// At once, or at the second asking where more ends than the wizard.
    mutating func leave() -> [Wizard.Effect] {
        world.host.map { leaveAtSecondAsking($0.leaving) } ?? detach()
    }

    func detach() -> [Wizard.Effect] {
        [.save(kept(at: world.moment.wall)), .terminal(.exit)]
    }

    private mutating func pressFrame(_ key: Key) -> [Wizard.Effect] {
        if key == .function(1) { return openHelp() }
        guard !page.screen.holdsKeys else { return [] }
        switch key {
        case .character("?"): return openHelp()
        case logKey: return openLog()
        case .character("d"): return leave()
        case world.host?.key: return [.hostKey]
        case .character("F") where hasFaults:
            overlay = .faults(FaultList())
            return []
        case .character("T"): return nextTheme()
        case .character("m"): return switchMouse()
        case .character("A") where isAgentSilent && !world.isReadOnly:
            return say("Starting the agent", .text) + [.startAgent]
        default: return []
        }
    }

    private mutating func openHelp() -> [Wizard.Effect] {
        overlay = .help(Help(page.screen.keys(world) + frameKeys))
        return []
    }

    private mutating func openLog() -> [Wizard.Effect] {
        guard let subject, let migration = world.migration(subject) else {
            return say("No migration is open here, so there is no log to show.", .text)
        }
        overlay = .log(OpenLog(migration))
        return readLog()
    }

    private mutating func nextTheme() -> [Wizard.Effect] {
        let index = themes.firstIndex { $0.name == theme } ?? -1
        let next = themes[(index + 1) % themes.count]
        (theme, chosenTheme) = (next.name, next.name)
        return say("Theme \(next.name)", .text) + [.terminal(.theme(next))]
    }

    private mutating func switchMouse() -> [Wizard.Effect] {
        isMouseOn.toggle()
        let text =
            isMouseOn
            ? "Mouse on: click what you want; Shift selects text. m: off" : "Mouse off"
        return say(text, .text) + [.terminal(.mouse(isMouseOn))]
    }

    private mutating func pressOverlay(_ key: Key) -> [Wizard.Effect] {
        switch overlay {
        case .help(var help):
            help.handle(key, in: world.body)
            overlay = help.isClosed ? nil : .help(help)
        case .log(var log):
            let actions = log.handle(key, world)
            overlay = log.isClosed ? nil : .log(log)
            return carryOut(actions, of: layers[layers.count - 1].id)
        case .faults(var list):
            list.handle(key, world.host?.faults ?? [])
            overlay = list.isClosed ? nil : .faults(list)
            return list.taken.map { [.fault($0)] } ?? []
        case nil: break
        }
        return []
    }
}
