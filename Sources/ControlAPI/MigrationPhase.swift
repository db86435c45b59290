/// Where a migration stands; the names are the engine's.
package enum MigrationPhase: String, Codable, CaseIterable, Sendable {
    case preparing, copying, indexing, catchingUp, inSync, finalizing, complete
    case paused, failed, cancelled, expired

    /// Nothing happens any more, until the operator tries again where that is possible.
    package var isFinal: Bool {
        switch self {
        case .complete, .failed, .cancelled, .expired: true
        default: false
        }
    }

    /// As people say it.
    package var words: String {
        switch self {
        case .preparing: "preparing"
        case .copying: "copying"
        case .indexing: "building indexes"
        case .catchingUp: "catching up"
        case .inSync: "in sync"
        case .finalizing: "cutting over"
        case .complete: "complete"
        case .paused: "paused"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .expired: "expired"
        }
    }
}
