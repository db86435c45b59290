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
}
