package import ControlAPI

extension SavedState {
    /// The same with the page of a migration open; what is typed on other pages is kept.
    package func opening(_ migration: LiveMigration) -> SavedState {
        var state = self
        state.drafts += pages.filter(\.isDraft)
        state.pages = Page.showing(migration).map { [$0] } ?? []
        return state
    }
}
