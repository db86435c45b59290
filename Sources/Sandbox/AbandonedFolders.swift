internal import Glibc

/// Held as long as a scratch folder is in use; free when its process is gone, however that ended.
final class FolderLock: Sendable {
    private static let name = "in-use"
    private let descriptor: Int32

    /// Locked before it gets its name, so that nobody finds it free meanwhile.
    init(_ folder: String) throws(SandboxError) {
        let new = "\(folder)/\(Self.name).new"
        descriptor = open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            rename(new, "\(folder)/\(Self.name)") == 0
        else { throw SandboxError(.system, "cannot lock \(folder): \(errorText())") }
    }

    deinit { close(descriptor) }

    /// Whether the folder was in use and is no more.
    static func isFree(_ folder: String) -> Bool { isHeld(folder) == false }

    /// Nil for a folder that never was in use.
    static func isHeld(_ folder: String) -> Bool? {
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}

extension ScratchFolder {
    /// Whether it is one that a process uses now.
    package static func isInUse(_ path: String) -> Bool { FolderLock.isHeld(path) == true }

    /// Removes what is left of processes that ended together with their watchdogs: servers, agents and folders of this
    /// user. Returns how many folders there were.
    @discardableResult
    package static func removeAbandoned(in parent: String? = nil) async throws -> Int {
        let parent = parent ?? environment("TMPDIR") ?? "/tmp"
        var count = 0
        for name in entries(of: parent) where name.hasPrefix("lagzero-") {
            let path = "\(parent)/\(name)"
            guard isOwn(path), FolderLock.isFree(path) else { continue }
            for pid in processes(livingIn: path) { kill(pid, SIGKILL) }
            // A process that is just dying may still write.
            try await eventually("\(path) is removed", within: Tuning.helperDeadline) {
                try await ChildProcess.run("rm", ["-rf", "--", path], log: "/dev/null")
                return access(path, F_OK) != 0
            }
            count += 1
        }
        return count
    }

    private static func isOwn(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
            && information.st_uid == geteuid()
    }

    /// Programs whose data or state is in the folder.
    private static func processes(livingIn folder: String) -> [pid_t] {
        entries(of: "/proc").compactMap { pid_t($0) }.filter { pid in
            guard let bytes = readFile("/proc/\(pid)/cmdline") else { return false }
            let arguments = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return zip(arguments, arguments.dropFirst()).contains { option, value in
                ["--dbpath", "--state"].contains(option) && value.hasPrefix(folder + "/")
            }
        }
    }
}
