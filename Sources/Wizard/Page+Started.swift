internal import ControlAPI

extension Page {
    /// The page on which a migration that has just begun is followed.
    static func following(_ id: Identifier) -> Page { .migrating(MigratingData(id)) }
}
