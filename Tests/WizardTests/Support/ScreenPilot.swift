import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// Drives pages against a scripted agent, under a clock that stands still until it is told to go. The agent's clock
/// goes with it; it is heard once every second, and whenever a test has changed something there.
struct ScreenPilot {
    let agent: ScriptedAgent
    private(set) var pilot: Pilot<ScreenProgram>

    /// Pages from the lowest to the one that is shown. `tickInterval`: for tests over days.
    init(
        _ pages: Page..., agent: ScriptedAgent, host: Host? = nil, size: Size = Size(80, 24),
        glyphs: Glyphs = .unicode, tickInterval: Duration = .seconds(1)
    ) {
        self.agent = agent
        var world = World(me: Sample.me)
        world.size = size
        world.host = host
        world.snapshot = agent.snapshot
        world.heardAt = .zero
        var model = ScreenProgram.Model(pages: pages, world: world)
        model.tickInterval = tickInterval
        let begin = agent.time
        pilot = Pilot(model: model, size: size, glyphs: glyphs, wall: begin) { effect, moment in
            agent.time = begin + moment.uptime.milliseconds
            return Self.replies(to: effect, agent).map { .init($0) }
        }
    }

    /// The page that is shown; nil at the hub.
    var page: Page? { pilot.model.pages.last }
    var pages: [Page] { pilot.model.pages }
    var world: World { pilot.model.world }
    /// What the message line says.
    var message: String { pilot.model.message ?? "" }
    var lines: [String] { pilot.lines }
    var screen: String { pilot.screen }
    /// What was asked of the agent and changes something, claims left out.
    var commands: [Command] {
        pilot.effects.compactMap { effect in
            guard case .perform(let command, _) = effect else { return nil }
            switch command {
            case .claim, .readLog: return nil
            default: return command
            }
        }
    }
    var claims: Int {
        pilot.effects.count {
            if case .perform(.claim, _) = $0 { true } else { false }
        }
    }
    var bells: Int { pilot.requests.count { $0 == .bell } }

    mutating func press(_ keys: Key...) { for key in keys { pilot.press(key) } }
    mutating func type(_ text: String) { pilot.type(text) }
    mutating func paste(_ text: String) { pilot.paste(text) }
    mutating func resize(_ size: Size) { pilot.resize(size) }
    mutating func advance(by duration: Duration) { pilot.advance(by: duration) }

    /// Changes a migration, and lets the pages hear of it.
    mutating func change(_ id: Identifier, _ body: (inout LiveMigration) -> Void) {
        agent.change(id, body)
        hear()
    }

    /// Hands over what the agent has told since the last time.
    mutating func hear() {
        for event in agent.takeEvents() { pilot.send(.event(event)) }
    }

    /// Presses Tab until the cursor is on what begins so; false where it never is.
    @discardableResult
    mutating func focus(_ label: String) -> Bool {
        for _ in 0..<20 {
            if textAtCursor.hasPrefix(label) { return true }
            pilot.press(.tab)
        }
        return textAtCursor.hasPrefix(label)
    }

    /// Presses a button, wherever the focus is.
    @discardableResult
    mutating func push(_ label: String) -> Bool {
        guard focus(label) else { return false }
        press(.enter)
        return true
    }

    /// The rest of the line from the cursor on.
    var textAtCursor: String {
        let canvas = pilot.canvas
        guard let cursor = canvas.cursor else { return "" }
        return (cursor.column..<canvas.size.columns)
            .map { canvas[Point($0, cursor.row)].text }.joined()
    }

    func shows(_ text: String) -> Bool { pilot.screen.contains(text) }

    private static func replies(
        to effect: ScreenProgram.Effect, _ agent: ScriptedAgent
    ) -> [ScreenProgram.Message] {
        switch effect {
        case .perform(let command, let depth):
            let answer = agent.perform(command, by: Sample.me)
            return agent.takeEvents().map { .event($0) }
                + [.answer(answer, command, depth: depth)]
        case .listen:
            let alive = Event(sequence: 0, time: agent.time, change: .alive)
            return agent.takeEvents().map { .event($0) } + [.event(alive)]
        case .terminal: return []
        }
    }
}

extension ScriptedAgent {
    /// Does what a screen wants done.
    func perform(_ command: Command, by asker: Asker) -> Answer {
        do throws(ControlError) {
            return switch try reply(command.request(by: asker)) {
            case .identifier(let id): .made(id)
            case .cluster(let cluster): .cluster(cluster)
            case .time(let time): .deadline(time)
            case .log(let lines): .lines(lines)
            case .error(let error): .refused(error)
            case .done, .snapshot, .facts: .done
            }
        } catch {
            return .refused(error)
        }
    }
}

extension Command {
    fileprivate func request(by asker: Asker) -> ControlRequest {
        switch self {
        case .add(let cluster): .add(cluster)
        case .testCluster(let id): .testCluster(id)
        case .editCluster(let id, let change): .editCluster(id, change)
        case .removeCluster(let id): .removeCluster(id)
        case .validate(let setup): .validate(setup)
        case .start(let setup): .start(setup, by: asker)
        case .claim(let id): .claim(id, by: asker)
        case .yield(let id): .yield(id, by: asker)
        case .pause(let id): .pause(id, by: asker)
        case .resume(let id): .resume(id, by: asker)
        case .setLoadLevel(let id, let level): .setLoadLevel(id, level: level, by: asker)
        case .beginCutover(let id, let name):
            .beginCutover(id, confirmedName: name, writesStopped: true, by: asker)
        case .backOut(let id): .backOut(id, by: asker)
        case .cancel(let id, let name): .cancel(id, confirmedName: name, by: asker)
        case .extendSync(let id): .extendSync(id, by: asker)
        case .retry(let id): .retry(id, by: asker)
        case .releaseSource(let id): .releaseSource(id, by: asker)
        case .acknowledgeMismatches(let id, let names):
            .acknowledgeMismatches(id, names, by: asker)
        case .readLog(let id, let after): .log(migration: id, after: after, limit: 500)
        }
    }
}

extension ScreenPilot {
    /// Confirms a dialog by the name it asks for; neither a paste nor a part of it does.
    mutating func confirmKeyByKey(_ name: String) {
        paste(name)
        #expect(shows("pasting is refused here"))
        type(String(name.dropLast()))
        press(.tab, .tab, .enter)
        #expect(commands.isEmpty)
        press(.tab)
        type(String(name.suffix(1)))
        press(.enter, .enter)
    }

    /// Whether the page of that title is shown.
    func isAt(_ title: String) -> Bool { page?.screen.title == title }

    /// The style of the first cell of a text on the screen.
    func style(of text: String) -> Style? {
        let canvas = pilot.canvas
        for (row, line) in lines.enumerated() {
            guard let range = line.firstRange(of: text) else { continue }
            return canvas[Point(line.distance(from: line.startIndex, to: range.lowerBound), row)]
                .style
        }
        return nil
    }
}

/// A failure shows the screen, not the model.
extension ScreenPilot: CustomTestStringConvertible {
    var testDescription: String { pilot.screen }
}
