internal import ControlAPI
internal import Terminal

/// How the steps of a way stand, for the line under the title.
///
/// Those before the page's own are done, as no way leads past a step, and those behind it wait. The validation is the
/// one result that outlives a change: wherever it stands on the line it says what became of it.
struct FlowSteps {
    let stepper: Stepper

    /// Nil for a page that belongs to no way.
    init?(_ model: Wizard.Model) {
        guard let stage = model.page.stage, let flow = model.page.flow(model.world),
            let index = flow.steps.firstIndex(where: { $0.stage == stage })
        else { return nil }
        let now = Self.now(model)
        let steps = flow.steps.enumerated().map { place, step in
            let way: Stepper.State = place < index ? .done : place == index ? now : .waiting
            let state = step.stage == .validate ? Self.validation(model, way) : way
            return Stepper.Step(step.label, state, alone: step.name)
        }
        stepper = Stepper(steps, current: index)
    }

    private static func now(_ model: Wizard.Model) -> Stepper.State {
        switch model.subject.flatMap(model.world.migration)?.phase {
        case .failed, .expired: .failed
        case .cancelled: .warning
        case .complete: .done
        default: .current
        }
    }

    /// `way`: what the place on the line alone says.
    private static func validation(_ model: Wizard.Model, _ way: Stepper.State) -> Stepper.State {
        let world = model.world
        switch model.page {
        case .getStarted(let page):
            let flow = page.flow(world).id
            let last = model.drafts.last { $0.stage == .setUp && $0.flow(world)?.id == flow }
            guard case .setUp(let left)? = last else { return way }
            return left.organization == page.destinationOrganization(world)
                ? left.validation(world) ?? way
                : world.validation(left.validated) == nil ? way : .stale
        case .setUp(let page): return page.validation(world) ?? way
        case .validate(let page): return page.standing(world) == .stale ? .stale : way
        case .review(let page):
            return world.validation(of: page.setup)?.isPassed == true ? way : .stale
        case .hub, .away, .migrating, .inSync, .proceed, .cutover, .success: return way
        }
    }
}

extension SetUpMigration {
    /// What became of the validation that was begun here; nil where there was none, or while it is under way.
    fileprivate func validation(_ world: World) -> Stepper.State? {
        if let run = run(world) { return run.isPassed.map { $0 ? .done : .failed } }
        return staleRun(world) == nil ? nil : .stale
    }
}
