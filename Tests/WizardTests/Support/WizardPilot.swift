import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// Drives the whole wizard against a scripted agent, under a clock that stands still until it is told to go. The
/// agent's clock goes with it; it says that it is alive every second, unless it is lost.
struct WizardPilot {
    let agent: ScriptedAgent
    private(set) var pilot: Pilot<Wizard>
    private let begin: Int64

    init(
        _ agent: ScriptedAgent = ScriptedAgent(), saved: SavedState? = nil, host: Host? = nil,
        guide: Guide? = nil, flows: [Flow] = Flow.all, size: Size = Size(80, 24),
        glyphs: Glyphs = .unicode,
        zone: Zone = Zone(name: "CET", secondsFromUTC: 3_600),
        preferences: Preferences = Preferences(), isReadOnly: Bool = false
    ) {
        self.agent = agent
        let begin = agent.time
        self.begin = begin
        pilot = Pilot(
            model: .init(
                me: Sample.me, saved: saved, host: host, guide: guide, flows: flows,
                preferences: preferences,
                isReadOnly: isReadOnly),
            size: size, glyphs: glyphs, wall: begin
        ) { effect, moment in
            agent.time = begin + moment.uptime.milliseconds
            return Self.replies(to: effect, agent, zone).map { message in
                guard case .answered = message else { return .init(message) }
                return .init(message, after: agent.answersAfter)
            }
        }
        alive()
    }

    var page: Page { pilot.model.page }
    var pages: [Page] { pilot.model.layers.map(\.page) }
    var lines: [String] { pilot.lines }
    var screen: String { pilot.screen }
    /// The line above the keys.
    var message: String { lines[lines.count - 2] }
    var footer: String { lines[lines.count - 1] }
    var requests: [TerminalRequest] { pilot.requests }
    var commands: [Command] {
        pilot.effects.compactMap { if case .command(let command, _) = $0 { command } else { nil } }
    }
    var saved: [SavedState] {
        var all: [SavedState] = []
        for effect in pilot.effects {
            if case .save(let state) = effect { all.append(state) }
            guard case .saveTime(let time) = effect, var state = all.last else { continue }
            state.lastSeen = time
            all.append(state)
        }
        return all
    }

    func shows(_ text: String) -> Bool { screen.contains(text) }

    mutating func press(_ keys: Key...) { for key in keys { pilot.press(key) } }
    mutating func type(_ text: String) { pilot.type(text) }
    mutating func read(_ bytes: String) { pilot.read(bytes) }
    mutating func click(_ text: String) {
        let isShown = pilot.click(text)
        #expect(isShown, "\(text) is not on the screen:\n\(screen)")
    }
    mutating func paste(_ text: String) { pilot.paste(text) }
    mutating func resize(_ columns: Int, _ rows: Int) { pilot.resize(Size(columns, rows)) }
    mutating func happen(_ event: TerminalEvent) { pilot.happen(event) }
    mutating func send(_ message: Wizard.Message) { pilot.send(message) }

    /// Lets seconds pass while the agent is there.
    mutating func advance(by seconds: Int, hearingEvery interval: Int = 1) {
        for _ in 0..<seconds / interval {
            pilot.advance(by: .seconds(interval))
            alive()
        }
    }

    /// Lets time pass while the agent says nothing.
    mutating func advanceAlone(by duration: Duration) { pilot.advance(by: duration) }

    mutating func change(_ id: Identifier, _ body: (inout LiveMigration) -> Void) {
        agent.change(id, body)
        hear()
    }

    /// Hands over what the agent has told since the last time.
    mutating func hear() { for event in agent.takeEvents() { pilot.send(.heard(event)) } }

    private mutating func alive() {
        agent.time = begin + pilot.moment.uptime.milliseconds
        guard !agent.isLost else { return }
        hear()
        pilot.send(.heard(Event(sequence: 0, time: agent.time, change: .alive)))
    }

    private static func replies(
        to effect: Wizard.Effect, _ agent: ScriptedAgent, _ zone: Zone
    ) -> [Wizard.Message] {
        switch effect {
        case .command(let command, let layer):
            let answer = agent.perform(command, by: Sample.me)
            let news = agent.tellsLate ? [] : agent.takeEvents()
            return news.map { .heard($0) } + [.answered(answer, to: command, from: layer)]
        case .follow:
            guard !agent.isLost else { return [] }
            let snapshot = agent.snapshot
            return [
                .heard(
                    Event(
                        sequence: snapshot.sequence, time: snapshot.time,
                        change: .snapshot(snapshot)))
            ]
        case .readZone: return [.zone(zone)]
        case .save, .saveTime, .startAgent, .hostKey, .fault, .terminal: return []
        }
    }
}

extension WizardPilot {
    var textAtCursor: String {
        let canvas = pilot.canvas
        guard let cursor = canvas.cursor else { return "" }
        return (cursor.column..<canvas.size.columns)
            .map { canvas[Point($0, cursor.row)].text }.joined()
    }

    /// Moves the focus to what begins with the label.
    mutating func focus(_ label: String) {
        for _ in 0..<20 where !textAtCursor.hasPrefix(label) { press(.tab) }
    }

    /// Presses a button, wherever the focus is.
    mutating func push(_ label: String) {
        focus(label)
        press(.enter)
    }

    /// Takes an item of the list that has the focus.
    mutating func choose(_ name: String) {
        press(.enter)
        type(name)
        press(.enter)
    }

    /// Takes both clusters on *Set up Migration*, from the list of the source's organizations on.
    mutating func chooseClusters(
        from source: String = "shop-rs0", to destination: String = "shop-atlas"
    ) {
        choose("Acme")
        press(.tab)
        choose(source == "shop-rs0" ? "shop" : "billing")
        press(.tab)
        choose(source)
        press(.tab, .tab)
        choose(destination)
    }

    mutating func validate(_ rows: [ValidationRow], isOver: Bool) {
        let now = agent.time
        agent.changeValidation { run in
            run.rows = rows
            guard isOver else { return }
            run.endedAt = now
            run.isPassed = !rows.contains(where: \.isBlocking)
        }
        hear()
    }
}
