/// How the engine's texts name what the operator does next: as the options of `lagzero migrate`, or as the wizard shows
/// it.
package enum Wording: Hashable, Sendable {
    case command, wizard

    /// What takes a migration up again, as the subject of a sentence.
    var resume: String {
        switch self {
        case .command: "--resume"
        case .wizard: "Retry"
        }
    }

    /// How one begins anew.
    var anew: String {
        switch self {
        case .command: "with --drop"
        case .wizard: "with the destination cleared"
        }
    }

    /// What is migrated alone.
    func including(_ patterns: [String]) -> [String] {
        patterns.map { self == .command ? "--include \($0)" : "only \($0)" }
    }

    /// What is not migrated.
    func excluding(_ patterns: [String]) -> [String] {
        patterns.map { self == .command ? "--exclude \($0)" : "without \($0)" }
    }
}
