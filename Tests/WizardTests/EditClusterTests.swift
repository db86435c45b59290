import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// A cluster of the inventory is edited on the hub.
@Suite struct EditClusterTests {
    private static let shown =
        "mongodb://anna:***@a.example.net:27017/?replicaSet=rs0&tlsCAFile=%2Fetc%2Fca.pem"

    private func agent() -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.clusters[0].connectionString = Self.shown
        snapshot.clusters[0].name = "shop-rs0"
        snapshot.clusters = [snapshot.clusters[0]]
        return ScriptedAgent(snapshot)
    }

    /// The dialog is open, with the focus on the connection string.
    private func editing(_ agent: ScriptedAgent, size: Size = Size(80, 24)) -> WizardPilot {
        var wizard = WizardPilot(agent, size: size)
        wizard.press(.end, .character("e"))
        return wizard
    }

    private func change(_ wizard: WizardPilot) -> ClusterChange? {
        guard case .editCluster(_, let change) = wizard.commands.last else { return nil }
        return change
    }

    @Test func s21TheDialogOpensWithWhatIsKnownAndWithoutTheSecret() {
        for size in pageSizes {
            let wizard = editing(agent(), size: size)
            #expect(wizard.shows("Edit shop-rs0"), "\(size)")
            #expect(wizard.shows("anna:***@a.example.net:27017/?replicaSet=rs0"), "\(size)")
            #expect(wizard.shows("/etc/ca.pem"), "\(size)")
            #expect(!wizard.lines.contains { $0.contains("│") && $0.contains("tlsCAFile") })
            #expect(wizard.shows("stays as it is"), "\(size)")
            #expect(!wizard.shows("│ Organization"), "\(size)")
            #expect(wizard.shows("( Cancel )  ( Save )"), "\(size)")
            #expect(wizard.footer.contains("Esc Back"), "\(size)")
        }
    }

    @Test func s21OnlyTheNameThatWasTypedIsChanged() {
        var wizard = editing(agent())
        wizard.press(.tab, .tab, .tab, .control("u"))
        wizard.type("shop-old")
        wizard.press(.tab, .tab, .enter)
        var change = ClusterChange()
        change.name = "shop-old"
        #expect(wizard.commands == [.editCluster(Sample.source.id, change)])
        #expect(wizard.message.contains("Saved. It answers."))
        #expect(wizard.shows("▶ shop-old"))
        #expect(!wizard.shows("( Save )"))
    }

    @Test func s21APasswordIsReplacedOnlyWhereOneIsTyped() {
        var wizard = editing(agent())
        wizard.press(.tab)
        wizard.type(Sample.secret)
        #expect(!wizard.shows(Sample.secret))
        wizard.press(.tab, .tab, .tab, .tab, .enter)
        #expect(change(wizard)?.password?.revealed == Sample.secret)
        #expect(change(wizard)?.connectionString == nil)
        #expect(change(wizard)?.name == nil)
    }

    @Test func s21AnotherHostIsTypedIntoTheMiddleAndTheSecretStaysAShadow() {
        var wizard = editing(agent())
        // Behind `a` of the host.
        wizard.press(.home)
        for _ in 0..<"mongodb://anna:***@a".count { wizard.press(.right) }
        wizard.press(.backspace, .character("b"))
        wizard.press(.tab, .tab, .tab, .tab, .tab, .enter)
        #expect(
            change(wizard)?.connectionString?.revealed
                == "mongodb://anna:***@b.example.net:27017/?replicaSet=rs0&tlsCAFile=%2Fetc%2Fca%2Epem"
        )
        #expect(change(wizard)?.password == nil)
    }

    @Test func s21TheCAFileIsChangedAndTakenOut() {
        var wizard = editing(agent())
        wizard.press(.tab, .tab, .control("u"))
        var other = wizard
        wizard.press(.tab, .tab, .tab, .enter)
        #expect(
            change(wizard)?.connectionString?.revealed
                == "mongodb://anna:***@a.example.net:27017/?replicaSet=rs0")
        other.type("/x")
        other.press(.tab, .tab, .tab, .enter)
        #expect(change(other)?.connectionString?.revealed.hasSuffix("&tlsCAFile=%2Fx") == true)
    }

    @Test func s21WithoutAChangeNothingIsAsked() {
        let agent = agent()
        var wizard = editing(agent)
        wizard.press(.tab, .tab, .tab, .tab, .tab, .enter)
        #expect(wizard.commands.isEmpty)
        #expect(!wizard.shows("( Save )"))
        wizard.press(.character("e"), .escape)
        #expect(wizard.commands.isEmpty)
        #expect(!wizard.shows("( Save )"))
    }

    @Test func s21ARefusalIsSaidInTheDialog() {
        let agent = agent()
        var wizard = editing(agent)
        wizard.press(.tab)
        wizard.type("x")
        wizard.press(.tab, .tab, .tab, .tab)
        agent.refuseNext(ControlError(.conflict, "a migration runs over this connection"))
        wizard.press(.enter)
        #expect(wizard.shows("A migration runs over this connection."))
        #expect(wizard.shows("( Save )"))
        wizard.press(.enter)
        #expect(!wizard.shows("( Save )"))
    }

    @Test func s21WhatIsMissingIsSaid() {
        var wizard = editing(agent())
        wizard.press(.tab, .tab, .tab, .control("u"), .tab, .tab, .enter)
        #expect(wizard.shows("The cluster needs a name."))
        wizard.press(.tab, .control("u"))
        wizard.type("h")
        wizard.press(.tab, .tab, .tab, .tab, .tab, .enter)
        #expect(wizard.shows("begins with mongodb://"))
        #expect(wizard.commands.isEmpty)
    }

    @Test func s21WithoutAClusterUnderTheCursorThereIsNothingToEdit() {
        var wizard = WizardPilot(agent())
        wizard.press(.character("e"))
        #expect(!wizard.shows("( Save )"))
        wizard.press(.character("?"))
        #expect(wizard.shows("Edit (choose a cluster)"))
    }

    @Test func s21WhatWasTypedIsKeptWhileTheClusterIsTheSame() throws {
        let agent = agent()
        var wizard = editing(agent)
        wizard.press(.tab)
        wizard.type(Sample.secret)
        wizard.press(.tab, .tab)
        wizard.type("-two")
        wizard.advance(by: 2)
        let kept = try JSON.text(try #require(wizard.saved.last))
        #expect(!kept.contains(Sample.secret))
        let saved = try JSONDecoder().decode(SavedState.self, from: Data(kept.utf8))
        wizard = WizardPilot(agent, saved: saved)
        #expect(wizard.shows("Edit shop-rs0") && wizard.shows("shop-rs0-two"))
        #expect(wizard.shows("was not kept: type it again"))
        wizard.press(.escape, .character("e"))
        #expect(wizard.shows("shop-rs0-two"))
        wizard.press(.escape)
        // Another wizard has changed it.
        var other = agent.snapshot.clusters[0]
        other.name = "shop-new"
        agent.put(.cluster(other))
        wizard.hear()
        wizard.press(.character("e"))
        #expect(!wizard.shows("shop-rs0-two"))
    }
}
