internal import CTerminal
internal import Glibc

/// The terminal as a device: raw mode, frames out, bytes in, signals as bytes. Belongs to one thread.
final class TerminalDevice {
    /// What a frame leaves unsent in it is sent before there is another frame.
    let line: TerminalLine
    let encoder: ScreenEncoder
    private(set) var size: Size
    private(set) var flow = FlowControl()
    /// Goes out with the next frame: bells, titles and what was switched on.
    private var extra: [UInt8] = []
    private let undo: [UInt8]
    private let canAnswer: Bool
    private let canTitle: Bool
    private let hasMouse: Bool
    private var isMouseReported = false
    /// The title that was set last, as it is sent.
    private var title: [UInt8] = []
    /// The scroll region that others or another size have left is none.
    private static let wholeScreenScrolls = Array("\u{1b}[r".utf8)
    /// Clicks and the wheel, as SGR reports.
    private static let mouseOn = Array("\u{1b}[?1000h\u{1b}[?1006h".utf8)
    private static let mouseOff = Array("\u{1b}[?1006l\u{1b}[?1000l".utf8)
    /// Puts the window's title aside, and takes it back; empty where nothing was put aside.
    private static let keepTitle = Array("\u{1b}[22;2t".utf8)
    private static let restoreTitle = Array("\u{1b}]2;\u{7}\u{1b}[23;2t".utf8)

    /// Opens the terminal anew, since not to block belongs to an open file and would reach into the user's shell.
    init(_ options: TerminalOptions) throws {
        line = try TerminalLine(opening: options.device)
        size = Self.size(line.output) ?? Size(80, 24)
        do {
            encoder = try ScreenEncoder(
                terms: options.terms, size: size, hasColours: options.hasColours,
                theme: options.theme)
        } catch {
            line.close()
            throw error
        }
        // One that reports its cursor answers the simpler question, too.
        canAnswer = encoder.capability("u7") == Array("\u{1b}[6n".utf8)
        canTitle = ["xterm", "tmux", "screen", "rxvt"].contains { options.terms[0].hasPrefix($0) }
        // The Linux console is described with one, and reports none.
        hasMouse = !encoder.capability("kmous").isEmpty && options.terms[0] != "linux"
        undo =
            encoder.capability("BD") + (hasMouse ? Self.mouseOff : []) + encoder.plainLook
            + (canTitle ? Self.restoreTitle : []) + encoder.otherScreen
        try line.enter(undo: undo)
        extra = begun
    }

    /// Switches on what `undo` switches off, but for the screen.
    private var begun: [UInt8] {
        encoder.capability("BE") + (canTitle ? Self.keepTitle : []) + title
            + (isMouseReported ? Self.mouseOn : [])
    }

    /// What of giving the terminal back is seen on it.
    var leaving: [UInt8] { encoder.plainLook + encoder.otherScreen }

    /// Gives the terminal back as it was found.
    func close() { line.close() }

    /// Whether the terminal takes bytes now.
    var isWritable: Bool {
        var polled = pollfd(fd: line.output, events: Int16(POLLOUT), revents: 0)
        return line.unsent.isEmpty && poll(&polled, 1, 0) == 1
            && polled.revents & Int16(POLLOUT) != 0
    }

    /// Sends a frame with one write; returns how many bytes that were, and those that draw it: none when there is nothing
    /// to send. What the terminal does not take stays in `unsent`. Nothing is asked with the last one.
    func show(_ canvas: Canvas, at time: Duration, isLast: Bool) -> (bytes: Int, content: [UInt8]) {
        let content = encoder.frame(canvas)
        var bytes = extra + content
        extra = []
        guard !bytes.isEmpty else { return (0, []) }
        if !isLast, canAnswer, flow.send(bytes.count, at: time) { bytes += FlowControl.question }
        line.send(bytes)
        return (bytes.count, content)
    }

    func noteKeys(at time: Duration) { flow.noteKeys(at: time) }

    /// The terminal has answered what goes along with the frames.
    func answered(at time: Duration, isLast: Bool = false) {
        if flow.answer(at: time), !isLast { line.send(FlowControl.question) }
    }

    /// Drops what was typed and not read, and the answers with it.
    func discardInput() {
        line.discardInput()
        flow.reset()
    }

    /// Looks at the size again; true when it is another.
    func updateSize() -> Bool {
        guard let now = Self.size(line.output), now != size else { return false }
        size = now
        encoder.resize(now)
        extra += Self.wholeScreenScrolls
        return true
    }

    /// Gives the terminal back and stops the process; returns when it goes on, with the terminal taken again.
    func suspend() {
        line.suspend(undo: undo)
        takeAgain(isGivenBack: true)
    }

    /// After others had the terminal. Where it was not given back it is now, first: a title that is put aside must not be
    /// the program's own.
    func takeAgain(isGivenBack: Bool = false) {
        flow.reset()
        cterminal_raw()
        extra = (isGivenBack ? [] : undo) + encoder.capability("smcup") + begun
        extra += Self.wholeScreenScrolls
        _ = updateSize()
        encoder.repaint()
    }

    func ring() { extra.append(0x07) }

    func setTitle(_ title: String) {
        guard canTitle else { return }
        self.title = Array("\u{1b}]2;".utf8) + Self.harmless(title) + [0x07]
        extra += self.title
    }

    /// Only where the terminal says that it has one; returns whether it does.
    func reportMouse(_ isOn: Bool) -> Bool {
        guard hasMouse else { return !isOn }
        isMouseReported = isOn
        extra += isOn ? Self.mouseOn : Self.mouseOff
        return true
    }

    /// Only where the terminal says that it has a clipboard; returns whether it does.
    func copy(_ text: String) -> Bool {
        guard !encoder.capability("Ms").isEmpty else { return false }
        let encoded = Base64.encode(Array(text.utf8.prefix(Tuning.clipboardLimit)))
        extra += Array("\u{1b}]52;c;".utf8) + encoded + [0x07]
        return true
    }

    private static func harmless(_ text: String) -> [UInt8] {
        Glyph.all(of: text).flatMap { Array($0.text.utf8) }
    }

    /// Nil where it is no terminal, or does not say.
    static func size(_ descriptor: Int32) -> Size? {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard cterminal_size(descriptor, &columns, &rows) else { return nil }
        return Size(Int(columns), Int(rows))
    }
}

/// RFC 4648.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let padded = group + Array(repeating: 0, count: 3 - group.count)
            let bits = padded.reduce(0) { $0 << 8 | Int($1) }
            let all = [18, 12, 6, 0].map { digits[bits >> $0 & 63] }
            encoded += all.prefix(group.count + 1)
            encoded += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return encoded
    }
}

extension ScreenEncoder {
    /// Its own colours, and the cursor.
    fileprivate var plainLook: [UInt8] { capability("sgr0") + capability("cnorm") }

    /// The screen that was there before. A terminal with one screen only is left with nothing on it.
    fileprivate var otherScreen: [UInt8] {
        let leave = capability("rmcup")
        return leave.isEmpty ? capability("clear") : leave
    }
}
