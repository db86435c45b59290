internal import Glibc

/// A temporary folder and the servers that live in it; both are gone when this process is, however it ends.
///
/// A small shell holds one end of a connection to us and the numbers of the running servers. When the connection
/// closes, by `remove()`, by `deinit` or because this process was killed, it kills them and removes the folder.
/// `PR_SET_PDEATHSIG` would not do: it is bound to the thread that made the child.
package final class ScratchFolder: Sendable {
    package let path: String
    let watchdog: ChildProcess
    /// Our end of the connection.
    private let connection: Connection
    /// Says that the folder is in use, for `removeAbandoned`.
    private let lock: FolderLock

    /// Makes `lagzero-XXXXXX` in the given folder or in `${TMPDIR:-/tmp}`.
    package init(in parent: String? = nil) throws(SandboxError) {
        let folder = parent ?? environment("TMPDIR") ?? "/tmp"
        var template = Array("\(folder)/lagzero-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SandboxError(.system, "mkdtemp in \(folder): \(errorText())")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        lock = try FolderLock(path)
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SandboxError(.system, "socketpair: \(errorText())")
        }
        connection = Connection(ends[0])
        defer { close(ends[1]) }
        watchdog = try ChildProcess(
            .init(
                path: "/bin/sh", arguments: ["-c", Self.script, "lagzero-watchdog", path],
                input: ends[1]))
    }

    /// The threads that wait for running servers hold the connection too, so it must be closed by name.
    deinit { connection.close() }

    /// Kills what still runs and removes the folder; returns when that is done.
    package func remove() async throws {
        connection.close()
        try await watchdog.ended(within: Tuning.helperDeadline)
    }

    /// Starts a program that the watchdog knows of before it exists as such: a shell tells its own number and then
    /// becomes the program, so there is no moment at which our death would leave it behind.
    package func start(_ launch: ChildProcess.Launch) throws(SandboxError) -> ChildProcess {
        var wrapped = launch
        wrapped.path = "/bin/sh"
        wrapped.arguments =
            ["-c", #"echo "+ $$" >&3; exec "$@" 3>&-"#, "sh", launch.path] + launch.arguments
        wrapped.extra = connection.descriptor
        return try ChildProcess(wrapped) { [connection] in connection.send("- \($0)\n") }
    }

    /// Lines are `+ pid` and `- pid`. The folder of a process that is just dying may fill again: hence the repetition.
    private static let script = """
        trap '' HUP INT QUIT TERM
        pids=' '
        while read -r sign pid; do
          case $sign in
            +) pids="$pids$pid " ;;
            -) pids="${pids%% $pid *} ${pids#* $pid }" ;;
          esac
        done
        for pid in $pids; do kill -9 "$pid"; done
        tries=0
        while [ -e "$1" ] && [ $tries -lt 100 ]; do
          rm -rf -- "$1"
          [ -e "$1" ] && sleep 0.1
          tries=$((tries + 1))
        done
        """
}
