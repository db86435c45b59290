import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// Users of the whole wizard who press anything, leave and come back, while the world changes under them.
@Suite struct RandomKeysTests {
    /// What a user may do; without one of them no cutover begins.
    enum Habit: CaseIterable, Sendable {
        case everything, neverTypesTheName, neverPressesSpace, onlyPastesTheName
    }

    /// Where a user begins, and begins again on the hub.
    enum Beginning: CaseIterable, Sendable {
        case hub, migratingData

        /// Cutovers that are begun by those who do everything, at least.
        var begun: Int { self == .hub ? 3 : 10 }
    }

    private static let rounds = 5
    private static let keysPerRound = 150
    private static let keysPerPicture = 40

    @Test(arguments: Habit.allCases, Beginning.allCases)
    func noSequenceOfKeysBeginsACutoverWithoutTheNameAndTheConfirmation(
        habit: Habit, beginning: Beginning
    ) {
        var begun = 0
        for seed in 0..<Self.rounds {
            var random = Random(seed: UInt64(seed) * 7 + 1)
            var pilot = beginning == .hub ? WizardPilot() : Self.start()
            for _ in 0..<Self.keysPerRound {
                if beginning == .migratingData, pilot.isAtHub { pilot = Self.start() }
                begun += Self.actConfirmed(&pilot, &random, habit)
            }
        }
        // The test reaches what it is about.
        if habit == .everything {
            #expect(begun > beginning.begun)
        } else {
            #expect(begun == 0)
        }
    }

    @Test func fromNoScreenDoKeysBeginACutoverUnconfirmedAndEachIsLeft() {
        var begun = 0
        for (index, picture) in Screenshot.all.enumerated() {
            var random = Random(seed: UInt64(index) + 9_000)
            var pilot = picture.wizard(Size(80, 24))
            for _ in 0..<Self.keysPerPicture {
                begun += Self.actConfirmed(&pilot, &random, .everything)
            }
            let last = pilot.screen
            #expect(Self.leave(&pilot), "\(picture.number) \(picture.name):\n\(last)")
        }
        #expect(begun > 10)
    }

    @Test func nobodyIsTrapped() {
        for seed in 0..<20 {
            var random = Random(seed: UInt64(seed) + 1_000)
            var pilot = Self.start()
            for _ in 0..<Int(random.next() % 120) where !pilot.pilot.hasExited {
                Self.act(&pilot, &random, .everything)
            }
            let last = pilot.screen
            #expect(Self.leave(&pilot), "seed \(seed):\n\(last)")
        }
    }

    @Test func everyPictureCanBeLeft() {
        for picture in Screenshot.all {
            var wizard = picture.wizard(Size(80, 24))
            let isLeft = Self.leave(&wizard)
            #expect(isLeft, "\(picture.number) \(picture.name)")
        }
    }

    @Test func aScreenOfAnySizeIsDrawn() {
        for seed in 0..<6 {
            var random = Random(seed: UInt64(seed) + 5_000)
            var pilot = Self.start()
            for _ in 0..<60 {
                Self.act(&pilot, &random, .everything)
                guard !pilot.pilot.hasExited else { break }
                pilot.resize(Int(random.next() % 130), Int(random.next() % 45))
                #expect(pilot.lines.count == pilot.pilot.size.rows)
            }
        }
    }

    // MARK: What the user does

