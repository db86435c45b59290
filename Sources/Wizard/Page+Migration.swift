package import ControlAPI

extension Page {
    /// Where a migration is shown in the phase it is in; nil for one that was given up and left nothing to be done.
    package static func showing(_ migration: LiveMigration) -> Page? {
        switch migration.phase {
        case .finalizing, .complete: cuttingOver(migration)
        case .cancelled where migration.problems.isEmpty: nil
        case .preparing, .copying, .indexing, .catchingUp, .inSync, .paused, .failed, .expired,
            .cancelled:
            .migrating(MigratingData(migration.id))
        }
    }

    /// Where one is shown whose cutover is under way or done, whoever began it; nil for all others.
    static func cuttingOver(_ migration: LiveMigration) -> Page? {
        switch migration.phase {
        case .finalizing: .cutover(Cutover(migration.id))
        case .complete: .success(Success(migration.id))
        default: nil
        }
    }
}
