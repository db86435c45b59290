internal import CTerminal
internal import Glibc

/// The terminal as a device: raw mode, frames out, bytes in, signals as bytes. Belongs to one thread.
final class TerminalDevice {
    /// For poll.
    let descriptor: Int32
    let signals: Int32
    let encoder: ScreenEncoder
    private let signalsIn: Int32
    private(set) var size: Size
    /// The rest of a frame that the terminal took only in part; until it is out there is no other frame.
    private(set) var unsent: ArraySlice<UInt8> = []
    /// Goes out with the next frame: bells, titles and what was switched on.
    private var extra: [UInt8] = []
    private let undo: [UInt8]
    private let isSynchronised: Bool
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
        descriptor = open(options.device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0, isatty(descriptor) == 1 else {
            throw TerminalError("There is no terminal at \(options.device).")
        }
        size = Self.size(descriptor) ?? Size(80, 24)
        do {
            encoder = try ScreenEncoder(
                terms: options.terms, size: size, hasColours: options.hasColours,
                theme: options.theme)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        isSynchronised = options.isSynchronised
        canTitle = ["xterm", "tmux", "screen", "rxvt"].contains { options.terms[0].hasPrefix($0) }
        // The Linux console is described with one, and reports none.
        hasMouse = !encoder.capability("kmous").isEmpty && options.terms[0] != "linux"
        let leave = encoder.capability("rmcup")
        // A terminal with one screen only is left with nothing on it.
        undo =
            encoder.capability("BD") + (hasMouse ? Self.mouseOff : []) + encoder.capability("sgr0")
            + encoder.capability("cnorm")
            + (canTitle ? Self.restoreTitle : [])
            + (leave.isEmpty ? encoder.capability("clear") : leave)
        var (output, input): (Int32, Int32) = (-1, -1)
        guard cterminal_pipe(&output, &input), cterminal_enter(descriptor, undo, undo.count) else {
            Glibc.close(descriptor)
            throw TerminalError("The terminal does not change its mode: \(errno)")
        }
        (signals, signalsIn) = (output, input)
        cterminal_watch_signals(signalsIn)
        extra = begun
    }

    /// Switches on what `undo` switches off, but for the screen.
    private var begun: [UInt8] {
        encoder.capability("BE") + (canTitle ? Self.keepTitle : []) + title
            + (isMouseReported ? Self.mouseOn : [])
    }

    /// Gives the terminal back as it was found.
    func close() {
        cterminal_leave()
        cterminal_forget_signals()
        for descriptor in [descriptor, signals, signalsIn] { Glibc.close(descriptor) }
    }

    /// Waits; nil waits without end. True for each that has something.
    func wait(
        _ mailbox: Int32, forOutput: Bool, timeout: Duration?
    ) -> (input: Bool, output: Bool, gone: Bool) {
        let events = Int16(POLLIN) | (forOutput ? Int16(POLLOUT) : 0)
        var polled = [
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: mailbox, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        ]
        poll(&polled, nfds_t(polled.count), timeout.map(Self.milliseconds) ?? -1)
        let seen = polled[0].revents
        return (
            seen & Int16(POLLIN) != 0, seen & Int16(POLLOUT) != 0,
            seen & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
        )
    }

    /// Rounded up, so that a deadline has come when the wait is over.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, fraction) = duration.components
        let rest = (fraction + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, seconds.multipliedReportingOverflow(by: 1_000).0 + rest))
    }

    /// What was typed; nil when the terminal has gone.
    func read() -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
                // One at a time from a terminal that never stops.
                if bytes.count >= Tuning.longestPaste { return bytes }
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                return bytes
            } else {
                return bytes.isEmpty ? nil : bytes
            }
        }
    }

    /// The signals since the last time, in order.
    func readSignals() -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(signals, &buffer, buffer.count)
        return count > 0 ? buffer[..<count].map { Int32($0) } : []
    }

    /// Drops what was typed and not read.
    func discardInput() { tcflush(descriptor, TCIFLUSH) }

    /// Whether the terminal takes bytes now.
    var isWritable: Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsent.isEmpty && poll(&polled, 1, 0) == 1 && polled.revents & Int16(POLLOUT) != 0
    }

    /// Sends a frame with one write; returns how many bytes that were, and those that draw it: none when there is nothing
    /// to send. What the terminal does not take stays in `unsent`.
    func show(_ canvas: Canvas) -> (bytes: Int, content: [UInt8]) {
        let content = encoder.frame(canvas)
        var bytes = content
        if isSynchronised, !bytes.isEmpty {
            bytes = Array("\u{1b}[?2026h".utf8) + bytes + Array("\u{1b}[?2026l".utf8)
        }
        bytes = extra + bytes
        extra = []
        guard !bytes.isEmpty else { return (0, []) }
        unsent = bytes[...]
        flush()
        return (bytes.count, content)
    }

    /// Sends what was left, as far as the terminal takes it.
    func flush() {
        guard !unsent.isEmpty else { return }
        let count = unsent.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 { unsent = unsent.dropFirst(count) }
    }

    /// Looks at the size again; true when it is another.
    func updateSize() -> Bool {
        guard let now = Self.size(descriptor), now != size else { return false }
        size = now
        encoder.resize(now)
        extra += Self.wholeScreenScrolls
        return true
    }

    /// Gives the terminal back and stops the process; returns when it goes on, with the terminal taken again.
    func suspend() {
        cterminal_leave()
        unsent = []
        cterminal_stop()
        cterminal_enter(descriptor, undo, undo.count)
        takeAgain(isGivenBack: true)
    }

    /// After others had the terminal. Where it was not given back it is now, first: a title that is put aside must not be
    /// the program's own.
    func takeAgain(isGivenBack: Bool = false) {
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

    private static func size(_ descriptor: Int32) -> Size? {
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
