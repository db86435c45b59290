import Dispatch
import Glibc
import Migration

/// The part of the engine that a foreground migration needs.
protocol RunnableMigration: Sendable {
    func run() async throws -> MigrationReport
    func requestCutover() async throws
    func resume() async
    func progress() -> MigrationProgress
}

extension MigrationEngine: RunnableMigration {}

/// Hears the operator: Enter or SIGUSR1 begins the cutover, or goes on after a pause.
struct Operator: Sendable {
    let migration: any RunnableMigration
    /// Called with one line to be shown.
    let say: @Sendable (String) -> Void

    /// What a request means depends on where the migration stands. Before it is ready it means
    /// nothing: a key pressed too early must not begin a cutover hours later.
    func request() async {
        let progress = migration.progress()
        let phase = progress.phase
        switch phase {
        case .paused: await migration.resume()
        case .inSync:
            guard progress.isReady || progress.differences > 0 else {
                let why = progress.missing.isEmpty ? "" : ": \(progress.missing)"
                say("The cutover cannot begin yet\(why). Ask again once it is ready.")
                return
            }
            do {
                try await migration.requestCutover()
            } catch {
                say("The cutover did not begin: \(error)")
            }
        case .finalizing, .complete, .failed, .cancelled, .expired: break
        case .preparing, .copying, .indexing, .catchingUp:
            say(
                "The cutover cannot begin while the migration is \(phase.words). Ask again once it is in sync."
            )
        }
    }

    /// How the line begins that says so.
    static let readiness = "Ready for the cutover."

    /// How the operator can ask.
    static var prompts: Narrator.Prompts {
        let signal = "send SIGUSR1 to process \(getpid())"
        let answer = isInputUsable ? "press Enter or \(signal)" : signal
        return Narrator.Prompts(
            cutover: "\(readiness) Stop the application's writes, then \(answer).",
            resume: "Once the cause is mended, \(answer) to go on.")
    }

    /// Whether a line can come from standard input: from a terminal, a pipe or a socket.
    static var isInputUsable: Bool {
        var information = stat()
        guard fstat(STDIN_FILENO, &information) == 0 else { return false }
        let kind = information.st_mode & S_IFMT
        return kind == S_IFIFO || kind == S_IFSOCK || isatty(STDIN_FILENO) == 1
    }

    /// Reads lines from standard input on a thread of its own, until it ends; each is a request.
    /// What was typed on a terminal before is dropped.
    func listen() {
        guard Operator.isInputUsable else { return }
        if isatty(STDIN_FILENO) == 1 { tcflush(STDIN_FILENO, TCIFLUSH) }
        DispatchQueue(label: "lagzero.input").async {
            while Operator.waitForLine() { Task { await request() } }
        }
    }

    /// False at the end of the input, which is not a request.
    private static func waitForLine() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1, byte == UInt8(ascii: "\n") { return true }
            if count == 0 { return false }
            guard count < 0, errno != EINTR else { continue }
            switch errno {
            case EAGAIN:
                var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                poll(&wanted, 1, -1)
            // The process is in the background of its terminal; it may come back.
            case EIO where isatty(STDIN_FILENO) == 1: usleep(Tuning.terminalRetry)
            default: return false
            }
        }
    }
}
