internal import CTerminal
internal import Glibc

/// A run of a program that is read line by line. Belongs to the thread that runs it.
final class PlainLoop<P: Program> {
    private let program: ProgramRun<P>
    private let line: TerminalLine
    private let options: PlainOptions
    private var talk: PlainTalk
    private var typed = PlainLine()
    private var typedAt = Duration.zero
    private var decoder = KeyDecoder()
    private var isPromptShown = false
    /// Somebody is called, and that was not read yet.
    private var isAlert = false
    private var isTurned = false
    /// Whether the script that is read has ended.
    private var isInputOver = false

    init(
        _ program: ProgramRun<P>, _ line: TerminalLine, _ options: PlainOptions, hasScreen: Bool
    ) {
        self.program = program
        self.line = line
        self.options = options
        talk = PlainTalk(hasScreen: hasScreen, isTypingHidden: line.isOwn)
    }

    /// `reason`: why it is read line by line, read first. Returns when the run has ended, or is to be shown on a full
    /// screen.
    func run(because reason: String?) {
        if let reason { say([reason]) }
        if program.isBegun {
            happen(.resize(Tuning.plainSize))
            happen(.resumed)
            happen(.line)
            watch()
            handleKeys()
        } else {
            program.isBegun = true
            happen(.start(Tuning.plainSize))
            happen(.line)
        }
        while true {
            for message in program.take() { reduce(message) }
            if let time = P.nextTick(program.model), time <= program.uptime { happen(.tick) }
            if program.ending == nil, !isTurned { watch() }
            handleKeys()
            if isInputOver, !isHeldBack { leave() }
            program.beginEffects()
            if program.ending != nil || isTurned {
                if isPromptShown { send("\n") }
                return
            }
            wait()
        }
    }

    private func wait() {
        let next = [P.nextTick(program.model), decoder.deadline].compactMap { $0 }.min()
        var timeout = program.isBusy ? .zero : next.map { max(.zero, $0 - program.uptime) }
        if isHeldBack { timeout = min(timeout ?? Tuning.scriptPoll, Tuning.scriptPoll) }
        let seen = line.wait(
            program.descriptor, forInput: !isHeldBack && !isInputOver,
            forOutput: !line.unsent.isEmpty, timeout: timeout)
        if seen.output, !line.flush() { return hangUp() }
        for signal in line.readSignals() { handle(signal) }
        if seen.input || seen.gone {
            guard let bytes = line.read(), !(bytes.isEmpty && seen.gone) else {
                return endOfInput()
            }
            handle(decoder.keys(bytes, at: program.uptime))
        } else {
            handle(decoder.keys(at: program.uptime))
        }
    }

    /// A script goes on when what its last line began is done, as whoever reads the answers would.
    private var isHeldBack: Bool { !line.isOwn && program.isAwaited }

    /// A script that has ended leaves; a terminal that has gone is one that was hung up.
    private func endOfInput() {
        guard !line.isOwn else { return hangUp() }
        isInputOver = true
        // It may be a part of what was meant.
        if !typed.text.isEmpty { say(["The last line had no end: nothing was done for it."]) }
        typed = PlainLine()
    }

    private func leave() {
        happen(.hangUp)
        program.ending = program.ending ?? .exit
    }

    private func hangUp() {
        guard program.ending == nil else { return }
        happen(.hangUp)
        program.ending = .hungUp
    }

    private func handle(_ signal: Int32) {
        switch signal {
        case SIGINT: happen(.interrupt)
        case SIGTERM:
            happen(.terminate)
            program.ending = program.ending ?? .terminated
        case SIGHUP: hangUp()
        case SIGTSTP: suspend()
        case SIGCONT: goOn()
        default: break
        }
    }

    private func suspend() {
        line.suspend()
        for signal in line.readSignals() where signal != SIGCONT { handle(signal) }
        goOn()
    }

    private func goOn() {
        if line.isOwn { cterminal_raw() }
        decoder.reset()
        isPromptShown = false
        happen(.resumed)
    }

