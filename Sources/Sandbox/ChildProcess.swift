internal import Glibc
internal import Synchronization

/// A program that this process started: in a session of its own, so that a Ctrl-C does not reach it, with
/// `/dev/null` as input and no descriptor of ours but those named. It is reaped as soon as it ends.
package final class ChildProcess: Sendable {
    package struct Launch {
        package var path: String
        package var arguments: [String] = []
        /// Added to `PATH` and `LC_ALL=C`, which is all that is passed on.
        package var environment: [String: String] = [:]
        /// File that output and errors are appended to; nil for `/dev/null`.
        package var output: String?
        /// A descriptor that becomes the child's standard input.
        var input: Int32?
        /// A descriptor that becomes the child's descriptor 3.
        var extra: Int32?

        package init(
            path: String, arguments: [String] = [], environment: [String: String] = [:],
            output: String? = nil, input: Int32? = nil, extra: Int32? = nil
        ) {
            self.path = path
            self.arguments = arguments
            self.environment = environment
            self.output = output
            self.input = input
            self.extra = extra
        }
    }

    package let pid: Int32
    /// What `waitpid` said; nil while the child runs. A signal is sent only under this lock, so that it cannot meet a
    /// process that has the number after ours.
    private let status = Mutex<Int32?>(nil)

    /// Starts the program. `atExit` is called from a thread of its own just before the number of the ended process
    /// becomes free.
    init(_ launch: Launch, atExit: @escaping @Sendable (pid_t) -> Void = { _ in })
        throws(SandboxError)
    {
        pid = try spawn(launch)
        try BackgroundThread.start { [self] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
            atExit(pid)
            status.withLock {
                var result: Int32 = 0
                while waitpid(pid, &result, 0) < 0 && errno == EINTR {}
                $0 = result
            }
        }
    }

    package var isRunning: Bool { status.withLock { $0 == nil } }

    /// Whether the program ended by itself and said that it was successful.
    var hasSucceeded: Bool { status.withLock { $0 == 0 } }

    /// What the program said when it ended, or 128 and the signal that ended it; nil while it runs.
    package var exitCode: Int32? {
        status.withLock { $0.map { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : 128 + $0 & 0x7F } }
    }

    /// Sends a signal; does nothing when the process has ended.
    package func send(signal number: Int32) {
        status.withLock { if $0 == nil { kill(pid, number) } }
    }

    /// Waits until the process has ended and is reaped.
    package func ended(within limit: Duration) async throws {
        try await eventually("process \(pid) ends", within: limit) { !isRunning }
    }

    /// Runs a short program to its end; throws `.ended` with its output when it fails.
    static func run(_ program: String, _ arguments: [String], log: String) async throws {
        let child = try ChildProcess(
            Launch(path: "/usr/bin/env", arguments: [program] + arguments, output: log))
        try await child.ended(within: Tuning.helperDeadline)
        guard child.hasSucceeded else {
            throw SandboxError(.ended, "\(program) failed: \(lastLines(of: log))")
        }
    }
}

/// glibc's way to close every descriptor from a number on, those of other libraries too. Swift's module of glibc hides
/// it because it is an extension.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
@discardableResult
private func closeDescriptors(
    _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ from: Int32
) -> Int32

private func spawn(_ launch: ChildProcess.Launch) throws(SandboxError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input = launch.input {
        posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    if let extra = launch.extra { posix_spawn_file_actions_adddup2(&actions, extra, 3) }
    let output = launch.output ?? "/dev/null"
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    closeDescriptors(&actions, launch.extra == nil ? 3 : 4)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, a macro that is not imported everywhere
    let flags = newSession | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let path = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    let variables = launch.environment.merging(["PATH": path, "LC_ALL": "C"]) { mine, _ in mine }
    var arguments = ([launch.path] + launch.arguments).map { strdup($0) } + [nil]
    var environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + environment { free(pointer) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, launch.path, &actions, &attributes, &arguments, &environment)
    guard status == 0 else {
        throw SandboxError(.system, "cannot start \(launch.path): \(errorText(status))")
    }
    return pid
}
