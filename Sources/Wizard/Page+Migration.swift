package import ControlAPI
internal import Terminal

extension Page {
    /// Where a migration is shown in the phase it is in; nil for one that was given up and left nothing to be done.
    package static func showing(_ migration: LiveMigration) -> Page? {
        if let page = cuttingOver(migration) { return page }
        return switch migration.phase {
        case .cancelled where migration.problems.isEmpty: nil
        default: .migrating(MigratingData(migration.id))
        }
    }

    /// Where one is shown whose cutover is under way or done, whoever began it; nil for all others.
    static func cuttingOver(_ migration: LiveMigration) -> Page? {
        switch migration.phase {
        case .preparing where migration.isPastPointOfNoReturn: .cutover(Cutover(migration.id))
        case .finalizing: .cutover(Cutover(migration.id))
        case .complete: .success(Success(migration.id))
        default: nil
        }
    }

    /// Back to the page that says why, with what has happened, for a page that is left once there is nothing to be cut
    /// over; nil while there is.
    static func leavingEnded(_ migration: LiveMigration) -> [Action]? {
        guard migration.phase.isFinal else { return nil }
        return [
            .say(Words.phase(migration), migration.phase == .cancelled ? .warning : .error), .back,
        ]
    }
}
