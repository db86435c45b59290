import ControlAPI
import FoundationEssentials
import Glibc
import Wizard

/// Where the wizard keeps what was typed, without secrets: a file that only its owner may read, for all wizards of the
/// folder. It is written whole, so that a crash leaves the old one or the new one. One that others may read or change is
/// let alone.
actor SavedStateFile {
    private nonisolated let path: String
    /// What this wizard has found in the file, then what it has kept there itself.
    private var last: SavedState?
    private var uptime = Duration.zero

    init(_ path: String) { self.path = path }

    /// Nil where there is none, or none that is understood.
    func load() -> SavedState? {
        last = (try? AgentFolder.requirePrivate(path)).flatMap { read() }
        if let time = savedTime { last?.lastSeen = time }
        return last
    }

    // MARK: The time alone

    /// Beside the state, of a fixed width: it is written over in place. Nothing is said where that fails: the next state
    /// that cannot be kept says so, and *While you were away* only tells a little more. Does not wait for other wizards,
    /// nor for the disk.
    nonisolated func saveTime(_ time: Int64) {
        let digits = String(max(0, time))
        let text = String(repeating: "0", count: max(0, Self.timeWidth - digits.count)) + digits
        let descriptor = open(timePath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        _ = text.withCString { pwrite(descriptor, $0, Self.timeWidth, 0) }
        close(descriptor)
    }

    private var savedTime: Int64? {
        guard (try? AgentFolder.requirePrivate(timePath)) != nil,
            let text = try? String(contentsOfFile: timePath, encoding: .utf8)
        else { return nil }
        return Int64(text)
    }

    private nonisolated var timePath: String { path + ".time" }
    /// As many digits as the largest has.
    private static let timeWidth = 19

    /// Adds what other wizards have typed meanwhile; a state that is older than the last one is dropped. Throws a
    /// `ControlError` where the file cannot be written, or is not for its owner only.
    func save(_ state: SavedState) async throws {
        // As it comes back from the file: otherwise the own pages could be taken for another wizard's.
        try AgentFolder.requirePrivate(path)
        let own = try JSONDecoder().decode(SavedState.self, from: JSONEncoder().encode(state))
        let descriptor = try await lock()
        defer { close(descriptor) }
        guard state.uptime >= uptime else { return }
        let merged = read().map { own.merged(with: $0, since: last) } ?? own
        try write(Array(try JSONEncoder().encode(merged)))
        // It is of before that.
        unlink(timePath)
        (last, uptime) = (own, state.uptime)
    }

    private func read() -> SavedState? {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return try? JSONDecoder().decode(SavedState.self, from: bytes)
    }

    /// Waits until no other wizard writes, which takes long only where that one was stopped in the middle. Blocks
    /// nothing: the wizard's tasks have one thread. Closing it ends the lock.
    private func lock() async throws -> Int32 {
        let name = path + ".lock"
        let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(name) }
        for attempt in 0..<Tuning.lockAttempts {
            // Not cut short where the wizard is being left: it is the last chance to keep what was typed.
            if attempt > 0 { await Task { try? await Task.sleep(for: Tuning.lockPoll) }.value }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
            guard errno == EWOULDBLOCK else { break }
        }
        defer { close(descriptor) }
        throw Self.failure(name)
    }

    private func write(_ bytes: [UInt8]) throws {
        let new = "\(path).\(getpid())"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(new) }
        defer { close(descriptor) }
        // A disk that gets full takes a part first, and says so only then.
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Self.failure(path, removing: new) }
            rest = rest.dropFirst(count)
        }
        guard rename(new, path) == 0 else { throw Self.failure(path, removing: new) }
    }

    private static func failure(_ path: String, removing new: String? = nil) -> ControlError {
        let reason = String(cString: strerror(errno))
        if let new { unlink(new) }
        return ControlError(
            .store,
            "what is typed here is lost when the wizard is closed: cannot write \(path): \(reason)",
            remedy: "make room on that disk, or see who may write there")
    }
}
