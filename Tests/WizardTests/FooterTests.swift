import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The last line and the help, on every screen there is.
@Suite struct FooterTests {
    private static func pilots(_ size: Size) -> [(name: String, wizard: WizardPilot)] {
        Screenshot.all.map { ($0.file(size), $0.wizard(size)) }
    }

    @Test func atTheLeastSizeTheEssentialKeysStay() {
        for (name, wizard) in Self.pilots(Size(60, 18)) {
            let shown = wizard.pilot.model.shownKeys
            let footer = wizard.footer
            for binding in shown.bindings where binding.isInFooter && binding.reason == nil {
                guard
                    binding.keys.contains(.escape) || binding.label == "Help"
                        || binding.label == "Detach"
                else { continue }
                #expect(footer.contains(binding.label), "\(name): \(footer)")
            }
            if wizard.pilot.model.overlay == nil {
                let keys = wizard.page.screen.holdsKeys ? ["F1 Help"] : ["? Help", "d Detach"]
                for key in keys { #expect(footer.contains(key), "\(name): \(footer)") }
            }
            // A key is named whole or not at all. What is said of the link takes room of its own.
            if wizard.pilot.model.world.isLinkSlow { continue }
            let columns = wizard.pilot.canvas.size.columns - 2
            #expect(
                shown.footer(columns: columns).allSatisfy { footer.contains($0.label) }, "\(name)")
        }
    }

    @Test(arguments: ["finalize-open", "in-sync-not-now"])
    func enterIsNotNamedOnAGreyButton(picture: String) {
        let pilots = Self.pilots(Size(80, 24)).filter { $0.name.contains(picture) }
        #expect(pilots.count == 1)
        for (name, wizard) in pilots {
            #expect(!wizard.footer.contains("Enter"), "\(name): \(wizard.footer)")
        }
    }

    @Test func escapeIsNamedWhereItLeads() {
        for (name, wizard) in Self.pilots(Size(60, 18)) {
            var pressed = wizard
            pressed.press(.escape)
            let leads =
                pressed.pages != wizard.pages
                || pressed.pilot.model.overlay != wizard.pilot.model.overlay
            #expect(leads == wizard.footer.contains("Esc"), "\(name): \(wizard.footer)")
        }
    }

    /// Presses every key that the footer and the help name; that nothing comes of one is a mistake in one of the two.
    @Test func everyKeyThatIsNamedDoesSomething() {
        for (name, start) in Self.pilots(Size(120, 40)) where start.pilot.model.overlay == nil {
            // Where the answer is on the screen already, it is not another one the second time.
            if name.contains("refused") { continue }
            var wizard = start
            wizard.advance(by: 1)
            let keys =
                wizard.page.screen.keys(wizard.pilot.model.world) + wizard.pilot.model.frameKeys
            for binding in keys.bindings where binding.reason == nil {
                let isAnswered = binding.keys.contains { key in
                    var pressed = wizard
                    pressed.press(key)
                    return pressed.pilot.model != wizard.pilot.model
                        || pressed.pilot.effects.count != wizard.pilot.effects.count
                        || pressed.requests.count != wizard.requests.count
                }
                #expect(isAnswered, "\(name): \(binding.names) \(binding.label)")
            }
        }
    }

    /// And the other way round: a letter that does something is in the help.
    @Test func everyLetterThatDoesSomethingIsNamed() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?"
        for (name, wizard) in Self.pilots(Size(80, 24))
        where wizard.pilot.model.overlay == nil && !wizard.page.screen.holdsKeys {
            let keys =
                wizard.page.screen.keys(wizard.pilot.model.world) + wizard.pilot.model.frameKeys
            let named = Set(keys.bindings.flatMap(\.keys))
            // Whoever asks for the wheel is answered by any key.
            var untouched = wizard.pilot.model
            untouched.world.noteKey()
            for letter in letters where !named.contains(.character(letter)) {
                var pressed = wizard
                pressed.press(.character(letter))
                guard pressed.pilot.model != untouched else { continue }
                // Typed into a field it is no command.
                let isTyped =
                    pressed.textAtCursor != wizard.textAtCursor
                    || pressed.message != wizard.message
                #expect(isTyped, "\(name): \(letter)")
            }
        }
    }
}
