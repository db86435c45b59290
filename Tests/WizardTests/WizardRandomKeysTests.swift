import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// Whatever is pressed on whatever page, the wizard stands.
@Suite struct WizardRandomKeysTests {
    private static let keys: [Key] =
        [
            .enter, .enter, .enter, .escape, .tab, .tab, .backTab, .up, .down, .left, .right,
            .home, .end, .pageUp, .pageDown, .backspace, .delete, .space, .function(1),
            .control("c"), .control("l"), .control("u"), .control("z"),
            .paste("mongodb://anna:\(Sample.secret)@h.example.net/\n"),
        ] + "?lLTatrywmspcih/nN19A".map { .character($0) }

    private struct Dice {
        var state: UInt64

        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6])
    func everyPageTakesEveryKey(seed: UInt64) {
        var dice = Dice(state: seed)
        var snapshot = Sample.snapshot
        snapshot.migrations = [Sample.migration(.inSync), Sample.migration(.failed, number: 0x32)]
        let agent = ScriptedAgent(snapshot)
        var wizard = WizardPilot(agent)
        var pages: Set<String> = []
        for step in 0..<600 {
            // Ctrl-C twice leaves, and so does d: what was kept opens again.
            if wizard.pilot.hasExited { wizard = WizardPilot(agent, saved: wizard.saved.last) }
            wizard.press(Self.keys[dice.roll(Self.keys.count)])
            pages.insert(wizard.page.screen.title)
            if step.isMultiple(of: 50) {
                wizard.resize(40 + dice.roll(120), 10 + dice.roll(40))
                wizard.advance(by: 2)
                #expect(!wizard.screen.contains(Sample.secret))
                if case .validate = wizard.page {
                    agent.changeValidation {
                        $0.rows = Sample.passing
                        $0.endedAt = agent.time
                        $0.isPassed = true
                    }
                }
            }
        }
        #expect(wizard.pages.first.map { if case .hub = $0 { true } else { false } } == true)
        #expect(pages.count > 2)
    }

    private enum Start: CaseIterable, Sendable {
        case hub, addCluster, editCluster, removeCluster, getStarted, setUp, validate, review, start
    }

    /// On a page before a migration, or in a dialog of it.
    private func wizard(at start: Start) -> WizardPilot {
        let scene = Scene(size: Size(80, 24), glyphs: .unicode)
        var wizard = scene.wizard()
        switch start {
        case .hub: break
        case .addCluster: wizard.press(.character("a"))
        case .editCluster: wizard.press(.end, .character("e"))
        case .removeCluster: wizard.press(.end, .character("r"))
        case .getStarted: wizard.press(.enter)
        case .setUp: wizard = scene.chosen()
        case .validate: wizard = scene.validating(Sample.failing, isOver: true)
        case .review, .start:
            wizard = scene.validating(Sample.passing, isOver: true)
            wizard.press(.enter)
            if start == .start { wizard.press(.enter) }
        }
        return wizard
    }

    private func isAtHub(_ wizard: WizardPilot) -> Bool {
        guard case .hub(let hub) = wizard.page else { return false }
        return !hub.holdsKeys && wizard.pilot.model.overlay == nil
    }

    @Test(arguments: Start.allCases)
    private func nobodyIsTrapped(start: Start) {
        for seed: UInt64 in 1...8 {
            var dice = Dice(state: seed)
            var wizard = wizard(at: start)
            for _ in 0..<dice.roll(60) {
                if wizard.pilot.hasExited {
                    wizard = WizardPilot(wizard.agent, saved: wizard.saved.last)
                }
                wizard.press(Self.keys[dice.roll(Self.keys.count)])
            }
            if wizard.pilot.hasExited { continue }
            let last = wizard.screen
            for _ in 0..<12 where !isAtHub(wizard) { wizard.press(.escape) }
            #expect(isAtHub(wizard), "\(start), seed \(seed):\n\(last)")
        }
    }
}
