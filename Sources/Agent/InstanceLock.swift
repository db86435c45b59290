package import ControlAPI
internal import Glibc

/// Holds the state folder: one agent at a time. To be taken before anything in it is touched; gone with the process,
/// however it ends.
package final class InstanceLock: Sendable {
    private let descriptor: Int32

    /// Makes the folder where there is none. Throws `unsafeFiles` when others may read it, and `alreadyRunning` with the
    /// other process's number.
    package init(_ folder: AgentFolder) throws {
        if let trouble = folder.socketTrouble { throw trouble }
        try InstanceLock.prepare(folder)
        for file in [folder.lock, folder.store, folder.log] {
            try AgentFolder.requirePrivate(file)
        }
        descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw ControlError(.store, "cannot open \(folder.lock): \(systemText())")
        }
        guard InstanceLock.take(descriptor) else {
            let holder = InstanceLock.holder(descriptor, LockTable.path)
            close(descriptor)
            throw ControlError(
                .alreadyRunning, "an agent is running already, \(holder)",
                remedy: "use that one, or stop it with `lagzero agent stop`")
        }
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    /// Who only asks whether there is an agent has the lock for a moment, too.
    private static func take(_ descriptor: Int32) -> Bool {
        for attempt in 0..<Tuning.lockAttempts {
            if attempt > 0 { usleep(Tuning.lockPoll) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        }
        return false
    }

    deinit { close(descriptor) }

    /// Who holds the folder; nil where nobody does. `locks`: where the kernel tells of locks.
    package static func holder(
        of folder: AgentFolder, locks: String = LockTable.path
    ) -> LockHolder? {
        let descriptor = open(folder.lock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return holder(descriptor, locks)
    }

    /// As the kernel says. The file alone may be empty, or hold the number of an agent that has ended, as who has the lock
    /// writes its own only then; but where the kernel shows no locks, there is nothing else.
    private static func holder(_ descriptor: Int32, _ locks: String) -> LockHolder {
        LockHolder(process: LockTable.holder(of: descriptor, in: locks) ?? read(descriptor))
    }

    private static func read(_ descriptor: Int32) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return Int(text.filter { !$0.isWhitespace }).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func prepare(_ folder: AgentFolder) throws {
        let path = folder.path
        var parent = ""
        for part in path.split(separator: "/") {
            parent += "/\(part)"
            guard mkdir(parent, 0o700) != 0, errno != EEXIST else { continue }
            guard access(parent, F_OK) != 0 else { continue }
            throw ControlError(.store, "cannot make the folder \(parent): \(systemText())")
        }
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
            throw ControlError(.store, "\(path) is not a folder")
        }
        guard information.st_uid == geteuid(), information.st_mode & 0o077 == 0 else {
            throw folder.isOpenToOthers
        }
    }
}
