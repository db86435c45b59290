package import ControlAPI

extension Page {
    /// Where a migration is shown in the phase it is in; nil for one that was given up and left nothing to be done.
    package static func showing(_ migration: LiveMigration) -> Page? {
        switch migration.phase {
        case .finalizing: .cutover(Cutover(migration.id))
        case .complete: .success(Success(migration.id))
        case .cancelled where migration.problems.isEmpty: nil
        case .preparing, .copying, .indexing, .catchingUp, .inSync, .paused, .failed, .expired,
            .cancelled:
            .migrating(MigratingData(migration.id))
        }
    }
}