    // MARK: What is typed

    private func handle(_ keys: [Key]) {
        program.unhandled = KeyBatch(keys)
        handleKeys()
    }

    private func handleKeys() {
        while program.ending == nil, !isTurned, !isHeldBack,
            let key = program.unhandled.next(toType: textToType)
        {
            typedAt = program.uptime
            if textToType != nil, case .paste = key {
                say([ConfirmByName.noPaste])
                ask()
                continue
            }
            let (echo, event) = typed.take(key, isSecret: talk.isSecret)
            if line.isOwn { send(echo) }
            switch event {
            case .line(let text):
                isPromptShown = false
                take(text)
            case .end: leave()
            case .key(let key): act { happen(.key(key)) }
            case nil: break
            }
        }
    }

    /// What has to be typed at a terminal now, and not pasted.
    private var textToType: String? {
        line.isOwn && talk.isAsking ? P.textToType(program.model) : nil
    }

    private func take(_ text: String) {
        happen(.line)
        guard let view = P.plain(program.model) else { return }
        let (said, wish) = talk.take(text, view)
        say(said)
        switch wish {
        case .nothing: ask()
        case .press(let keys): act { for key in keys { happen(.key(key)) } }
        case .leave: act { happen(.leave) }
        case .screen: isTurned = true
        }
    }

    /// Does it, and reads what has come of it.
    private func act(_ body: () -> Void) {
        body()
        guard program.ending == nil, let view = P.plain(program.model) else { return }
        say(talk.answer(view, at: program.uptime))
        ask()
    }

    // MARK: What is read

    private func watch() {
        let isTyping = talk.isAsking || !typed.text.isEmpty
        let isHeld = isTyping && program.uptime - typedAt < Tuning.typingPause
        if !isHeld, line.unsent.isEmpty, let view = P.plain(program.model) {
            if isAlert { say(talk.alert(view, at: program.uptime)) }
            isAlert = false
            say(talk.watch(view, at: program.uptime))
        }
        ask()
    }

    /// The question, with what was typed of the answer so far.
    private func ask() {
        guard !isPromptShown else { return }
        isPromptShown = true
        send(talk.prompt + (talk.isSecret ? "" : typed.text))
    }

    private func say(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        send((isPromptShown ? "\n" : "") + lines.map { $0 + "\n" }.joined())
        isPromptShown = false
    }

    private func send(_ text: String) {
        guard !text.isEmpty else { return }
        let shown = options.isASCII ? PlainText.ascii(text) : text
        // A terminal that is taken does not do that by itself.
        let bytes = Array((line.isOwn ? shown.replacing("\n", with: "\r\n") : shown).utf8)
        line.send(bytes)
        options.onFrame?(
            FrameReport(
                bytes: bytes.count, content: bytes, size: frameSize,
                uptime: program.uptime))
    }

    /// As large as the terminal, but no larger than any has to be to show lines that wrap and scroll.
    private var frameSize: Size {
        let (size, most) = (TerminalDevice.size(line.output), Tuning.plainFrame)
        guard let size else { return most }
        return Size(min(size.columns, most.columns), min(size.rows, most.rows))
    }

    // MARK: The program

    private func happen(_ event: TerminalEvent) {
        if let message = program.message(for: event) { reduce(message) }
    }

    private func reduce(_ message: P.Message) {
        for request in program.reduce(message) { serve(request) }
    }

    private func serve(_ request: TerminalRequest) {
        switch request {
        case .exit: program.ending = program.ending ?? .exit
        case .bell: isAlert = true
        case .copy: happen(.notCopied)
        case .suspend: suspend()
        // Whoever writes a script means what stands in it.
        case .discardTypeAhead where line.isOwn:
            line.discardInput()
            decoder.reset()
            program.unhandled.discard()
        case .title, .repaint, .discardTypeAhead, .theme, .mouse, .lines: break
        }
    }
}

/// Text for those whose character set is not UTF-8.
enum PlainText {
    static func ascii(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isASCII ? $0 : "?" }))
    }
}
