internal import ControlAPI
internal import Terminal

/// Who drives the migration of a page: this wizard keeps the wheel while the page is open, or watches.
struct Wheel: Sendable, Equatable, Codable {
    /// Uptime of the last claim.
    private(set) var claimedAt: Duration?
    /// Given away here, or never asked for: not claimed until the user says so.
    var isReleased = false

    /// Claims, or claims again when it is time.
    mutating func keep(_ migration: LiveMigration, _ world: World) -> [Action] {
        let isMine = migration.driver.map { $0.wizard == world.me.wizard } ?? !isReleased
        guard isMine, !migration.phase.isFinal else { return [] }
        if let claimedAt, world.moment.uptime - claimedAt < Tuning.claimInterval { return [] }
        claimedAt = world.moment.uptime
        return [.perform(.claim(migration.id))]
    }
}

/// A page of one migration that runs.
protocol LiveScreen: Screen {
    var migration: Identifier { get }
    var wheel: Wheel { get set }
}

extension LiveScreen {
    func live(_ world: World) -> LiveMigration? { world.migration(migration) }

    /// Who drives instead of this wizard; nil where nobody else does.
    func otherDriver(_ world: World) -> Driver? {
        live(world)?.driver.flatMap { $0.wizard == world.me.wizard ? nil : $0 }
    }

    /// Why nothing can be done from here; nil where it can.
    func watching(_ world: World) -> String? {
        guard let driver = otherDriver(world) else { return nil }
        let isSilent = world.agentNow.map(driver.isSilent) ?? false
        return isSilent
            ? "\(driver.name) drives this migration but is silent: t takes over."
            : "\(driver.name) drives this migration, you watch: t asks for the wheel."
    }

    /// Who asks for the wheel that this wizard has.
    func suitor(_ world: World) -> String? {
        guard let driver = live(world)?.driver, driver.wizard == world.me.wizard else { return nil }
        return driver.wantedBy
    }

    /// A line about the wheel; nil where there is nothing to say.
    func wheelNotice(_ world: World) -> Notice? {
        if let text = watching(world) { return Notice(.warning, text) }
        return suitor(world).map { Notice(.warning, "\($0) asks for the wheel: g gives it away.") }
    }

    func wheelKeys(_ world: World) -> KeyMap {
        if otherDriver(world) != nil {
            return KeyMap([.init(.character("t"), label: "Take over", group: "Who drives")])
        }
        return suitor(world) == nil
            ? KeyMap([])
            : KeyMap([.init(.character("g"), label: "Give the wheel away", group: "Who drives")])
    }

    /// The keys of the wheel; nil for others.
    mutating func handleWheel(_ key: Key, _ world: World) -> [Action]? {
        switch key {
        case .character("t"):
            guard otherDriver(world) != nil else { return nil }
            wheel.isReleased = false
            return [.perform(.claim(migration))]
        case .character("g"):
            guard suitor(world) != nil else { return nil }
            wheel.isReleased = true
            return [.perform(.yield(migration))]
        default: return nil
        }
    }

    mutating func keepWheel(_ world: World) -> [Action] {
        guard let migration = live(world) else { return [] }
        return wheel.keep(migration, world)
    }

    /// Done by the driver; a watcher is told who that is.
    func drive(_ world: World, _ actions: Action...) -> [Action] {
        watching(world).map { [.say($0, .warning)] } ?? actions
    }

    /// What a refusal says; nothing for what was done.
    func refusal(_ answer: Answer) -> [Action] {
        if case .refused(let error) = answer { [.say(error.description, .error)] } else { [] }
    }
}
