import ControlAPI
import Terminal

@testable import Wizard

/// The least program that screens can live in: a stack of pages in a plain frame, and a world that is told of events
/// and of the seconds.
enum ScreenProgram: Program {
    struct Model: Sendable, Equatable, Codable {
        var pages: [Page]
        var world: World
        /// What was said last; gone with the next key.
        var message: String?
        var nextTick = Duration.zero
        var tickInterval = Duration.seconds(1)
    }

    enum Message: Sendable {
        case happened(TerminalEvent, Moment)
        case event(Event)
        case answer(Answer, Command, depth: Int)
    }

    enum Effect: Sendable, Equatable {
        /// Asked by the page at that depth of the stack.
        case perform(Command, depth: Int)
        /// Whatever the agent has to tell.
        case listen
        case terminal(TerminalRequest)
    }

    static func message(for event: TerminalEvent, at moment: Moment) -> Message? {
        .happened(event, moment)
    }

    static func nextTick(_ model: Model) -> Duration? { model.nextTick }

    static func request(for effect: Effect) -> TerminalRequest? {
        if case .terminal(let request) = effect { request } else { nil }
    }

    static func reduce(_ model: inout Model, _ message: Message) -> [Effect] {
        switch message {
        case .happened(let event, let moment):
            model.world.moment = moment
            return happen(event, &model)
        case .event(let event):
            model.world.take(event)
            return update(&model)
        case .answer(let answer, let command, let depth):
            if case .lines(let lines) = answer, case .readLog(let id, let after) = command {
                model.world.logs[id, default: EventLog()].add(lines, after: after)
            }
            guard model.pages.indices.contains(depth) else { return [] }
            let world = model.world
            let actions = model.pages[depth].screen.answer(answer, to: command, world)
            return actions.flatMap { act($0, &model) }
        }
    }

    private static func happen(_ event: TerminalEvent, _ model: inout Model) -> [Effect] {
        switch event {
        case .start(let size), .resize(let size):
            model.world.size = size
            model.world.body = Size(size.columns, max(0, size.rows - 6))
            return update(&model)
        case .key(let key):
            model.message = nil
            model.world.noteKey()
            guard let last = model.pages.indices.last else { return [] }
            let world = model.world
            let actions = model.pages[last].screen.handle(key, world)
            return actions.flatMap { act($0, &model) }
        case .tick:
            model.nextTick = model.world.moment.uptime + model.tickInterval
            return [.listen] + update(&model)
        case .resumed, .link, .notCopied, .noMouse, .line, .leave, .interrupt, .terminate,
            .hangUp:
            return []
        }
    }

    private static func update(_ model: inout Model) -> [Effect] {
        guard let last = model.pages.indices.last else { return [] }
        let world = model.world
        return model.pages[last].screen.update(world).flatMap { act($0, &model) }
    }

    private static func act(_ action: Action, _ model: inout Model) -> [Effect] {
        switch action {
        case .open(let page):
            model.pages.append(page)
            return update(&model)
        case .replace(let page):
            _ = model.pages.popLast()
            model.pages.append(page)
            return update(&model)
        case .back:
            _ = model.pages.popLast()
            return update(&model)
        case .home:
            model.pages = []
            return []
        case .perform(let command): return [.perform(command, depth: model.pages.count - 1)]
        case .say(let text, _):
            model.message = text
            return []
        case .bell: return [.terminal(.bell)]
        case .keepWheel(let id):
            model.world.requests[id]?.isRefused = true
            return []
        case .copy(let text): return [.terminal(.copy(text))]
        case .discardTypeAhead: return [.terminal(.discardTypeAhead)]
        case .detach: return [.terminal(.exit)]
        }
    }

    static func view(_ model: Model, on canvas: inout Canvas) {
        let (head, rest) = canvas.bounds.top(3)
        let (foot, body) = rest.bottom(3)
        canvas.rule(head.line(2))
        canvas.rule(foot.line(0))
        canvas.put(" " + (model.message ?? ""), in: foot.line(1))
        guard let screen = model.pages.last?.screen else {
            return canvas.put(" Migration Hub", in: head.line(0), .title)
        }
        canvas.put(" lagzero  " + screen.title(model.world), in: head.line(0), .title)
        screen.keys(model.world).drawFooter(
            in: Rect(1, foot.line(2).row, foot.columns - 1, 1), on: &canvas)
        canvas.clipped(to: body) { screen.draw(in: body, on: &$0, model.world) }
    }
}
