import ControlAPI
import Synchronization
import Terminal
import Testing

@testable import Wizard

@Suite struct FaultListTests {
    private func faults(_ wizard: WizardPilot) -> [Fault.Kind] {
        wizard.pilot.effects.compactMap { if case .fault(let kind) = $0 { kind } else { nil } }
    }

    @Test func capitalFOpensTheFaultsAndOneIsTakenByItsNumberOrWithEnter() {
        var wizard = WizardPilot(host: Training.host)
        wizard.press(.character("F"))
        #expect(wizard.shows(" 1  Cut the network to shop-atlas"))
        #expect(wizard.shows(" 3  Kill the agent"))
        #expect(wizard.footer == " Enter Take   Up Down Move   Esc Close")
        wizard.press(.character("3"))
        #expect(faults(wizard) == [.killAgent])
        #expect(!wizard.shows("Kill the agent"))
        wizard.press(.character("F"), .down, .enter)
        #expect(faults(wizard) == [.killAgent, .stepDown])
        wizard.press(.character("F"))
        wizard.click("Cut the network")
        #expect(faults(wizard).last == .cutNetwork)
        wizard.press(.character("F"), .escape, .character("F"), .character("9"), .escape)
        #expect(faults(wizard).count == 3)
    }

    @Test func whatIsSetIsTakenBackAndWhatCannotBeSetSaysWhy() {
        var host = Training.host
        host.begin(.cutNetwork)
        host.begin(.stepDown)
        host.faults[2].obstacle = "network cut"
        var wizard = WizardPilot(host: host)
        wizard.press(.character("F"))
        #expect(
            wizard.lines.contains {
                $0.hasPrefix(" 1  Bring the network") && $0.hasSuffix("network cut")
            })
        #expect(wizard.lines.contains { $0.hasPrefix(" 2  Step down") && $0.hasSuffix("election") })
        #expect(wizard.lines.contains { $0.hasSuffix("not now: network cut") })
        // It ends by itself, and the other one is not possible.
        wizard.press(.character("2"), .character("3"))
        #expect(faults(wizard).isEmpty)
        #expect(wizard.shows("Kill the agent"))
        wizard.press(.character("1"))
        #expect(faults(wizard) == [.cutNetwork])
    }

    @Test func whatWasDoneIsSaidAndWhatWasNotIsRefused() async {
        let runner = Runner(
            ScriptedAgent(), me: Sample.me, keep: { _ in }, zone: { .utc }, startAgent: {},
            fault: { kind in
                guard kind == .stepDown else { throw ControlError(.unexpected, "no primary") }
                return "Another one is the primary now."
            })
        var wizard = WizardPilot(host: Training.host)
        for (kind, said) in [
            (Fault.Kind.stepDown, "Another one is the primary now."), (.freeze, "No primary."),
        ] {
            let messages = Mutex<[Wizard.Message]>([])
            await runner.perform(
                .fault(kind), Sender { message in messages.withLock { $0.append(message) } })
            for message in messages.withLock(\.self) { wizard.send(message) }
            #expect(wizard.message.contains(said))
        }
    }

    @Test func withoutAProgramThatHasFaultsThereIsNoSuchKey() {
        var host = Training.host
        host.faults = []
        for host in [nil, host] {
            var wizard = WizardPilot(host: host)
            let before = wizard.screen
            wizard.press(.character("F"))
            #expect(wizard.screen == before)
            #expect(!wizard.pilot.model.frameKeys.bindings.contains { $0.label == "Faults" })
        }
        #expect(
            WizardPilot(host: Training.host).pilot.model.frameKeys.bindings
                .contains { $0.label == "Faults" })
    }

    @Test func itIsALetterWhereTextIsTyped() {
        var wizard = WizardPilot(host: Training.host)
        wizard.press(.character("a"), .character("F"))
        #expect(wizard.page.screen.holdsKeys)
        #expect(!wizard.shows("Kill the agent"))
    }

    @Test func readLineByLineTheFaultsHaveNumbers() {
        var plain = PlainPilot(WizardPilot(host: Training.host))
        plain.choose("Faults")
        #expect(plain.heard.contains { $0.contains("Cut the network to shop-atlas") })
        plain.choose("Kill the agent")
        #expect(faults(plain.wizard) == [.killAgent])
    }

    /// Every page leaves the letter to it.
    @Test func noPageHasAnotherUseForCapitalF() {
        for picture in Screenshot.all where picture.isMain {
            let model = picture.wizard(Size(80, 24)).pilot.model
            #expect(!model.shownKeys.bindings.contains { $0.keys.contains(.character("F")) })
        }
    }
}
