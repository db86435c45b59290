internal import Foundation
internal import Glibc

/// One run of a program on a terminal. Belongs to the thread that runs it.
final class ProgramLoop<P: Program> {
    private(set) var model: P.Model
    private let device: TerminalDevice
    private let options: TerminalOptions
    private let mailbox: Mailbox<P.Message>
    private let look: Look<P>
    private let perform: Perform<P>
    private let tasks = TaskBag()
    /// What is begun when the frame is sent, which need not wait for it.
    private var effects: [P.Effect] = []
    private var decoder: KeyDecoder
    private var unhandled = KeyBatch()
    private let started = ContinuousClock.now
    private var isDirty = true
    /// What the mouse is in.
    private var shown: Canvas?
    private var ending: Ending?
    /// First and last of a storm of resizes that has not been painted.
    private var resizes: (first: Duration, last: Duration)?

    init(
        _ model: P.Model, _ device: TerminalDevice, _ options: TerminalOptions,
        _ mailbox: Mailbox<P.Message>, look: @escaping Look<P>, _ perform: @escaping Perform<P>
    ) {
        self.model = model
        self.device = device
        self.options = options
        self.mailbox = mailbox
        self.look = look
        self.perform = perform
        decoder = KeyDecoder(escapeDelay: options.escapeDelay)
    }

    func run() -> Ending {
        happen(.start(device.size))
        var messages: ArraySlice<P.Message> = []
        while true {
            if messages.isEmpty { messages = (mailbox.take() + look())[...] }
            for message in messages.prefix(Tuning.messagesPerFrame) { reduce(message) }
            messages = messages.dropFirst(Tuning.messagesPerFrame)
            tick()
            resizeWhenQuiet()
            draw()
            beginEffects()
            if let ending {
                tasks.cancelAll()
                return ending
            }
            wait(isBusy: !messages.isEmpty)
        }
    }

    private var uptime: Duration { ContinuousClock.now - started }

    private var moment: Moment {
        Moment(uptime: uptime, wall: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    private func wait(isBusy: Bool) {
        let isWaitingToDraw = !device.unsent.isEmpty || isDirty && resizes == nil
        let seen = device.wait(
            mailbox.descriptor, forOutput: isWaitingToDraw, timeout: isBusy ? .zero : timeout)
        if seen.output { device.flush() }
        for signal in device.readSignals() { handle(signal) }
        if seen.input || seen.gone {
            guard let bytes = device.read(), !(bytes.isEmpty && seen.gone) else { return hangUp() }
            handle(decoder.keys(bytes, at: uptime))
        } else {
            handle(decoder.keys(at: uptime))
        }
    }

    /// Until the next of all deadlines.
    private var timeout: Duration? {
        let resize = resizes.map {
            min($0.last + Tuning.resizeQuiet, $0.first + Tuning.resizeLimit)
        }
        let next = [P.nextTick(model), decoder.deadline, resize].compactMap { $0 }.min()
        return next.map { max(.zero, $0 - uptime) }
    }

    private func handle(_ keys: [Key]) {
        unhandled = KeyBatch(keys)
        while ending == nil, let key = unhandled.next(toType: P.textToType(model)) {
            if case .mouse(let mouse) = key {
                unhandled.putBack(typed(by: mouse))
            } else {
                happen(.key(key))
            }
        }
    }

    /// A click is meant for what was seen: nothing when that is not up to date.
    private func typed(by mouse: Mouse) -> [Key] {
        if mouse.act == .click, isDirty || resizes != nil { return [] }
        return shown?.keys(for: mouse) ?? []
    }

    private func handle(_ signal: Int32) {
        switch signal {
        case SIGWINCH: resizes = (resizes?.first ?? uptime, uptime)
        case SIGINT: happen(.interrupt)
        case SIGTERM:
            happen(.terminate)
            ending = ending ?? .terminated
        case SIGHUP: hangUp()
        case SIGTSTP: suspend()
        // Others had the terminal while the process was stopped.
        case SIGCONT:
            device.takeAgain()
            goOn()
        default: break
        }
    }

    private func hangUp() {
        guard ending == nil else { return }
        happen(.hangUp)
        ending = .hungUp
    }

    private func suspend() {
        device.suspend()
        // The signal that woke the process up has been dealt with here.
        for signal in device.readSignals() where signal != SIGCONT { handle(signal) }
        goOn()
    }

    private func goOn() {
        decoder.reset()
        isDirty = true
        happen(.resize(device.size))
        happen(.resumed)
    }

    private func resizeWhenQuiet() {
        guard let resizes else { return }
        let now = uptime
        guard
            now >= resizes.last + Tuning.resizeQuiet || now >= resizes.first + Tuning.resizeLimit
        else { return }
        self.resizes = nil
        if device.updateSize() {
            isDirty = true
            happen(.resize(device.size))
        }
    }

    private func tick() {
        guard let time = P.nextTick(model), time <= uptime else { return }
        happen(.tick)
    }

    private func happen(_ event: TerminalEvent) {
        if let message = P.message(for: event, at: moment) { reduce(message) }
    }

    private func reduce(_ message: P.Message) {
        isDirty = true
        for effect in P.reduce(&model, message) {
            if let request = P.request(for: effect) {
                serve(request)
            } else {
                effects.append(effect)
            }
        }
    }

    private func beginEffects() {
        for effect in effects {
            let perform = perform
            let mailbox = mailbox
            tasks.add { await perform(effect, Sender { mailbox.post($0) }) }
        }
        effects = []
    }

    private func serve(_ request: TerminalRequest) {
        switch request {
        case .exit: ending = ending ?? .exit
        case .bell: device.ring()
        case .title(let title): device.setTitle(title)
        case .copy(let text): if !device.copy(text) { happen(.notCopied) }
        case .repaint: device.encoder.repaint()
        case .suspend: suspend()
        case .discardTypeAhead:
            device.discardInput()
            decoder.reset()
            unhandled.discard()
        case .theme(let theme): device.encoder.use(theme)
        case .mouse(let isOn): if !device.reportMouse(isOn) { happen(.noMouse) }
        }
    }

    /// Draws when something may have changed and the terminal takes it; otherwise the frame is dropped and a newer
    /// one is drawn later.
    private func draw() {
        guard isDirty, resizes == nil || ending != nil, device.isWritable else { return }
        isDirty = false
        var canvas = Canvas(device.size, glyphs: options.glyphs)
        P.view(model, on: &canvas)
        let (bytes, content) = device.show(canvas)
        shown = canvas
        if bytes > 0 {
            options.onFrame?(
                FrameReport(
                    bytes: bytes, content: content, size: device.size, uptime: uptime))
        }
    }
}
