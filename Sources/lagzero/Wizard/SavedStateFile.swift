import ControlAPI
import FoundationEssentials
import Glibc
import Wizard

/// Where the wizard keeps what was typed, without secrets: a file that only its owner may read. It is written whole, so
/// that a crash leaves the old one or the new one.
actor SavedStateFile {
    private let path: String
    /// Of the newest state in the file: an older one that comes late is dropped.
    private var lastSeen = Int64.min

    init(_ path: String) { self.path = path }

    /// Nil where there is none, or none that is understood.
    func load() -> SavedState? {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return try? JSONDecoder().decode(SavedState.self, from: bytes)
    }

    /// Throws a `ControlError` where the file cannot be written.
    func save(_ state: SavedState) throws {
        let seen = state.lastSeen ?? 0
        guard seen >= lastSeen else { return }
        lastSeen = seen
        let bytes = Array(try JSONEncoder().encode(state))
        // Another wizard may write at the same time.
        let new = "\(path).\(getpid())"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(new) }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, rename(new, path) == 0 else {
            throw Self.failure(path)
        }
    }

    private static func failure(_ path: String) -> ControlError {
        ControlError(.store, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
