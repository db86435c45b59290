import Migration
import Synchronization

/// Keeps what the engine notes until it is shown. Thread safe.
final class LogBuffer: Sendable {
    private let entries = Mutex<[LogEntry]>([])

    func append(_ entry: LogEntry) { entries.withLock { $0.append(entry) } }

    func take() -> [LogEntry] {
        entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
    }
}
