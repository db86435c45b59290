internal import Foundation

/// One run of a program, however it is shown: its model, what comes in and what is to be done. Belongs to one thread.
final class ProgramRun<P: Program> {
    private(set) var model: P.Model
    private let mailbox: Mailbox<P.Message>
    private let look: Look<P>
    private let atOnce: AtOnce<P>
    private let perform: Perform<P>
    private let tasks = TaskBag()
    /// What is begun when the change is shown, which need not wait for it.
    private var effects: [P.Effect] = []
    private var messages: ArraySlice<P.Message> = []
    private let started = ContinuousClock.now
    /// Keys of one read that were not handled yet; what is left when another form begins is meant for that.
    var unhandled = KeyBatch()
    /// Whether it was shown before.
    var isBegun = false
    var ending: Ending?

    init(
        _ model: P.Model, _ mailbox: Mailbox<P.Message>, look: @escaping Look<P>,
        atOnce: @escaping AtOnce<P>, _ perform: @escaping Perform<P>
    ) {
        self.model = model
        self.mailbox = mailbox
        self.look = look
        self.atOnce = atOnce
        self.perform = perform
    }

    /// For poll: readable when there are messages.
    var descriptor: Int32 { mailbox.descriptor }
    var uptime: Duration { ContinuousClock.now - started }
    /// Whether there are messages that wait for the next turn.
    var isBusy: Bool { !messages.isEmpty }

    private var moment: Moment {
        Moment(uptime: uptime, wall: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// The messages of one turn.
    func take() -> ArraySlice<P.Message> {
        if messages.isEmpty { messages = (mailbox.take() + look())[...] }
        defer { messages = messages.dropFirst(Tuning.messagesPerFrame) }
        return messages.prefix(Tuning.messagesPerFrame)
    }

    /// The message of an event that means one.
    func message(for event: TerminalEvent) -> P.Message? { P.message(for: event, at: moment) }

    /// Returns what is asked of the terminal.
    func reduce(_ message: P.Message) -> [TerminalRequest] {
        P.reduce(&model, message).compactMap { effect in
            if let request = P.request(for: effect) { return request }
            effects.append(effect)
            return nil
        }
    }

    func beginEffects() {
        for effect in effects {
            let perform = perform
            let sender = Sender { [mailbox] in mailbox.post($0) }
            if atOnce(effect, sender) { continue }
            tasks.add(isBrief: P.isBrief(effect)) { await perform(effect, sender) }
        }
        effects = []
    }

    /// Whether what was begun, or is to be, has not all ended that ends by itself, or what it said was not taken yet.
    var isAwaited: Bool {
        isBusy || effects.contains(where: P.isBrief) || tasks.isBriefRunning
    }

    func cancelEffects() { tasks.cancelAll() }
}
