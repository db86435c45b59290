/// Every page there is.
package enum Page: Sendable, Equatable, Codable {
    case hub(MigrationHub)
    case away(WhileYouWereAway)
    case getStarted(GetStarted)
    case setUp(SetUpMigration)
    case validate(Validate)
    case review(ReviewAndConfirm)
    case migrating(MigratingData)
    case inSync(InSync)
    case proceed(ProceedToCutover)
    case cutover(Cutover)
    case success(Success)

    /// The page as a screen.
    package var screen: any Screen {
        get {
            switch self {
            case .hub(let screen): screen
            case .away(let screen): screen
            case .getStarted(let screen): screen
            case .setUp(let screen): screen
            case .validate(let screen): screen
            case .review(let screen): screen
            case .migrating(let screen): screen
            case .inSync(let screen): screen
            case .proceed(let screen): screen
            case .cutover(let screen): screen
            case .success(let screen): screen
            }
        }
        set {
            switch newValue {
            case let screen as MigrationHub: self = .hub(screen)
            case let screen as WhileYouWereAway: self = .away(screen)
            case let screen as GetStarted: self = .getStarted(screen)
            case let screen as SetUpMigration: self = .setUp(screen)
            case let screen as Validate: self = .validate(screen)
            case let screen as ReviewAndConfirm: self = .review(screen)
            case let screen as MigratingData: self = .migrating(screen)
            case let screen as InSync: self = .inSync(screen)
            case let screen as ProceedToCutover: self = .proceed(screen)
            case let screen as Cutover: self = .cutover(screen)
            case let screen as Success: self = .success(screen)
            default: preconditionFailure("a page is one of these screens")
            }
        }
    }
}
