import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The whole way by numbers, and what numbers alone can never do.
@Suite struct PlainFlowTests {
    @Test func theWholeWayFromTheHubToSuccessIsGoneByNumbers() {
        let plain = PlainFlow.fromHubToSuccess()
        #expect(plain.text.contains("You have successfully migrated to Atlas"), "\(plain.text)")
        #expect(plain.wizard.pilot.hasExited)
        let cutovers = plain.wizard.commands.compactMap {
            if case .beginCutover(_, let name) = $0 { name } else { nil }
        }
        #expect(cutovers == ["shop-atlas"])
    }

    private enum Habit: CaseIterable, Sendable { case everything, neverTypesTheName, neverTicks }

    private func start() -> PlainPilot {
        let live = Sample.measured(.inSync)
        let page = Page.inSync(InSync(live.id))
        return PlainPilot(
            WizardPilot(
                Sample.agent(live), saved: SavedState(pages: [page], lastSeen: nil, theme: nil)))
    }

    /// Types numbers, letters and wrong names, and goes on as it is meant.
    private func act(_ plain: inout PlainPilot, _ random: inout Random, _ habit: Habit) {
        switch random.next() % 10 {
        case 0..<3:
            let number = Int(random.next() % 12)
            let box = plain.number(of: "I confirm that I've stopped writes")
            if habit == .neverTicks, number == box { return }
            plain.type("\(number)")
        case 3: plain.type("b")
        case 4:
            let words = ["", "t", "h", "r", "<", ">", "shop-atla", "shop-atlas "]
            plain.type(words[Int(random.next() % 8)])
        case 5: plain.advance(by: 2)
        default: goOn(&plain, habit)
        }
    }

    /// The next step, as somebody takes it who knows the way.
    private func goOn(_ plain: inout PlainPilot, _ habit: Habit) {
        switch plain.wizard.page {
        case .migrating: goOn(&plain, "Cutover to your destination cluster")
        case .inSync: goOn(&plain, "I'm ready to cutover")
        case .proceed:
            if habit != .neverTypesTheName, goOn(&plain, "Type the name of the destination") {
                plain.type("shop-atlas")
            }
            goOn(&plain, "Proceed to cutover")
        case .cutover(let page):
            if habit != .neverTicks, !page.isConfirmed {
                goOn(&plain, "I confirm that I've stopped writes")
            } else {
                goOn(&plain, "Finalize migration")
            }
        default: break
        }
    }

    @discardableResult
    private func goOn(_ plain: inout PlainPilot, _ text: String) -> Bool {
        plain.type("r")
        guard plain.heard.contains(where: { $0.contains(". \(text)") }) else { return false }
        plain.choose(text)
        return true
    }

    @Test(arguments: Habit.allCases)
    private func noNumbersBeginACutoverWithoutTheNameAndTheBox(habit: Habit) {
        var begun = 0
        for seed in 0..<3 {
            var random = Random(seed: UInt64(seed) * 11 + 3)
            var plain = start()
            for _ in 0..<60 {
                if plain.wizard.pilot.hasExited || plain.wizard.isAtHub { plain = start() }
                let before = plain.wizard.page
                let count = plain.wizard.begins
                act(&plain, &random, habit)
                guard plain.wizard.begins > count else { continue }
                begun += 1
                before.expectConfirmed(plain.wizard.pilot.model.world)
            }
        }
        // The test reaches what it is about.
        if habit == .everything { #expect(begun > 0) } else { #expect(begun == 0) }
    }
}
