internal import CTerminal
internal import Glibc

/// The two ends of a terminal, or of what stands in its place: bytes in, bytes out, and signals as bytes. Belongs to one
/// thread.
final class TerminalLine {
    let input: Int32
    let output: Int32
    /// Whether it was opened here, does not block, and is given back as it was found.
    let isOwn: Bool
    private let signals: Int32
    private let signalsIn: Int32
    private var isEntered = false
    /// What was to be sent and was not taken yet.
    private(set) var unsent: ArraySlice<UInt8> = []

    /// Opens a terminal anew, since not to block belongs to an open file and would reach into the user's shell.
    convenience init(opening device: String) throws {
        let descriptor = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0, isatty(descriptor) == 1 else {
            throw TerminalError("There is no terminal at \(device).")
        }
        try self.init(descriptor, descriptor, isOwn: true)
    }

    /// Standard input and output, whatever they are. They may block.
    convenience init() throws { try self.init(STDIN_FILENO, STDOUT_FILENO, isOwn: false) }

    private init(_ input: Int32, _ output: Int32, isOwn: Bool) throws {
        (self.input, self.output, self.isOwn) = (input, output, isOwn)
        var (signals, signalsIn): (Int32, Int32) = (-1, -1)
        guard cterminal_pipe(&signals, &signalsIn) else {
            throw TerminalError("No descriptor is left: \(errno)")
        }
        (self.signals, self.signalsIn) = (signals, signalsIn)
    }

    /// Takes the terminal, where it is one of its own, and the signals. `undo`: what gives it back.
    func enter(undo: [UInt8] = []) throws {
        if isOwn, !cterminal_enter(input, undo, undo.count) {
            close()
            throw TerminalError("The terminal does not change its mode: \(errno)")
        }
        cterminal_watch_signals(signalsIn)
        isEntered = true
    }

    /// Gives everything back as it was found.
    func close() {
        if isEntered {
            cterminal_leave()
            cterminal_forget_signals()
        }
        for descriptor in [signals, signalsIn] + (isOwn ? [input] : []) { Glibc.close(descriptor) }
    }

    /// Gives the terminal back and stops the process; returns when it goes on, with the terminal taken again.
    func suspend(undo: [UInt8] = []) {
        cterminal_leave()
        unsent = []
        cterminal_stop()
        if isOwn { cterminal_enter(input, undo, undo.count) }
    }

    /// Waits; nil waits without end. True for each that has something.
    func wait(
        _ mailbox: Int32, forInput: Bool = true, forOutput: Bool, timeout: Duration?
    ) -> (input: Bool, output: Bool, gone: Bool) {
        var polled = [
            pollfd(fd: forInput ? input : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: forOutput ? output : -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: mailbox, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        ]
        poll(&polled, nfds_t(polled.count), timeout.map(Self.milliseconds) ?? -1)
        let seen = polled[0].revents
        return (
            seen & Int16(POLLIN) != 0,
            // Where nobody reads any more, too: the write says so.
            polled[1].revents != 0,
            seen & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
        )
    }

    /// Rounded up, so that a deadline has come when the wait is over.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, fraction) = duration.components
        let rest = (fraction + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, seconds.multipliedReportingOverflow(by: 1_000).0 + rest))
    }

    /// What was typed; nil when nothing will come any more.
    func read() -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(input, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
                // One at a time from a terminal that never stops, and from what would block.
                if bytes.count >= Tuning.longestPaste || !isOwn { return bytes }
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
    func discardInput() { tcflush(input, TCIFLUSH) }

    /// Sends as far as it is taken, with one write; the rest stays in `unsent`.
    func send(_ bytes: [UInt8]) {
        unsent += bytes
        flush()
    }

    /// Sends what was left, as far as it is taken; false where nobody takes any more.
    @discardableResult
    func flush() -> Bool {
        guard !unsent.isEmpty else { return true }
        let count = unsent.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
        if count > 0 { unsent = unsent.dropFirst(count) }
        return count >= 0 || errno == EAGAIN || errno == EINTR
    }
}
