extension Page {
    /// Where on its way it stands; nil for a page that belongs to none.
    package var stage: Flow.Stage? {
        switch self {
        case .hub, .away: nil
        case .getStarted: .getStarted
        case .setUp: .setUp
        case .validate: .validate
        case .review: .review
        case .migrating, .inSync: .migrating
        case .proceed, .cutover, .success: .cutover
        }
    }

    /// Whether what was typed on it is kept when it is left, until a migration begins with it.
    package var isDraft: Bool { stage == .getStarted || stage == .setUp }

    /// The way of it; nil for a page that belongs to none.
    func flow(_ world: World) -> Flow? {
        switch self {
        case .hub, .away: nil
        case .getStarted(let page): page.flow(world)
        case .setUp(let page): page.flow(world)
        case .validate(let page): page.flow(world)
        case .review(let page): page.flow(world)
        case .migrating(let page): page.flow(world)
        case .inSync(let page): page.flow(world)
        case .proceed(let page): page.flow(world)
        case .cutover(let page): page.flow(world)
        case .success(let page): page.flow(world)
        }
    }

    /// Whether both are the same page of the same way.
    func isSamePlace(as other: Page, _ world: World) -> Bool {
        stage == other.stage && flow(world)?.id == other.flow(world)?.id
    }

    /// Where the card of a way leads.
    static func beginning(of flow: Flow) -> Page { .getStarted(GetStarted(flow)) }

    /// The page as it is opened again another day: what was typed for a cutover, secrets, and dialogs that ask, are not
    /// kept.
    package var reopened: Page {
        switch self {
        case .away, .getStarted: self
        case .hub(let screen): .hub(screen.reopened)
        case .setUp(let screen): .setUp(screen.withoutDialogs)
        case .validate(let screen): .validate(screen.withoutStart)
        case .review(let screen): .review(ReviewAndConfirm(screen.setup))
        case .migrating(let screen): .migrating(MigratingData(screen.migration))
        case .inSync(let screen): .inSync(InSync(screen.migration))
        case .proceed(let screen): .proceed(ProceedToCutover(screen.migration))
        // Migrating Data leads to the cutover by itself where one is under way.
        case .cutover(let screen):
            screen.afterwards.map(Page.cutover) ?? .migrating(MigratingData(screen.migration))
        case .success(let screen): .success(Success(screen.migration))
        }
    }

    /// The page as it was left, brought to what is asked for now.
    package func takingUp(_ left: Page?) -> Page {
        switch (self, left) {
        case (.setUp(let screen), .setUp(let left)): .setUp(screen.takingUp(left))
        case (.getStarted, .getStarted(let left)): .getStarted(left)
        default: self
        }
    }
}
