package import ControlAPI

extension Page {
    /// Where a migration is shown in the phase it is in; nil where there is no page for it.
    package static func showing(_ migration: LiveMigration) -> Page? { nil }
}
