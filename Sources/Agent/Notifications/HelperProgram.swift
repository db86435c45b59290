internal import ControlAPI
internal import FoundationEssentials
internal import Glibc

/// A program that is started to pass something on: without a shell, in a session of its own, with no descriptor of ours.
struct HelperProgram: Sendable {
    /// Absolute.
    var path: String
    var arguments: [String]
    /// Added to the environment of this process.
    var environment: [String: String] = [:]
    /// What it reads from its standard input, which is a file.
    var input: String
    /// Whether what it says is seen where the output of this process is; nobody sees it otherwise.
    var isHeard = false

    /// Runs it to its end, or until the limit, when it is killed with all of its process group; not cut short where the task
    /// is cancelled. Throws a `ControlError` where it cannot be started, or ends without success.
    func run(within limit: Duration) async throws {
        let pid = try spawn()
        // Not of this task, which may be cancelled: what is half done is done to its end.
        let status = await Task { await Self.status(of: pid, within: limit) }.value
        switch status {
        case .none:
            throw ControlError(
                .unavailable,
                "\(path) had not ended after \(limit.components.seconds) s, and was killed")
        case .some(0): return
        case .some(let status) where status & 0x7F == 0:
            throw ControlError(.unavailable, "\(path) ended with status \(status >> 8 & 0xFF)")
        case .some(let status):
            throw ControlError(.unavailable, "\(path) was ended by signal \(status & 0x7F)")
        }
    }

    /// What `waitpid` says of it in the end; nil where it had to be killed.
    private static func status(of pid: pid_t, within limit: Duration) async -> Int32? {
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) != pid {
            if ContinuousClock.now >= deadline {
                kill(-pid, SIGKILL)
                for _ in 0..<Tuning.killPolls {
                    if waitpid(pid, &status, WNOHANG) == pid { break }
                    try? await Task.sleep(for: Tuning.helperPoll)
                }
                return nil
            }
            try? await Task.sleep(for: Tuning.helperPoll)
        }
        return status
    }

    private func spawn() throws -> pid_t {
        let file = try spooled()
        defer { close(file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO)
        if !isHeard {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
        closeDescriptors(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which not every module of glibc shows
        posix_spawnattr_setflags(
            &attributes,
            Int16(newSession | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var texts = ([path] + arguments).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in texts + settings { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, &texts, &settings)
        guard code == 0 else {
            throw ControlError(
                .unavailable, "cannot start \(path): \(systemText(code))",
                remedy: "install it, or name another program below notifications in config.yaml")
        }
        return pid
    }

    /// A file without a name that holds the input, at its beginning.
    private func spooled() throws -> Int32 {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var name = Array("\(folder)/lagzero-letter-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else {
            throw ControlError(.unavailable, "cannot write to \(folder): \(systemText())")
        }
        unlink(name)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let bytes = Array(input.utf8)
        guard write(file, bytes, bytes.count) == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
            defer { close(file) }
            throw ControlError(.unavailable, "cannot write to \(folder): \(systemText())")
        }
        return file
    }
}

/// glibc's way to close every descriptor from a number on, those of other libraries too. Swift's module of glibc hides
/// it because it is an extension.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
@discardableResult
private func closeDescriptors(
    _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ from: Int32
) -> Int32
