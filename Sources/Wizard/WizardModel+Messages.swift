internal import ControlAPI
internal import Terminal

/// What comes in: from the terminal, from the agent, and with time.
extension Wizard.Model {
    mutating func take(_ event: TerminalEvent, at moment: Moment) -> [Wizard.Effect] {
        world.moment = moment
        switch event {
        case .start(let size):
            (world.size, world.line) = (size, nil)
            return (isMouseOn ? [.terminal(.mouse(true))] : []) + [.readZone, .follow] + tick()
                + update()
        case .resize(let size):
            (world.size, world.line) = (size, nil)
            return []
        case .line:
            world.line = (world.line ?? 0) + 1
            return []
        case .key(let key):
            world.noteKey()
            return press(key)
        case .tick: return tick() + update() + saveIfChanged()
        case .leave: return leave()
        case .interrupt: return interrupt()
        case .terminate, .hangUp: return [.save(kept(at: moment.wall))]
        case .resumed:
            // It may be another terminal, or the same without what was set there.
            windowTitle = WindowTitle()
            return [.readZone, .terminal(.theme(shownTheme))]
                + (isMouseOn ? [.terminal(.mouse(true))] : [])
        case .link(let isSlow):
            world.isLinkSlow = isSlow
            return []
        case .notCopied:
            return say("This terminal tells of no clipboard; select the text instead.", .warning)
        case .noMouse:
            isMouseOn = false
            return say("This terminal tells of no mouse.", .warning)
        }
    }

    mutating func take(_ event: Event) -> [Wizard.Effect] {
        world.take(event)
        silentAgent = nil
        return welcome() + readLog() + update()
    }

    mutating func take(
        _ answer: Answer, to command: Command, from layer: Int?
    ) -> [Wizard.Effect] {
        if case .readLog(let id, let after) = command {
            if case .lines(let lines) = answer {
                world.logs[id, default: EventLog()].add(lines, after: after)
                return readLog() + update()
            }
            world.logs[id, default: EventLog()].noteRefusal(at: world.moment.uptime)
            // It is asked for again and again, and said once.
            guard world.log(of: id).refusals == 1 else { return [] }
        }
        defer {
            // What was typed has become a migration, also on the pages that are closed now.
            if case .start(let setup) = command, case .made = answer {
                drafts.removeAll { $0.flow(world)?.id == world.flow(setup.flow).id }
            }
        }
        guard let layer, let index = layers.firstIndex(where: { $0.id == layer }) else {
            // Its page is closed and says nothing any more.
            return Words.outcome(of: command, answer, world).map { say($0.text, $0.role) } ?? []
        }
        return carryOut(
            layers[index].page.screen.answer(answer, to: command, world), of: layer)
    }

    /// What the open log wants read.
    mutating func readLog() -> [Wizard.Effect] {
        guard case .log(var open) = overlay else { return [] }
        defer { overlay = .log(open) }
        return open.older(world).map { [.command($0, from: nil)] } ?? []
    }

    mutating func take(_ trouble: ControlError) -> [Wizard.Effect] {
        guard trouble.code == .agentSilent else { return say(Words.error(trouble), .error) }
        // It stays, as long as it is so.
        (silentAgent, note) = (trouble, nil)
        return []
    }

    mutating func take(_ zone: Zone) -> [Wizard.Effect] {
        self.zone = zone
        return []
    }

    mutating func take(_ host: Host) -> [Wizard.Effect] {
        world.host = host
        return []
    }

    /// The page looks at the world again, and so does the bell.
    mutating func update() -> [Wizard.Effect] {
        let last = layers.count - 1
        let effects = carryOut(layers[last].page.screen.update(world), of: layers[last].id)
        return effects + ring()
    }

    private mutating func ring() -> [Wizard.Effect] {
        let needs = bell.update(world, isOpening: !isBellArmed)
        isBellArmed = isWelcomed
        guard !needs.isEmpty else { return [] }
        rung = needs
        return [.terminal(.bell)]
    }

    /// A second has passed; the next one ends when the clocks on the screen change.
    private mutating func tick() -> [Wizard.Effect] {
        let moment = world.moment
        let rest = 1_000 - ((moment.wall % 1_000) + 1_000) % 1_000
        tickAt = moment.uptime + .milliseconds(rest)
        if let note, note.isOver(at: moment.uptime) { self.note = nil }
        // Where clocks are put forward or back, that is on a quarter of an hour.
        return moment.wall / 1_000 % 900 == 0 ? [.readZone] : []
    }

    /// What was done is saved within a second, the time alone once a minute.
    private mutating func saveIfChanged() -> [Wizard.Effect] {
        let state = kept(at: world.moment.wall)
        if var before = saved {
            let isLater =
                state.lastSeen != before.lastSeen
                && state.uptime - before.uptime >= Tuning.saveInterval
            (before.lastSeen, before.uptime) = (state.lastSeen, state.uptime)
            if before == state {
                guard isLater, let time = state.lastSeen else { return [] }
                saved = state
                return [.saveTime(time)]
            }
        }
        saved = state
        return [.save(state)]
    }

    /// Says once what has happened while nobody looked.
    private mutating func welcome() -> [Wizard.Effect] {
        // Something may have happened to those that are still to come.
        guard !isWelcomed, world.snapshot?.earlierMigrations == 0 else { return [] }
        isWelcomed = true
        guard let lastSeen, let away = WhileYouWereAway(since: lastSeen, world) else { return [] }
        push(.away(away))
        return []
    }
}
