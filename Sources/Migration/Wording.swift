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
}
