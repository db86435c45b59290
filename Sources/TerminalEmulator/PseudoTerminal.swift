package import Glibc
internal import Terminal

/// A program on a terminal of its own, which the caller plays. Every wait is for a condition, with a deadline, and
/// blocks the calling thread.
package final class PseudoTerminal {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// What came at once.
    package struct Arrival: Sendable, Hashable {
        package var time: ContinuousClock.Instant
        package var bytes: Int
    }

    package private(set) var master: Int32
    /// The other end.
    private let name: String
    /// The leader of the session.
    package let child: pid_t
    /// Just before the program was started.
    package let started: ContinuousClock.Instant
    package private(set) var output: [UInt8] = []
    /// Of all that is in the output, in order.
    package private(set) var arrivals: [Arrival] = []
    private var status: Int32?
    private var emulator: Emulator
    /// Bytes of the output that the emulator has taken.
    private var fed = 0
    /// Whether what the program asks is answered as soon as it is read; a terminal far away takes its time.
    package var answers = true
    /// Bytes of the output whose questions have been answered, or never will be.
    private var answered = 0
    /// How long something may take that is waited for.
    package var patience = Duration.seconds(20)

    /// Starts a program with exactly this environment.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String],
        columns: Int = 80, rows: Int = 24
    ) throws {
        emulator = Emulator(Size(columns, rows))
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        // TIOCSPTLCK and TIOCGPTN, which are macros that Swift does not see.
        var (number, isLocked): (Int32, Int32) = (-1, 0)
        guard master >= 0, ioctl(master, 0x4004_5431, &isLocked) == 0,
            ioctl(master, 0x8004_5430, &number) == 0
        else { throw Failure(description: "no pseudo-terminal: \(errno)") }
        name = "/dev/pts/\(number)"
        Self.resize(master, columns, rows)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // Opened by the leader of a new session, it becomes its terminal.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // POSIX_SPAWN_SETSID is no constant in Swift.
        posix_spawnattr_setflags(
            &attributes, Int16(0x80 | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] =
            ([program] + arguments).map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            (words + settings).forEach { free($0) }
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var child: pid_t = 0
        started = .now
        let result = posix_spawn(&child, program, &actions, &attributes, &words, &settings)
        guard result == 0 else {
            throw Failure(description: "\(program) does not start: \(result)")
        }
        self.child = child
    }

    deinit {
        if status == nil {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        hangUp()
    }

    /// Asks the leader to end.
    package func terminate() { kill(child, SIGTERM) }

    /// Takes the terminal away.
    package func hangUp() {
        if master >= 0 { Glibc.close(master) }
        master = -1
    }

    /// Takes nothing more of what is sent, as after Ctrl-S.
    package func stopOutput() {
        let other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        tcflow(other, TCOOFF)
        Glibc.close(other)
    }

    /// Bytes that were sent and not read.
    package var unread: Int {
        var count: Int32 = 0
        _ = ioctl(master, UInt(FIONREAD), &count)
        return Int(count)
    }

    /// Whether more than so many bytes wait to be read; false when that does not come true for a while.
    package func grows(beyond count: Int) -> Bool {
        let deadline = ContinuousClock.now + .milliseconds(300)
        while unread <= count {
            guard ContinuousClock.now < deadline else { return false }
            sched_yield()
        }
        return true
    }

    /// A program beside this one.
    package static func program(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(
            decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/" + name
    }

    package var text: String { String(decoding: output, as: UTF8.self) }

    package func send(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(master, $0.baseAddress, $0.count) }
    }

    /// What comes from now on is taken for a terminal of this size, on which nothing is shown.
    package func resize(_ columns: Int, _ rows: Int) {
        feed()
        emulator.resize(Size(columns, rows))
        Self.resize(master, columns, rows)
    }

    /// The terminal as it is after all that came.
    package var emulated: Emulator {
        feed()
        var current = emulator
        current.feed(Array(output[fed...]))
        return current
    }

    package var screen: String { emulated.lines.joined(separator: "\n") }

    /// Up to the last sequence, which may not be whole yet.
    private func feed() {
        guard let last = output.lastIndex(of: 0x1b), last > fed else { return }
        emulator.feed(Array(output[fed..<last]))
        fed = last
    }

    private static func resize(_ master: Int32, _ columns: Int, _ rows: Int) {
        var size = winsize(
            ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// The foreground process group of the terminal.
    package var foreground: pid_t { tcgetpgrp(master) }

    /// Reads until the text has been seen behind `from`, an index of `output`; returns the bytes from there on.
    @discardableResult
    package func expect(_ text: String, from start: Int = 0) throws -> [UInt8] {
        let wanted = Array(text.utf8)
        try wait("\"\(text)\"") { self.output[min(start, self.output.count)...].contains(wanted) }
        return Array(output[start...])
    }

    /// Reads until the condition holds.
    package func wait(_ what: String, until condition: () -> Bool) throws {
        let deadline = ContinuousClock.now + patience
        while !condition() {
            guard ContinuousClock.now < deadline else {
                throw Failure(
                    description: "no \(what); the screen:\n\(screen)\nall: \(text.debugDescription)"
                )
            }
            readSome()
        }
    }

    /// Reads for so long.
    package func listen(for duration: Duration) {
        let end = ContinuousClock.now + duration
        while case let now = ContinuousClock.now, now < end { readSome(atMost: end - now) }
    }

    /// Reads until nothing has come for so long.
    package func settle(for quiet: Duration) throws {
        var last = ContinuousClock.now
        try wait("rest") {
            if let time = self.arrivals.last?.time { last = max(last, time) }
            return ContinuousClock.now >= last + quiet
        }
    }

    /// What the terminal has shown by now; the pause ends with the first byte.
    package func readSome(atMost pause: Duration = .milliseconds(10)) {
        var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        let milliseconds = pause.components.attoseconds / 1_000_000_000_000_000 + 1
        poll(&polled, 1, pause >= .milliseconds(10) ? 10 : Int32(milliseconds))
        guard master >= 0 else { return }
        let time = ContinuousClock.now
        let before = output.count
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = Glibc.read(master, &buffer, buffer.count), count > 0 {
            output += buffer[..<count]
        }
        if output.count > before {
            arrivals.append(Arrival(time: time, bytes: output.count - before))
            if answers { answer() }
        }
    }

    /// Answers every question that came and was not answered: whether it is well (DSR).
    package func answer() {
        let question = Array("\u{1b}[5n".utf8)
        while let found = output[answered...].firstRange(of: question) {
            answered = found.upperBound
            send("\u{1b}[0n")
        }
    }

    /// Reads until the leader has ended; its wait status.
    @discardableResult
    package func end() throws -> Int32 {
        try wait("end of the program") { hasEnded }
        readSome()
        return status ?? -1
    }

    /// Whether the leader has ended; reads nothing.
    package var hasEnded: Bool {
        var status: Int32 = 0
        if self.status == nil, waitpid(child, &status, WNOHANG) == child { self.status = status }
        return self.status != nil
    }

    package func settings() -> [UInt32] {
        var settings = termios()
        tcgetattr(master, &settings)
        return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
    }
}
