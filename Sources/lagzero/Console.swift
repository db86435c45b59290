import Dispatch
import Glibc
import Synchronization

/// Standard output and standard error. Everything is redacted, and written through the descriptors
/// in the order in which it was handed over, by a thread of its own: a reader that stalls stops
/// nobody.
final class Console: Sendable {
    /// Whether the last line of stderr may be rewritten in place.
    let isTerminal: Bool

    private let redaction: Mutex<Redaction>
    private let queue = DispatchQueue(label: "lagzero.console")
    /// Whether a status line stands on the terminal. Touched on the queue only.
    nonisolated(unsafe) private var hasStatus = false

    init(redaction: Redaction) {
        self.redaction = Mutex(redaction)
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        isTerminal = isatty(STDERR_FILENO) == 1 && !isDumb
    }

    /// These hold secrets, too; to be called before anything can repeat them.
    func hide(_ connectionStrings: [String]) {
        redaction.withLock { $0.add(connectionStrings) }
    }

    /// One or more whole lines on stderr.
    func say(_ text: String) {
        queue.async { [self] in writeLines(text) }
    }

    /// A line of a narration. Returns when it is written, so that a stalled reader does not make
    /// lines pile up.
    func show(_ line: Narrator.Line) async {
        await perform { [self] in
            switch line {
            case .status(let text) where isTerminal:
                let line = fitted(printable(redacted(text)), to: terminalWidth() - 1)
                writeAll("\r\(line)\u{1B}[K", to: STDERR_FILENO)
                hasStatus = true
            case .status(let text), .lasting(let text): writeLines(text)
            }
        }
    }

    /// One or more whole lines on stdout: what the command was asked for.
    func answer(_ text: String) {
        queue.async { [self] in
            clearStatus()
            writeAll(ended(redacted(text)), to: STDOUT_FILENO)
        }
    }

    /// Ends the process when everything is written. Not through `exit`: the driver cleans up there,
    /// which crashes while a lane is still inside a call.
    func end(_ status: ExitStatus) -> Never {
        queue.sync { clearStatus() }
        _exit(status.rawValue)
    }

    /// The same, but not for longer than this: whoever reads may have stalled.
    func end(_ status: ExitStatus, within limit: DispatchTimeInterval) -> Never {
        let isWritten = DispatchSemaphore(value: 0)
        queue.async { [self] in
            clearStatus()
            isWritten.signal()
        }
        _ = isWritten.wait(timeout: .now() + limit)
        _exit(status.rawValue)
    }

    private func redacted(_ text: String) -> String { redaction.withLock { $0 }(text) }

    private func perform(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.async {
                body()
                continuation.resume()
            }
        }
    }

    private func writeLines(_ text: String) {
        clearStatus()
        writeAll(ended(redacted(text)), to: STDERR_FILENO)
    }

    private func clearStatus() {
        if hasStatus { writeAll("\r\u{1B}[K", to: STDERR_FILENO) }
        hasStatus = false
    }

    private func ended(_ text: String) -> String { text.hasSuffix("\n") ? text : text + "\n" }
}

/// Control characters, which names on a server may hold, as `?`.
func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
}

/// The text cut to this many columns; characters beyond ASCII may take two.
func fitted(_ text: String, to columns: Int) -> String {
    var used = 0
    let end = text.firstIndex { character in
        used += character.isASCII ? 1 : 2
        return used > columns
    }
    return String(text[..<(end ?? text.endIndex)])
}

private func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else {
        return Tuning.terminalWidth
    }
    return Int(size.ws_col)
}

/// Writes all of it; gives up when nobody reads any more, or there is no room: false, and `errno` says why.
@discardableResult
func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&wanted, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
