package import ControlAPI
package import Terminal

/// The program: pages one on another, a frame around the uppermost, and what they ask for.
package enum Wizard: Program {
    package enum Message: Sendable {
        case terminal(TerminalEvent, Moment)
        /// From the agent.
        case heard(Event)
        /// What a command came to; `from` is the layer of the page that asked, nil for the frame itself.
        case answered(Answer, to: Command, from: Int?)
        case zone(Zone)
        /// The agent could not be started, or does not answer.
        case troubled(ControlError)
        /// The program around the wizard shows something else now.
        case host(Host)
        /// It has done what it was asked for.
        case said(String)
    }

    package enum Effect: Sendable, Equatable {
        case terminal(TerminalRequest)
        /// Sends whatever the agent says from now on.
        case follow
        case command(Command, from: Int?)
        case save(SavedState)
        /// The same where nothing has changed but the time at which the wizard was there last, milliseconds since 1970.
        case saveTime(Int64)
        /// Looks up which time it is here.
        case readZone
        case startAgent
        /// The key of the program around the wizard was pressed.
        case hostKey
        /// The program around the wizard lets it happen, or ends it where it is set.
        case fault(Fault.Kind)
    }

    package static func isBrief(_ effect: Effect) -> Bool { effect != .follow }

    package static func reduce(_ model: inout Model, _ message: Message) -> [Effect] {
        let effects =
            switch message {
            case .terminal(let event, let moment): model.take(event, at: moment)
            case .heard(let event): model.take(event)
            case .answered(let answer, let command, let layer):
                model.take(answer, to: command, from: layer)
            case .zone(let zone): model.take(zone)
            case .troubled(let error): model.take(error)
            case .host(let host): model.take(host)
            case .said(let text): model.say(text, .ok)
            }
        var guide = model.guide
        guide?.look(at: model)
        model.guide = guide
        model.world.body = Frame(model).body
        return effects + model.titleEffects()
    }

    package static func view(_ model: Model, on canvas: inout Canvas) {
        Frame(model).draw(on: &canvas)
    }

    package static func plain(_ model: Model) -> PlainView? { Frame(model).plain }

    package static func message(for event: TerminalEvent, at moment: Moment) -> Message? {
        .terminal(event, moment)
    }

    package static func nextTick(_ model: Model) -> Duration? { model.tickAt }

    package static func request(for effect: Effect) -> TerminalRequest? {
        if case .terminal(let request) = effect { request } else { nil }
    }

    package static func textToType(_ model: Model) -> String? {
        model.overlay == nil ? model.page.screen.nameToType(model.world) : nil
    }
}
