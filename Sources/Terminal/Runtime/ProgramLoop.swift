internal import Glibc

/// A run of a program on a full screen. Belongs to the thread that runs it.
final class ProgramLoop<P: Program> {
    private let program: ProgramRun<P>
    private let device: TerminalDevice
    private let options: TerminalOptions
    private var decoder: KeyDecoder
    private var isDirty = true
    /// What the mouse is in.
    private var shown: Canvas?
    private var isTurned = false
    /// First and last of a storm of resizes that has not been painted.
    private var resizes: (first: Duration, last: Duration)?
    /// Whether the program has been told that the link is slow.
    private var isToldSlow = false

    init(_ program: ProgramRun<P>, _ device: TerminalDevice, _ options: TerminalOptions) {
        self.program = program
        self.device = device
        self.options = options
        decoder = KeyDecoder(escapeDelay: options.escapeDelay)
    }

    /// Returns when the run has ended, or is to be read line by line.
    func run() {
        if program.isBegun {
            happen(.resize(device.size))
            happen(.resumed)
            handleKeys()
        } else {
            program.isBegun = true
            happen(.start(device.size))
        }
        while true {
            for message in program.take() { reduce(message) }
            tick()
            resizeWhenQuiet()
            draw()
            program.beginEffects()
            if program.ending != nil || isTurned {
                takeLastAnswer()
                if isTurned { turnToLines() }
                return
            }
            wait(isBusy: program.isBusy)
        }
    }

    private var model: P.Model { program.model }
    private var uptime: Duration { program.uptime }
    private var ending: Ending? {
        get { program.ending }
        set { program.ending = newValue }
    }

    private func wait(isBusy: Bool) {
        let now = uptime
        let frame = isToDraw ? device.flow.nextFrame(at: now) : nil
        let isWaitingToDraw = !device.line.unsent.isEmpty || frame.map { $0 <= now } ?? false
        let next = [deadline, isWaitingToDraw ? nil : frame].compactMap { $0 }.min()
        let seen = device.line.wait(
            program.descriptor, forOutput: isWaitingToDraw,
            timeout: isBusy ? .zero : next.map { max(.zero, $0 - now) })
        if seen.output { device.line.flush() }
        for signal in device.line.readSignals() { handle(signal) }
        if seen.input || seen.gone {
            guard let bytes = device.line.read(), !(bytes.isEmpty && seen.gone) else {
                return hangUp()
            }
            let keys = decoder.keys(bytes, at: uptime)
            takeAnswers()
            handle(keys)
        } else {
            handle(decoder.keys(at: uptime))
        }
    }

    /// The next of all deadlines but that of a frame.
    private var deadline: Duration? {
        let resize = resizes.map {
            min($0.last + Tuning.resizeQuiet, $0.first + Tuning.resizeLimit)
        }
        return [P.nextTick(model), decoder.deadline, resize].compactMap { $0 }.min()
    }

    private func handle(_ keys: [Key]) {
        if !keys.isEmpty { device.noteKeys(at: uptime) }
        program.unhandled = KeyBatch(keys)
        handleKeys()
    }

    private func handleKeys() {
        while ending == nil, !isTurned,
            let key = program.unhandled.next(toType: P.textToType(model))
        {
            if case .mouse(let mouse) = key {
                program.unhandled.putBack(typed(by: mouse))
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
        takeLastAnswer()
        device.suspend()
        // The signal that woke the process up has been dealt with here.
        for signal in device.line.readSignals() where signal != SIGCONT { handle(signal) }
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
        if let message = program.message(for: event) { reduce(message) }
    }

    private func reduce(_ message: P.Message) {
        isDirty = true
        for request in program.reduce(message) { serve(request) }
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
            program.unhandled.discard()
        case .theme(let theme): device.encoder.use(theme)
        case .mouse(let isOn): if !device.reportMouse(isOn) { happen(.noMouse) }
        case .lines: isTurned = P.plain(model) != nil
        }
    }

    private var isToDraw: Bool { isDirty && resizes == nil }

    /// Whether what was sent has arrived, as far as is known, and no pause is kept.
    private var isLinkOpen: Bool { device.flow.nextFrame(at: uptime) <= uptime }

    private func takeAnswers() {
        for _ in 0..<decoder.takeAnswers() { device.answered(at: uptime) }
        tell(isSlow: device.flow.isSlow)
    }

    private func tell(isSlow: Bool) {
        guard isSlow != isToldSlow else { return }
        isToldSlow = isSlow
        happen(.link(isSlow: isSlow))
    }

    /// Waits a moment for an answer that is on its way, so that it is not taken for keys by whom the terminal is given back
    /// to; keys that come before it are dropped.
    private func takeLastAnswer() {
        let end = uptime + Tuning.lastAnswer
        while ending != .hungUp, device.flow.isAwaiting, case let now = uptime, now < end {
            let seen = device.line.wait(-1, forOutput: false, timeout: end - now)
            if seen.gone { return }
            guard seen.input else {
                // A signal: only at the end there is nothing left that it could mean.
                if ending == nil || device.line.readSignals().isEmpty { return }
                continue
            }
            guard let bytes = device.line.read() else { return }
            _ = decoder.keys(bytes, at: uptime)
            for _ in 0..<decoder.takeAnswers() { device.answered(at: uptime, isLast: true) }
        }
    }

    /// Whoever looks at the frames sees the screen go, as the terminal does when it is given back.
    private func turnToLines() {
        tell(isSlow: false)
        guard ending == nil else { return }
        let content = device.leaving
        options.onFrame?(
            FrameReport(
                bytes: content.count, content: content, size: device.size, uptime: uptime))
    }

    /// Draws when something may have changed and the terminal takes it; otherwise the frame is dropped and a newer
    /// one is drawn later.
    private func draw() {
        let isLast = ending != nil || isTurned
        guard isToDraw && isLinkOpen || isDirty && isLast, device.isWritable else { return }
        isDirty = false
        var canvas = Canvas(device.size, glyphs: options.glyphs)
        P.view(model, on: &canvas)
        let (bytes, content) = device.show(canvas, at: uptime, isLast: isLast)
        shown = canvas
        if bytes > 0 {
            options.onFrame?(
                FrameReport(
                    bytes: bytes, content: content, size: device.size, uptime: uptime))
        }
        tell(isSlow: device.flow.isSlow)
    }
}
