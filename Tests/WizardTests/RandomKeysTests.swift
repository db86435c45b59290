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

    private static let rounds = 5
    private static let keysPerRound = 150

    @Test(arguments: Habit.allCases)
    func noSequenceOfKeysBeginsACutoverWithoutTheNameAndTheConfirmation(habit: Habit) {
        var begun = 0
        for seed in 0..<Self.rounds {
            var random = Random(seed: UInt64(seed) * 7 + 1)
            var pilot = Self.start()
            for _ in 0..<Self.keysPerRound {
                // What was kept opens again.
                if pilot.pilot.hasExited {
                    pilot = WizardPilot(pilot.agent, saved: pilot.saved.last)
                }
                let before = pilot.page
                let count = pilot.begins
                Self.act(&pilot, &random, habit)
                guard pilot.begins > count else { continue }
                begun += 1
                before.expectConfirmed()
            }
        }
        // The test reaches what it is about.
        if habit == .everything { #expect(begun > 10) } else { #expect(begun == 0) }
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

    private static func act(_ pilot: inout WizardPilot, _ random: inout Random, _ habit: Habit) {
        if pilot.isAtHub { pilot = start() }
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
        case .migrating: pilot.push("Cutover to your")
        case .inSync: pilot.push("I'm ready")
        case .proceed:
            if pilot.isFocused("Back") { pilot.press(.backTab, .end, .control("u")) }
            switch habit {
            case .everything, .neverPressesSpace: pilot.type("shop-atlas")
            case .onlyPastesTheName: pilot.paste("shop-atlas")
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
        default: break
        }
    }

    /// Something happens without the user.
    private static func disturb(_ pilot: inout WizardPilot, _ random: inout Random) {
        let what = random.next() % 10
        pilot.change(Sample.measured(.inSync).id) { live in
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
    func expectConfirmed() {
        guard case .cutover(let page) = self else {
            Issue.record("a cutover began on another page: \(screen.title)")
            return
        }
        #expect(page.isConfirmed)
        #expect(page.confirmedName == "shop-atlas")
    }
}
