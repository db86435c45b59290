internal import ControlAPI

/// Several wizards keep what was typed in one file.
extension SavedState {
    /// Pages with something typed on them, wherever they are.
    private var typed: [Page] { drafts + pages.filter(\.isDraft) }

    /// This state with what another wizard has typed since: `theirs` is in the file, `last` is what this wizard kept
    /// there before or found there. Where both have typed on the same page of the same flow, this one counts.
    package func merged(with theirs: SavedState, since last: SavedState?) -> SavedState {
        let known = last?.typed ?? []
        let foreign = theirs.typed.filter { !$0.isSame(asOneOf: known + typed) }
        let mine = typed.filter { $0.hasEntries && !$0.isSame(asOneOf: known) }
        let wanted = foreign.filter { page in !mine.contains { $0.isSamePlace(as: page) } }
        var merged = self
        merged.drafts.removeAll { page in wanted.contains { $0.isSamePlace(as: page) } }
        merged.pages = pages.map { page in
            page.isDraft ? wanted.last { $0.isSamePlace(as: page) } ?? page : page
        }
        merged.drafts += wanted.filter { !merged.pages.contains($0) }
        if theme == last?.theme { merged.theme = theirs.theme }
        return merged
    }
}

extension Page {
    private static let world = World(me: Asker(wizard: Identifier(at: 0), name: ""))

    /// Whether it is not as it is opened the first time.
    fileprivate var hasEntries: Bool {
        switch self {
        case .getStarted(let page): page.hasEntries
        case .setUp(let page): page.hasEntries
        default: false
        }
    }

    /// Whether the same was typed, wherever the focus is.
    fileprivate func isSame(asOneOf pages: [Page]) -> Bool {
        pages.contains { other in
            switch (self, other) {
            case (.getStarted(let page), .getStarted(let other)): page.hasSameEntries(as: other)
            case (.setUp(let page), .setUp(let other)): page.hasSameEntries(as: other)
            default: self == other
            }
        }
    }

    fileprivate func isSamePlace(as other: Page) -> Bool { isSamePlace(as: other, Page.world) }
}
