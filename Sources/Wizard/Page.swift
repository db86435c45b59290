internal import Terminal

/// Every page there is.
package enum Page: Sendable, Equatable, Codable {
    case hub(MigrationHub)
    case away(WhileYouWereAway)

    /// The page as a screen.
    package var screen: any Screen {
        get {
            switch self {
            case .hub(let screen): screen
            case .away(let screen): screen
            }
        }
        set {
            switch newValue {
            case let screen as MigrationHub: self = .hub(screen)
            case let screen as WhileYouWereAway: self = .away(screen)
            default: preconditionFailure("a page is one of these screens")
            }
        }
    }

    /// Where on its way it stands; nil for a page that belongs to none.
    package var stage: Flow.Stage? {
        switch self {
        case .hub: nil
        case .away: nil
        }
    }

    /// Whether what was typed on it is kept when it is left, until a migration begins with it.
    package var isDraft: Bool { stage == .getStarted || stage == .setUp }

    /// Where the card of a way leads; nil while that way is not built.
    package static func beginning(of flow: Flow) -> Page? { nil }

    /// The page as it is opened again another day: what was typed for a cutover is not kept.
    package var reopened: Page {
        switch self {
        case .hub: self
        case .away: self
        }
    }
}
