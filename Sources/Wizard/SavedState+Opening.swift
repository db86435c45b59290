package import ControlAPI

extension SavedState {
    /// The same with the page of a migration open; what is typed on other pages is kept.
    package func opening(_ migration: LiveMigration) -> SavedState {
        opening(Page.showing(migration))
    }

    /// The same for one of which nothing is known yet: its page becomes the one of its phase when the agent has told it.
    package func opening(_ migration: Identifier) -> SavedState {
        opening(.migrating(MigratingData(migration)))
    }

    private func opening(_ page: Page?) -> SavedState {
        var state = self
        state.drafts += pages.filter(\.isDraft)
        let hub = pages.filter { if case .hub = $0 { true } else { false } }
        state.pages = hub + [page].compactMap(\.self)
        return state
    }
}
