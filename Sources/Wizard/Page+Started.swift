internal import ControlAPI

extension Page {
    /// The page on which a migration that has just begun is followed; nil where the hub is the place for it.
    static func following(_ id: Identifier) -> Page? { .migrating(MigratingData(id)) }
}
