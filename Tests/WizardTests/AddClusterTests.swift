import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// The dialog *Add a cluster*: what is pasted and typed, what of it is kept, and what is refused.
@Suite struct AddClusterTests {
    private static let string =
        "mongodb://anna:\(Sample.secret)@a.example.net:27017,b.example.net/?replicaSet=rs0"

    @Test func s21AClusterIsAddedByPastingItsConnectionString() throws {
        let agent = Sample.agent()
        var wizard = WizardPilot(agent)
        wizard.press(.character("a"))
        #expect(wizard.shows("Add a cluster"))
        wizard.paste(Self.string + "\n")
        #expect(wizard.shows("mongodb://anna:***@***"))
        wizard.press(.tab, .tab, .tab, .control("u"))
        #expect(wizard.shows("a.example.net"))
        wizard.type("shop-new")
        wizard.press(.tab, .tab, .tab, .tab, .enter)
        let new = NewCluster(
            name: "shop-new", organization: "Acme Cloud", project: "shop-prod",
            connectionString: Secret(Self.string))
        #expect(wizard.commands == [.add(new)])
        #expect(wizard.message.contains("Added shop-new"))
        #expect(wizard.lines.first { $0.contains("shop-new") }?.hasPrefix("▶") == true)
    }

    @Test func s21TheNameIsProposedAndAPasswordCanBeGivenApart() throws {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        wizard.paste("mongodb+srv://anna@shop.example.net/")
        wizard.press(.enter)
        wizard.type("p@ss/wörd")
        wizard.press(.tab, .tab, .tab, .tab, .tab, .tab, .space)
        guard case .add(let new) = wizard.commands.first else {
            Issue.record("nothing was added")
            return
        }
        #expect(new.name == "shop")
        #expect(
            new.connectionString.revealed
                == "mongodb+srv://anna:p%40ss%2Fw%C3%B6rd@shop.example.net/")
    }

    @Test(arguments: [
        ("", "", "begins with mongodb://"),
        ("mongodb://h.example.net/", "secret", "The string names no user for this password"),
        ("mongodb://u:p@h.example.net/", "secret", "has a password already"),
    ])
    func s21WhatIsMissingIsSaid(string: String, password: String, refusal: String) {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        if !string.isEmpty { wizard.paste(string) }
        wizard.press(.tab)
        wizard.type(password)
        wizard.press(.tab, .tab)
        wizard.type("x")
        wizard.press(.tab, .tab, .tab, .tab, .enter)
        #expect(wizard.shows(refusal))
        #expect(wizard.commands.isEmpty)
    }

    @Test(arguments: 0..<3)
    func s21ANameThatIsMissingIsSaid(field: Int) {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        wizard.paste("mongodb://h.example.net/")
        wizard.press(.tab, .tab, .tab)
        for number in 0..<3 {
            if number == field { wizard.press(.end, .control("u")) }
            wizard.press(.tab)
        }
        wizard.press(.tab, .enter)
        #expect(
            wizard.shows("The cluster, its organization and its project need names."))
        #expect(wizard.commands.isEmpty)
    }

    @Test func s21ARefusalKeepsTheDialogWithEverythingInIt() {
        let agent = Sample.agent()
        var wizard = WizardPilot(agent)
        wizard.press(.character("a"))
        wizard.paste(Self.string)
        wizard.press(.tab, .tab, .tab, .tab, .tab, .tab, .tab)
        agent.refuseNext(ControlError(.conflict, "project shop-prod has a cluster a already"))
        wizard.press(.enter)
        #expect(wizard.shows("Project shop-prod has a cluster a already."))
        #expect(wizard.shows("a.example.net"))
        wizard.press(.enter)
        #expect(wizard.commands.count == 2)
        #expect(!wizard.shows("Connection string"))
    }

    @Test(arguments: [
        (string, Sample.secret, "anna:***@a.example.net:27017"),
        ("anna:hunter2secret@db1.example.net:27017/", "hunter2secret", "anna:***"),
        ("mongodb:/anna:hunter2secret@db1/", "hunter2secret", "mongodb:***"),
        ("mongodb://anna:123456/7ab", "123456/7ab", "mongodb://anna:***"),
        ("mongodb://anna:1234?x", "1234?x", "mongodb://anna:***"),
        ("mongodb://anna:1234/", "1234/", "mongodb://anna:***"),
        ("mongodb//anna:hunter2@db1/", "hunter2", "mongodb//anna:***"),
        ("mongodbb://anna:hunter2@db1/", "hunter2", "mongodbb:***"),
        ("mongodb+srv:/anna:hunter2@db1/", "hunter2", "mongodb+srv:***"),
        (" mongodb://anna:hunter2@db1/", "hunter2", "mongodb://anna:***@db1/"),
        ("anna:hunter2://db1", "hunter2", "anna:***"),
        // One that is not encoded as it should be.
        (
            "mongodb://anna:p@hunter2@db1.example.net/", "hunter2",
            "mongodb://anna:***@db1.example.net/"
        ),
        ("mongodb://anna:p@hunter2/x@db1", "hunter2", "mongodb://anna:***@db1"),
        ("mongodb://anna@corp:hunter2@db1", "hunter2", "mongodb://anna@corp:***@db1"),
    ])
    func t17ThePasswordIsInNoFrameWhateverIsTyped(string: String, secret: String, shown: String) {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        var frames: [String] = []
        for character in string {
            wizard.type(String(character))
            frames.append(wizard.screen)
        }
        wizard.press(.tab)
        frames.append(wizard.screen)
        for character in secret {
            wizard.type(String(character))
            frames.append(wizard.screen)
        }
        let begin = String(secret.prefix(3))
        #expect(frames.allSatisfy { !$0.contains(begin) })
        #expect(!"\(wizard.pilot.model)".contains(begin))
        #expect(frames.last?.contains(shown) == true)
    }

    @Test(arguments: [false, true])
    func s21ALateAnswerLeavesTheNextDialogAlone(isRefused: Bool) {
        let agent = Sample.agent()
        var wizard = WizardPilot(agent)
        wizard.press(.character("a"))
        wizard.paste(Self.string)
        wizard.press(.tab, .tab, .tab, .tab, .tab, .tab, .tab)
        if isRefused { agent.refuseNext(ControlError(.conflict, "there is one already")) }
        agent.answersAfter = .seconds(3)
        wizard.press(.enter)
        #expect(wizard.shows("Connecting to it"))
        wizard.press(.escape, .character("a"))
        wizard.paste("mongodb+srv://other.example.net/")
        wizard.advance(by: 4)
        #expect(wizard.shows("mongodb+srv://other.example.net/"))
        #expect(wizard.message.contains(isRefused ? "There is one already." : "Added a."))
        #expect(wizard.screen.split(separator: "There is one already").count <= 2)
        // This one waits for its own answer.
        agent.answersAfter = .zero
        wizard.press(.tab, .tab, .tab, .tab, .tab, .tab, .tab, .enter)
        #expect(wizard.message.contains("Added other."))
        #expect(!wizard.shows("Connection string"))
    }

    @Test func t17NothingSecretOfTheDialogIsKept() throws {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        wizard.paste(Self.string)
        wizard.press(.tab, .tab)
        wizard.type("/etc/ca.pem")
        wizard.advance(by: 2)
        let kept = try JSON.text(try #require(wizard.saved.last))
        #expect(!kept.contains(Sample.secret))
        #expect(kept.contains("a.example.net"))
        #expect(!(try JSON.text(wizard.pilot.model)).contains(Sample.secret))

        var again = try wizard.reopened()
        #expect(again.shows("Add a cluster") && again.shows("/etc/ca.pem"))
        #expect(again.shows("mongodb://anna@a.example.net:27017"))
        #expect(again.shows("was not kept: type it again"))
        again.press(.tab, .tab, .tab, .tab, .tab, .enter)
        #expect(again.shows("The password was not kept: type it again."))
        #expect(again.commands.isEmpty)
        again.press(.backTab, .backTab, .backTab, .backTab, .backTab, .backTab)
        again.type("other")
        again.press(.tab, .tab, .tab, .tab, .tab, .tab, .enter)
        guard case .add(let new) = again.commands.first else {
            Issue.record("nothing was added")
            return
        }
        #expect(new.connectionString.revealed.hasPrefix("mongodb://anna:other@a.example.net:27017"))
        // Added, it is no draft any more.
        again.press(.character("a"))
        #expect(!again.shows("a.example.net"))
    }

    @Test func t8WhenTheTerminalGoesTheHostsTypedSoFarAreKept() throws {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        wizard.type("mongodb://anna:\(Sample.secret)@db1.example.net:27017,db2.example.net:31001/")
        wizard.happen(.hangUp)
        let saved = try #require(wizard.saved.last)
        #expect(!(try JSON.text(saved)).contains(Sample.secret))
        let again = WizardPilot(saved: saved)
        #expect(again.shows("mongodb://anna@db1.example.net:27017,db2.example.net:31001/"))
        #expect(again.shows("was not kept: type it again"))
    }

    @Test func t17OfAHalfTypedSecretNothingIsKept() throws {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        wizard.type("mongodb://anna:\(Sample.secret)")
        var again = try wizard.reopened()
        #expect(again.shows("mongodb://anna:***"))
        again.press(.tab, .tab, .tab)
        again.type("x")
        again.press(.tab, .tab, .tab, .tab, .enter)
        #expect(again.shows("*** stands for a secret that was not kept: type it again."))
        #expect(again.commands.isEmpty)
    }

    @Test func s21EscKeepsWhatWasTypedAndCancelForgetsIt() throws {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        #expect(wizard.shows("mongodb://... or mongodb+srv://..."))
        wizard.paste("mongodb://shop.example.net/")
        wizard.press(.tab)
        wizard.type(Sample.secret)
        wizard.press(.escape)
        #expect(!wizard.shows("Connection string"))
        wizard = try wizard.reopened()
        #expect(!wizard.shows("Connection string"))
        wizard.press(.character("a"))
        #expect(wizard.shows("mongodb://shop.example.net/"))
        wizard.focus("Cancel")
        wizard.press(.enter, .character("a"))
        #expect(!wizard.shows("mongodb://shop.example.net/"))
    }

    @Test(arguments: [("Organization", 4), ("Project", 5)])
    func s21EscKeepsAPlaceThatWasTyped(label: String, tabs: Int) throws {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        for _ in 0..<tabs { wizard.press(.tab) }
        wizard.press(.control("u"))
        wizard.type("Zeta")
        wizard.press(.escape)
        wizard = try wizard.reopened()
        wizard.press(.character("a"))
        #expect(wizard.lines.contains { $0.contains(label) && $0.contains("Zeta") })
    }

    @Test func s21WhatTheAgentRefusesAfterEscIsKept() {
        let agent = Sample.agent()
        var wizard = WizardPilot(agent)
        wizard.press(.character("a"))
        wizard.paste("mongodb://shop.example.net/")
        wizard.press(.tab, .tab, .tab, .tab, .tab, .tab, .tab)
        agent.refuseNext(ControlError(.conflict, "there is one already"))
        agent.answersAfter = .seconds(3)
        wizard.press(.enter, .escape)
        wizard.advance(by: 4)
        #expect(wizard.message.contains("There is one already."))
        wizard.press(.character("a"))
        #expect(wizard.shows("mongodb://shop.example.net/"))
    }

    @Test func lettersInTheDialogAreLetters() {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"), .tab, .tab, .tab)
        wizard.type("d?lTqae")
        #expect(wizard.shows("d?lTqae"))
        #expect(!wizard.pilot.hasExited)
        #expect(wizard.footer.contains("F1 Help"))
        wizard.press(.escape)
        #expect(!wizard.shows("Connection string"))
    }

    @Test func s21ACAFileBecomesAnOptionOfTheString() {
        var wizard = WizardPilot(Sample.agent())
        wizard.press(.character("a"))
        wizard.paste("mongodb://shop.example.net")
        wizard.press(.tab, .tab)
        wizard.type("/etc/ssl/my ca.pem")
        wizard.press(.tab, .tab, .tab, .tab, .tab, .enter)
        guard case .add(let new) = wizard.commands.first else {
            Issue.record("nothing was added")
            return
        }
        #expect(
            new.connectionString.revealed
                == "mongodb://shop.example.net/?tlsCAFile=%2Fetc%2Fssl%2Fmy%20ca%2Epem")
    }
}