    private static func start() -> WizardPilot {
        var live = Sample.measured(.inSync)
        live.mismatches = ["shop.orders _id 7"]
        let page = Page.migrating(MigratingData(live.id))
        return WizardPilot(
            Sample.agent(live), saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
    }

    private static let keys: [Key] = [
        .enter, .enter, .enter, .tab, .tab, .backTab, .space, .space, .escape, .left, .right, .up,
        .down, .backspace, .home, .end, .pageUp, .pageDown, .delete, .control("u"), .control("w"),
        .paste("shop-atlas"), .paste("\n"), .function(1),
        .control("c"), .control("l"),
    ]
    private static let letters = Array("shop-atlasplcrigtayhdmnqTN?123459 ")

    /// Acts once; returns how many cutovers were begun by that, on a page where they may be.
    private static func actConfirmed(
        _ pilot: inout WizardPilot, _ random: inout Random, _ habit: Habit
    ) -> Int {
        // What was kept opens again.
        if pilot.pilot.hasExited { pilot = WizardPilot(pilot.agent, saved: pilot.saved.last) }
        let (before, count) = (pilot.page, pilot.begins)
        act(&pilot, &random, habit)
        if pilot.begins > count { before.expectConfirmed(pilot.pilot.model.world) }
        return pilot.begins - count
    }

    private static func act(_ pilot: inout WizardPilot, _ random: inout Random, _ habit: Habit) {
        switch random.next() % 20 {
        case 0..<9:
            let key = keys[Int(random.next() % UInt64(keys.count))]
            if key == .space, habit == .neverPressesSpace { return }
            pilot.press(key)
        case 9..<14:
            let letter = letters[Int(random.next() % UInt64(letters.count))]
            if letter == " ", habit == .neverPressesSpace { return }
            // Without this letter the name cannot be typed.
            if letter == "p", habit != .everything, habit != .neverPressesSpace { return }
            pilot.press(.character(letter))
        case 14..<18: goOn(&pilot, habit)
        case 18: pilot.advance(by: Int(random.next() % 20))
        default: disturb(&pilot, &random)
        }
    }

    /// The next step, as somebody takes it who knows the way.
    private static func goOn(_ pilot: inout WizardPilot, _ habit: Habit) {
        switch pilot.page {
        case .hub:
            let running = pilot.agent.snapshot.migrations.count { !$0.phase.isFinal }
            pilot.press(.home)
            if running == 0 {
                // Behind those that are over.
                for _ in pilot.agent.snapshot.migrations { pilot.press(.down) }
            }
            pilot.press(.enter)
        case .away: pilot.press(.enter)
        case .getStarted:
            pilot.focus("[ ")
            pilot.choose("Acme Cloud")
            pilot.push("Get Started")
        case .setUp:
            if pilot.shows("Cluster      [ choose") { pilot.chooseClusters() }
            pilot.push("Continue")
        case .validate:
            pilot.validate(Sample.passing, isOver: true)
            pilot.push("Continue")
        case .review:
            pilot.push("Start Migration")
            pilot.press(.tab, .enter)
        case .migrating:
            pilot.getInSync()
            pilot.push("Cutover to your")
        case .inSync: pilot.push("I'm ready")
        case .proceed:
            if pilot.isFocused("Back") { pilot.press(.backTab, .end, .control("u")) }
            switch habit {
            case .everything, .neverPressesSpace: pilot.type(pilot.destinationName)
            case .onlyPastesTheName: pilot.paste(pilot.destinationName)
            case .neverTypesTheName: break
            }
            pilot.press(.enter, .enter)
            if habit != .everything { pilot.push("Proceed to cutover") }
        case .cutover(let page):
            if !page.isConfirmed, habit != .neverPressesSpace, pilot.isFocused(" ] I confirm") {
                pilot.press(.space)
            } else {
                pilot.push("Finalize migration")
            }
        case .success: pilot.press(.escape)
        }
    }

    /// Something happens without the user.
    private static func disturb(_ pilot: inout WizardPilot, _ random: inout Random) {
        let what = random.next() % 10
        guard let newest = pilot.agent.snapshot.migrations.last else { return }
        pilot.change(newest.id) { live in
            switch what {
            case 0: live.cutover.isReady = false
            case 1:
                live.phase = .failed
                live.isRetryPossible = true
            case 2:
                live.driver = Driver(
                    wizard: Sample.other.wizard, name: Sample.other.name,
                    heardAt: live.driver?.heardAt ?? Sample.time)
            case 3 where live.phase == .finalizing:
                live.cutover = Gallery.finalizing(9).cutover
            case 4 where live.phase == .finalizing:
                live.phase = .inSync
                live.cutover.refusal = "a write was seen"
            case 5 where live.cutover.steps.contains { $0.state == .done }: live.phase = .complete
            default:
                live.phase = .inSync
                live.cutover = Sample.measured(.inSync).cutover
                live.driver = Sample.measured(.inSync).driver
            }
        }
    }

    /// What the footer and the buttons offer to leave by; true once at the hub, or out of the wizard.
    private static func leave(_ pilot: inout WizardPilot) -> Bool {
        for _ in 0..<12 where !pilot.isAtHub && !pilot.pilot.hasExited {
            pilot.press(.escape)
            let title = pilot.page.screen.title
            guard title == "Cutover" || title == "Proceed to cutover" else { continue }
            pilot.press(.escape)
            if title == "Cutover" { pilot.type("h") } else { pilot.push("Back") }
        }
        return pilot.isAtHub || pilot.pilot.hasExited
    }
}

extension WizardPilot {
    /// How many cutovers were asked for.
    var begins: Int {
        commands.count {
            if case .beginCutover = $0 { true } else { false }
        }
    }

    var isAtHub: Bool { pages.count == 1 }

    /// Of the newest migration.
    fileprivate var destinationName: String {
        agent.snapshot.migrations.last?.destinationName ?? ""
    }

    /// The newest migration goes on until it can be cut over, where it has just begun.
    fileprivate mutating func getInSync() {
        guard let newest = agent.snapshot.migrations.last, newest.phase == .preparing else {
            return
        }
        let ready = Sample.measured(.inSync)
        change(newest.id) {
            ($0.phase, $0.figures, $0.cutover) = (.inSync, ready.figures, ready.cutover)
        }
    }

    /// Presses Tab until the cursor is on what begins so; false where it never is.
    fileprivate mutating func isFocused(_ label: String) -> Bool {
        focus(label)
        return textAtCursor.hasPrefix(label)
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}

extension Page {
    /// It may begin a cutover: the name is typed and the box is checked.
    func expectConfirmed(_ world: World) {
        guard case .cutover(let page) = self else {
            Issue.record("a cutover began on another page: \(screen.title)")
            return
        }
        #expect(page.isConfirmed)
        #expect(page.confirmedName == world.migration(page.migration)?.destinationName)
    }
}
