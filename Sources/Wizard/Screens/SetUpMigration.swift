internal import ControlAPI
package import Terminal

/// *Set up Migration*: which cluster goes where, and how. Opens with the focus on the source's organization.
package struct SetUpMigration: RefusingScreen {
    enum Part: String, Hashable, Sendable, Codable, CaseIterable {
        case sourceOrganization, sourceProject, sourceCluster, destinationProject
        case destinationCluster, verify, clear, loadLevel, back, next

        var isDestination: Bool { self == .destinationProject || self == .destinationCluster }
    }

    /// Why something was not done, and beside which part that is said.
    struct Refusal: Sendable, Equatable, Codable {
        var part: Part
        var text: String
    }

    /// Where the destination is.
    let organization: Identifier
    var draft = SetupDraft()
    var focus: FocusRing<Part>
    var open: OpenList?
    var clearing: ConfirmByName?
    /// What `clearing` shows.
    var cleared: ClearedCluster?
    var refusal: Refusal?
    var refusedFor: Grounds?
    /// The agent has been asked to validate and has not answered yet.
    var asking = Asking()
    /// The last validation that was begun here, of this setup or of an earlier one.
    var validated: Identifier?

    init(_ flow: Flow, organization: Identifier, in world: World) {
        self.organization = organization
        focus = FocusRing(flow.setUp.fields.map(\.part) + [.back, .next])
        draft.flow = flow.id
        draft.destination.choose(organization: organization, in: world)
        if world.organizations.count == 1 || flow.setUp.label(.sourceOrganization) == nil {
            draft.source.choose(organization: organization, in: world)
        }
    }

    var hasEntries: Bool { draft.hasEntries }

    func hasSameEntries(as other: SetUpMigration) -> Bool {
        organization == other.organization && draft == other.draft && validated == other.validated
    }

    /// With what was chosen on the page before it was left; a destination of another organization is dropped.
    package func takingUp(_ left: SetUpMigration) -> SetUpMigration {
        if left.organization == organization { return left.withoutDialogs }
        var page = self
        page.draft.source = left.draft.source
        page.draft.verify = left.draft.verify
        page.draft.loadLevel = left.draft.loadLevel
        page.validated = left.validated
        return page
    }

    /// What was typed to confirm something counts only in the dialog in which it was typed, and an answer comes only to
    /// the page that has asked.
    var withoutDialogs: SetUpMigration {
        var page = self
        (page.open, page.clearing, page.refusal) = (nil, nil, nil)
        (page.asking, page.refusedFor) = (Asking(), nil)
        return page
    }

    static let emptyInventory =
        "There are no clusters yet. Add them on the Migration Hub, or with: lagzero clusters add NAME --uri-file FILE"

    func flow(_ world: World) -> Flow { world.flow(draft.flow) }

    package func title(_ world: World) -> String { flow(world).title }
    package var holdsKeys: Bool { open != nil || clearing != nil }
    package func nameToType(_ world: World) -> String? { clearing?.name }

    /// The newest validation of what is chosen now.
    func run(_ world: World) -> ValidationRun? {
        draft.setup(world).flatMap { world.validation(of: $0) }
    }

    func isValidating(_ world: World) -> Bool {
        asking.isOpen || run(world).map { $0.endedAt == nil } ?? false
    }

    /// A validation that was begun here, of other choices than the present ones.
    func staleRun(_ world: World) -> ValidationRun? {
        guard run(world) == nil, let begun = world.validation(validated) else { return nil }
        return world.validation(of: begun.setup)
    }

    // MARK: Refusals

    struct Grounds: Sendable, Equatable, Codable {
        var nextStep: String
        var isAsking: Bool
        var run: Identifier?
        /// The clusters of both sides, by what is wrong with them.
        var troubles: [ControlError?]
    }

    var isRefusing: Bool { refusal != nil }
    mutating func forgetRefusal() { refusal = nil }

    func grounds(_ world: World) -> Grounds {
        Grounds(
            nextStep: nextStep(world), isAsking: asking.isOpen, run: run(world)?.id,
            troubles: [draft.source, draft.destination].map { $0.cluster(in: world)?.trouble })
    }

    package mutating func update(_ world: World) -> [Action] {
        dropStaleRefusal(world)
        return []
    }

    // MARK: Lists

    private func choice(_ part: Part) -> ClusterChoice {
        part.isDestination ? draft.destination : draft.source
    }

    /// The list behind a part; nil where it is no list.
    func list(_ part: Part, _ world: World, isOpen: Bool = false) -> OpenList? {
        let choice = choice(part)
        let items: [(Identifier, String)]
        let selected: Identifier?
        switch part {
        case .sourceOrganization:
            items = world.organizations.map { ($0.id, $0.name) }
            selected = choice.organization
        case .sourceProject, .destinationProject:
            items = world.projects(of: choice.organization).map { ($0.id, $0.name) }
            selected = choice.project
        case .sourceCluster, .destinationCluster:
            items = world.clusters(of: choice.project).map { ($0.id, $0.name) }
            selected = choice.cluster
        default: return nil
        }
        return OpenList(
            items, selected: selected, placeholder: "choose",
            emptyText: whyEmpty(part, choice), isOpen: isOpen)
    }

    private func whyEmpty(_ part: Part, _ choice: ClusterChoice) -> String {
        if choice.organization == nil, part != .sourceOrganization {
            return "First choose the organization."
        }
        switch part {
        case .sourceCluster, .destinationCluster:
            return choice.project == nil
                ? "First choose the project." : "There is no cluster in this project."
        case .sourceProject, .destinationProject: return "There is no project in it."
        default: return "There is no organization yet."
        }
    }

    /// Takes what was chosen from a list; one cluster cannot be both.
    private mutating func take(_ id: Identifier, for part: Part, _ world: World) {
        let destination = draft.destination
        switch part {
        case .sourceOrganization: draft.source.choose(organization: id, in: world)
        case .sourceProject: draft.source.choose(project: id)
        case .sourceCluster where id == draft.destination.cluster:
            refusal = Refusal(
                part: part, text: "It is the destination already: a cluster cannot be both.")
        case .sourceCluster: draft.source.choose(cluster: id)
        case .destinationProject: draft.destination.choose(project: id)
        case .destinationCluster where id == draft.source.cluster:
            refusal = Refusal(
                part: part, text: "It is the source already: a cluster cannot be both.")
        case .destinationCluster: draft.destination.choose(cluster: id)
        default: break
        }
        guard draft.destination != destination, draft.clearConfirmedName != nil else { return }
        draft.forgetClearing()
        refusal = Refusal(
            part: .clear, text: "No longer ticked: it was confirmed for another cluster.")
    }

    // MARK: Keys

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if clearing != nil { return handleClearing(key, world) }
        if key == .character("y"), open == nil { return copied(world)?.actions ?? [] }
        return refusing(world) { $0.act(key, world) }
    }

    private mutating func act(_ key: Key, _ world: World) -> [Action] {
        if var list = open, let part = focus.focused {
            let isHandled = list.handle(key)
            open = list.isOpen ? list : nil
            if let id = list.taken { take(id, for: part, world) }
            if isHandled { return [] }
        }
        if focus.handle(key) { return [] }
        switch key {
        case .escape: return [.back]
        case .up: focus.move(by: -1)
        case .character("t"): return test(world)
        case .character("v"): return results(world)
        default: return handlePart(key, world)
        }
        return []
    }

    private mutating func handlePart(_ key: Key, _ world: World) -> [Action] {
        let isPressed = key == .enter || key == .space
        switch focus.focused {
        case .back where isPressed: return [.back]
        case .next where isPressed: return goOn(world)
        case .next where key == .left: focus.focus(.back)
        case .back where key == .right: focus.focus(.next)
        case let part? where isPressed && list(part, world) != nil: openList(part, world)
        case .verify where key == .space: if mayChange() { draft.verify = !draft.verifies(world) }
        case .clear where key == .space: return toggleClear(world)
        case .verify where key == .enter, .clear where key == .enter:
            return [.say("Space sets the check mark.", .dim)]
        case .loadLevel: changeLoadLevel(key, world)
        case _ where key == .down: focus.move(by: 1)
        default: break
        }
        return []
    }

    private mutating func openList(_ part: Part, _ world: World) {
        guard mayChange() else { return }
        if world.snapshot?.clusters.isEmpty == true {
            refusal = Refusal(part: .next, text: Self.emptyInventory)
        } else {
            open = list(part, world, isOpen: true)
        }
    }

    private mutating func changeLoadLevel(_ key: Key, _ world: World) {
        let levels = Preferences.loadLevels
        let before = draft.loadLevel(world)
        var level = before
        switch key {
        case .right: level = min(levels.upperBound, level + 1)
        case .left: level = max(levels.lowerBound, level - 1)
        case .space: level = level < levels.upperBound ? level + 1 : levels.lowerBound
        case .character(let digit):
            level = digit.wholeNumberValue.flatMap { levels.contains($0) ? $0 : nil } ?? level
        case .down: focus.move(by: 1)
        default: break
        }
        if level != before, mayChange() { draft.loadLevel = level }
    }

    /// What was sent to be validated does not change while the agent has not answered.
    mutating func mayChange() -> Bool {
        if asking.isOpen, let part = focus.focused {
            refusal = Refusal(
                part: part, text: "Being sent for validation; it can be changed then.")
        }
        return !asking.isOpen
    }
}
