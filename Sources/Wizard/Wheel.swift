internal import ControlAPI
internal import Terminal

/// Who drives the migration of a page: this wizard keeps the wheel while the page is open and somebody is there, or
/// watches.
struct Wheel: Sendable, Equatable, Codable {
    /// Uptime of the last claim.
    private(set) var claimedAt: Duration?
    /// Given away here, or never asked for: not claimed until the user says so.
    private(set) var isReleased = false
    /// Uptime at which the user has asked for it; nil where that was not, or is over. It is taken where it is given away
    /// meanwhile, and not once nobody expects that any more.
    private var askedAt: Duration?
    /// Who was seen to drive instead: what this one leaves, by being silent or with the agent, is not taken unasked.
    private var watched: Identifier?

    /// Claims, or claims again when it is time.
    mutating func keep(_ migration: LiveMigration, _ world: World) -> [Action] {
        guard !world.isReadOnly else { return [] }
        note(migration.driver, world)
        if let notice = forgetOldRequest(migration.driver, world) { return [notice] }
        let isFree = !isReleased || askedAt != nil
        let isMine = migration.driver.map { $0.wizard == world.me.wizard } ?? isFree
        guard isMine, !migration.phase.isFinal, !world.isUnattended(migration.id) else {
            return []
        }
        if let claimedAt, world.moment.isWithin(Tuning.claimInterval, of: claimedAt) { return [] }
        claimedAt = world.moment.uptime
        return [.perform(.claim(migration.id))]
    }

    /// Gives it away. It is not claimed once more while the news of that is on its way.
    mutating func release(_ world: World) {
        (isReleased, askedAt) = (true, nil)
        claimedAt = world.moment.uptime
    }

    /// The user wants it.
    mutating func ask(_ world: World) { askedAt = world.moment.uptime }

    /// Nobody was there to be asked; returns whether the user had wanted it.
    mutating func giveUpAsking() -> Bool {
        defer { askedAt = nil }
        return askedAt != nil
    }

    /// Whoever has asked for the wheel of the one that is seen already goes on asking.
    private mutating func note(_ driver: Driver?, _ world: World) {
        guard let driver else { return }
        if driver.wizard == world.me.wizard {
            watched = nil
            if giveUpAsking() { isReleased = false }
        } else if driver.wizard != watched {
            watched = driver.wizard
            (isReleased, askedAt) = (true, nil)
        }
    }

    /// The agent forgets it then, too.
    private mutating func forgetOldRequest(_ driver: Driver?, _ world: World) -> Action? {
        guard let askedAt, !world.moment.isWithin(Tuning.requestLife, of: askedAt) else {
            return nil
        }
        self.askedAt = nil
        guard let driver, !driver.isSilent else { return nil }
        return .say("\(driver.name) has kept the wheel.", .warning)
    }
}

extension Moment {
    /// Whether so little time has passed since. Not where that lies ahead: it is of another run then.
    func isWithin(_ duration: Duration, of uptime: Duration) -> Bool {
        uptime <= self.uptime && self.uptime - uptime < duration
    }
}

/// A page of one migration.
protocol LiveScreen: Screen {
    var migration: Identifier { get }
    var wheel: Wheel { get set }
}

extension LiveScreen {
    func live(_ world: World) -> LiveMigration? { world.migration(migration) }

    func flow(_ world: World) -> Flow { world.flow(live(world)?.setup.flow) }

    /// Who drives instead of this wizard; nil where nobody else does.
    func otherDriver(_ world: World) -> Driver? {
        live(world)?.driver.flatMap { $0.wizard == world.me.wizard ? nil : $0 }
    }

    /// Why nothing can be done from here; nil where it can.
    func watching(_ world: World) -> String? {
        if world.isReadOnly { return "This wizard was opened with --watch." }
        guard let driver = otherDriver(world) else { return nil }
        return driver.isSilent
            ? "\(driver.name) drives but is silent: t takes over."
            : "\(driver.name) drives, you watch: t asks for the wheel."
    }

    /// Who asks for the wheel that this wizard has.
    func suitor(_ world: World) -> String? {
        guard let driver = live(world)?.driver, driver.wizard == world.me.wizard,
            world.requests[migration]?.isRefused != true
        else { return nil }
        return driver.wantedBy
    }

    /// Whether it was given away here, and nobody took it.
    func isWheelFree(_ world: World) -> Bool {
        guard let live = live(world), !live.phase.isFinal else { return false }
        return live.driver == nil && wheel.isReleased
    }

    /// A line about the wheel; nil where there is nothing to say.
    func wheelNotice(_ world: World) -> Notice? {
        // The band says so on every page.
        guard !world.isReadOnly else { return nil }
        if let text = watching(world) { return Notice(.warning, text) }
        if isWheelFree(world) {
            return Notice(.warning, "Nobody drives this migration: t takes over.")
        }
        return suitor(world).map {
            Notice(.warning, "\($0) asks for the wheel: g gives it away, k keeps it.")
        }
    }

    func wheelKeys(_ world: World) -> KeyMap {
        guard !world.isReadOnly else { return KeyMap([]) }
        if otherDriver(world) != nil || isWheelFree(world) {
            return KeyMap([.init(.character("t"), label: "Take over", group: "Who drives")])
        }
        return suitor(world) == nil
            ? KeyMap([])
            : KeyMap([
                .init(.character("g"), label: "Give the wheel away", group: "Who drives"),
                .init(
                    .character("k"), label: "Keep it", group: "Who drives", isInFooter: false),
            ])
    }

    /// The keys of the wheel; nil for others.
    mutating func handleWheel(_ key: Key, _ world: World) -> [Action]? {
        guard !world.isReadOnly else { return nil }
        switch key {
        case .character("t"):
            guard otherDriver(world) != nil || isWheelFree(world) else { return nil }
            wheel.ask(world)
            return [.perform(.claim(migration))]
        case .character("g"):
            guard suitor(world) != nil else { return nil }
            wheel.release(world)
            return [.perform(.yield(migration))]
        case .character("k"):
            guard suitor(world) != nil else { return nil }
            return [.keepWheel(migration)]
        default: return nil
        }
    }

    mutating func keepWheel(_ world: World) -> [Action] {
        guard let migration = live(world) else { return [] }
        return wheel.keep(migration, world)
    }

    /// Says the new end of the time to cut over, or what was refused. A page that waits for more has its own.
    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        if case .deadline(let time) = answer {
            return [.say(Words.extended(to: time, live(world)), .ok)]
        }
        return refusal(answer, to: command)
    }

    /// What a refusal says; nothing for what was done, nor for a claim that will be repeated.
    mutating func refusal(_ answer: Answer, to command: Command) -> [Action] {
        guard case .refused(let error) = answer else { return [] }
        if case .claim = command, error.code != .drivenByAnother, !wheel.giveUpAsking() {
            return []
        }
        return [.say(Words.error(error), .error)]
    }
}
