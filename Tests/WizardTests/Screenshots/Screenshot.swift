import ControlAPI
import Terminal

@testable import Wizard

/// A picture of the whole wizard, and how one comes to it.
struct Screenshot: Sendable {
    /// `S07`, of the list of screens.
    var number: String
    /// Of the file, without the number: `migrating-data`.
    var name: String
    /// One line for the list of pictures.
    var meaning: String
    var sizes: [Size]
    private let script: @Sendable (Scene) -> WizardPilot

    static let main = [Size(80, 24), Size(60, 18), Size(120, 40)]

    init(
        _ number: Int, _ name: String, _ meaning: String, sizes: [Size] = [Size(80, 24)],
        _ script: @escaping @Sendable (Scene) -> WizardPilot
    ) {
        self.number = number < 10 ? "S0\(number)" : "S\(number)"
        self.name = name
        self.meaning = meaning
        self.sizes = sizes
        self.script = script
    }

    /// In the order of their numbers.
    static let all = (beforeAMigration + migrating + cuttingOver + always).enumerated()
        .sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }
        .map(\.element)

    func file(_ size: Size) -> String { "\(number)-\(name).\(size.columns)x\(size.rows).txt" }

    /// Taken in every size.
    var isMain: Bool { sizes.count > 1 }

    /// The wizard as it was led there.
    func wizard(_ size: Size, _ glyphs: Glyphs = .unicode) -> WizardPilot {
        script(Scene(size: size, glyphs: glyphs))
    }

    func canvas(_ size: Size, _ glyphs: Glyphs = .unicode) -> Canvas {
        wizard(size, glyphs).pilot.canvas
    }

    /// Every file with what is on the screen.
    static let pictures = all.flatMap { screenshot in
        screenshot.sizes.map { (file: screenshot.file($0), canvas: screenshot.canvas($0)) }
    }
}

/// Where a screenshot is taken: begins the wizard, and leads it to a page.
struct Scene: Sendable {
    var size: Size
    var glyphs: Glyphs

    func wizard(
        _ agent: ScriptedAgent = ScriptedAgent(), saved: SavedState? = nil,
        isReadOnly: Bool = false
    ) -> WizardPilot {
        WizardPilot(agent, saved: saved, size: size, glyphs: glyphs, isReadOnly: isReadOnly)
    }

    /// On a page of the migration, taken up there; the log has the usual lines.
    func wizard(_ live: LiveMigration, at page: Page, _ keys: Key...) -> WizardPilot {
        let agent = Scene.agent(live)
        var wizard = wizard(agent, saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
        for key in keys { wizard.press(key) }
        return wizard
    }

    func migrating(_ live: LiveMigration, _ keys: Key...) -> WizardPilot {
        var wizard = wizard(live, at: .migrating(MigratingData(live.id)))
        for key in keys { wizard.press(key) }
        return wizard
    }

    /// On *Set up Migration*, with nothing chosen but the organization to start from.
    func settingUp(_ agent: ScriptedAgent = ScriptedAgent()) -> WizardPilot {
        var wizard = wizard(agent)
        wizard.press(.enter, .backTab)
        wizard.choose("Acme Cloud")
        wizard.push("Get Started")
        // What was said on the way is gone by then.
        wizard.advance(by: 9)
        return wizard
    }

    /// With both clusters chosen.
    func chosen(from source: String = "shop-rs0", to destination: String = "shop-atlas")
        -> WizardPilot
    {
        var wizard = settingUp()
        wizard.chooseClusters(from: source, to: destination)
        return wizard
    }

    /// On *Validate*, with these rows; `isOver` when no more come.
    func validating(
        _ rows: [ValidationRow], isOver: Bool, earlier: EarlierMigration? = nil
    ) -> WizardPilot {
        var wizard = chosen()
        wizard.push("Continue")
        wizard.agent.changeValidation { $0.earlier = earlier }
        wizard.validate(rows, isOver: isOver)
        return wizard
    }

    /// In step 1 of the cutover.
    func stoppingWrites(_ live: LiveMigration) -> WizardPilot {
        var wizard = wizard(live, at: .proceed(ProceedToCutover(live.id)))
        wizard.type(live.destinationName)
        wizard.press(.enter, .enter)
        return wizard
    }

    /// In step 2, with so many steps done.
    func finalizing(_ live: LiveMigration) -> WizardPilot {
        wizard(live, at: .cutover(Cutover(live.id)))
    }

    static func agent(_ live: LiveMigration) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations = [live]
        let agent = ScriptedAgent(snapshot)
        let lines = log(of: live)
        for (index, line) in lines.enumerated() {
            agent.time = Sample.time - Int64(lines.count - index) * 4_000
            agent.log(line, of: live.id)
        }
        agent.time = Sample.time
        _ = agent.takeEvents()
        return agent
    }
    /// What the engine logs on the way to where the migration is.
    static func log(of live: LiveMigration) -> [String] {
        var lines = [
            "begun by process 4711 on bastion", "writes of others to the destination are blocked",
        ]
        guard let copied = live.figures.bytesCopied, live.phase != .preparing else { return lines }
        lines += [
            "preparing -> copying", "copied shop.customers: 96 GB, 201,338,410 documents",
            "copied shop.items: 41 GB, 88,102,113 documents",
            "copied shop.carts: 12 GB, 31,204,118 documents",
        ]
        guard copied == live.figures.bytesTotal else { return lines }
        lines += ["copied shop.events: 263 GB, 580,702,114 documents", "copying -> indexing"]
        guard live.phase != .indexing else { return lines }
        lines += ["built 7 indexes of shop.events", "indexing -> catchingUp"]
        guard live.phase != .catchingUp else { return lines }
        return lines + [
            "catchingUp -> inSync",
            "in sync for the first time: the cutover must begin within 120 hours",
        ]
    }
}
