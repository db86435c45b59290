import Terminal
import Testing

@Suite struct PilotTests {
    private enum Clock: Program {
        struct Model: Sendable, Equatable, Codable {
            var ticks: [Duration] = []
            var answers: [String] = []
            var wall: Int64 = 0
            var next: Duration? = .seconds(1)
        }
        enum Message: Sendable { case tick(Moment), answer(String), key(Key) }
        enum Effect: Sendable, Equatable { case ask(String), bell, exit }

        static func reduce(_ model: inout Model, _ message: Message) -> [Effect] {
            switch message {
            case .tick(let moment):
                model.ticks.append(moment.uptime)
                model.wall = moment.wall
                model.next = moment.uptime + .seconds(1)
            case .answer(let text):
                model.answers.append(text)
                if text == "first" { return [.ask("second")] }
            case .key(.character("q")): return [.exit]
            case .key(.character("b")): return [.bell]
            case .key(let key): return [.ask(key.name)]
            }
            return []
        }

        static func view(_ model: Model, on canvas: inout Canvas) {
            canvas.put("ticks \(model.ticks.count)", at: Point(0, 0))
            canvas.put(model.answers.joined(separator: " "), at: Point(0, 1))
        }

        static func message(for event: TerminalEvent, at moment: Moment) -> Message? {
            switch event {
            case .tick: .tick(moment)
            case .key(let key): .key(key)
            default: nil
            }
        }

        static func nextTick(_ model: Model) -> Duration? { model.next }

        static func request(for effect: Effect) -> TerminalRequest? {
            switch effect {
            case .ask: nil
            case .bell: .bell
            case .exit: .exit
            }
        }
    }

    @Test func ticksComeAtTheirOwnTimes() {
        var pilot = Pilot(Clock.self, model: .init(), wall: 1_000)
        pilot.advance(by: .milliseconds(2_500))
        #expect(pilot.model.ticks == [.seconds(1), .seconds(2)])
        #expect(pilot.model.wall == 3_000)
        #expect(pilot.moment == Moment(uptime: .milliseconds(2_500), wall: 3_500))
        #expect(pilot.lines[0] == "ticks 2")
        #expect(pilot.nextTime == .seconds(3))
    }

    @Test func fiveDaysPassAtOnce() {
        var pilot = Pilot(Clock.self, model: .init())
        pilot.advance(by: .seconds(5 * 86_400))
        #expect(pilot.model.ticks.count == 432_000)
    }

    @Test func repliesComeInTheOrderOfTheirTimes() {
        var pilot = Pilot(Clock.self, model: .init()) { effect, _ in
            guard case .ask(let name) = effect else { return [] }
            return name == "a"
                ? [.init(.answer("late"), after: .seconds(3)), .init(.answer("first"))]
                : [.init(.answer(name), after: .seconds(1))]
        }
        pilot.type("a")
        #expect(pilot.model.answers == ["first"])
        #expect(pilot.pendingReplies == 2)
        pilot.advance(by: .seconds(2))
        #expect(pilot.model.answers == ["first", "second"])
        pilot.advance(by: .seconds(1))
        #expect(pilot.model.answers == ["first", "second", "late"])
        #expect(pilot.pendingReplies == 0)
        #expect(pilot.effects == [.ask("a"), .ask("second")])
    }

    @Test func requestsToTheTerminalAreRecorded() {
        var pilot = Pilot(Clock.self, model: .init())
        pilot.type("bq")
        #expect(pilot.requests == [.bell, .exit])
        #expect(pilot.hasExited)
        pilot.advance(by: .seconds(60))
        #expect(pilot.model.ticks.isEmpty)
    }

    @Test func theScreenFollowsTheSize() {
        var pilot = Pilot(Clock.self, model: .init(), size: Size(7, 1))
        #expect(pilot.screen == "ticks 0")
        pilot.resize(Size(3, 1))
        #expect(pilot.screen == "tic")
    }
}
