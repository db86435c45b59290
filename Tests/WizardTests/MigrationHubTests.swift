import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// *Migration Hub*: the list, the card and the clusters.
@Suite struct MigrationHubTests {
    private static let string =
        "mongodb://anna:\(Sample.secret)@a.example.net:27017,b.example.net/?replicaSet=rs0"

    private func agent(_ migrations: [LiveMigration] = []) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations = migrations
        return ScriptedAgent(snapshot)
    }

    private func line(_ text: String, of wizard: WizardPilot) -> String? {
        wizard.lines.first { $0.contains(text) }
    }

    // MARK: The list

    @Test func s1MigrationsAreListedWithPhaseLagAndTimeLeft() {
        var past = Sample.migration(.complete, number: 0x30)
        past.endedAt = Sample.time - 3_600_000
        let wizard = WizardPilot(
            agent([past, Sample.migration(.inSync), Sample.migration(.copying, number: 0x32)]))
        let rows = wizard.lines.filter { $0.contains("shop-rs0 ─▶ shop-atlas") }
        #expect(rows.count == 3)
        #expect(rows[0].hasPrefix("▶ shop-rs0"))
        #expect(rows[0].contains("copying 68 %"))
        #expect(rows[1].contains("Ready for Cutover 00:00:00"))
        #expect(rows[1].contains("4 d 23:58:11"))
        #expect(rows[2].contains("complete"))
        #expect(rows[2].contains("1 h 0 m ago"))
    }

    @Test func s1TheTimeLeftRunsHereToo() {
        var wizard = WizardPilot(agent([Sample.migration(.inSync)]))
        wizard.advance(by: 5)
        #expect(wizard.shows("4 d 23:58:06"))
    }

    @Test func s1EnterOpensARunningMigrationOnItsPage() {
        let migration = Sample.migration(.copying)
        var wizard = WizardPilot(agent([migration]))
        wizard.press(.enter)
        #expect(wizard.lines[0].contains("Migrating Data"))
        #expect(wizard.lines[1].contains("▶ Migrating Data"))
        wizard.press(.escape)
        #expect(wizard.lines[0].contains("Migration Hub"))
    }

    @Test func s1APastMigrationOpensOnItsReport() {
        var wizard = WizardPilot(agent([Sample.migration(.complete)]))
        wizard.press(.home, .enter)
        #expect(wizard.shows("You have successfully migrated to Atlas"))
    }

    @Test func s1ACancelledMigrationHasNoPageButALog() {
        var wizard = WizardPilot(agent([Sample.migration(.cancelled)]))
        wizard.press(.home, .enter)
        #expect(wizard.message.contains("given up"))
        wizard.press(.character("l"))
        #expect(wizard.shows("Log of shop-rs0"))
    }

    @Test func s1TheCardLeadsToGetStartedAndBack() {
        var wizard = WizardPilot()
        #expect(line("Migrate from Atlas", of: wizard)?.hasPrefix("▶") == true)
        wizard.press(.enter)
        #expect(wizard.lines[0].contains("Migration from Atlas to Atlas"))
        #expect(
            wizard.lines[1]
                == " ▶ Get Started ○ Set up ○ Validate ○ Review & Confirm ○ Migrating Data ○ Cutover"
        )
        wizard.press(.escape)
        #expect(wizard.shows("Clusters"))
    }

    @Test func s1TheCursorStaysOnItsItemWhateverComes() {
        let agent = agent()
        var wizard = WizardPilot(agent)
        wizard.press(.down, .down)
        #expect(line("ledger", of: wizard)?.hasPrefix("▶") == true)
        agent.put(.migration(Sample.migration(.copying)))
        wizard.hear()
        #expect(line("ledger", of: wizard)?.hasPrefix("▶") == true)
        agent.put(.removed(Sample.ledger.id))
        wizard.hear()
        #expect(line("shop-rs0 ─▶", of: wizard)?.hasPrefix("▶") == true)
    }

    @Test func s1TabGoesFromPartToPart() {
        var wizard = WizardPilot(agent([Sample.migration(.copying)]))
        wizard.press(.tab)
        #expect(line("Migrate from Atlas", of: wizard)?.hasPrefix("▶") == true)
        wizard.press(.tab)
        #expect(line("Acme / shop", of: wizard)?.hasPrefix("▶") == true)
        wizard.press(.tab)
        #expect(line("copying", of: wizard)?.hasPrefix("▶") == true)
        wizard.press(.backTab)
        #expect(line("Acme / shop", of: wizard)?.hasPrefix("▶") == true)
    }

    @Test(arguments: [Size(60, 18), Size(80, 24)])
    func s1WithManyMigrationsTheCursorIsAlwaysInSight(size: Size) {
        let migrations = (0..<40).map { Sample.migration(.complete, number: 0x100 + $0) }
        var wizard = WizardPilot(agent(migrations), size: size)
        for _ in 0..<46 {
            wizard.press(.down)
            #expect(wizard.lines.contains { $0.hasPrefix("▶") })
        }
        #expect(line("archive", of: wizard)?.hasPrefix("▶") == true)
        wizard.press(.home)
        #expect(wizard.shows("Migrations"))
    }

    @Test func s1TheBellRingsForAMigrationThatWaitsAndAgainAfterAnHour() {
        let migration = Sample.migration(.catchingUp)
        var wizard = WizardPilot(agent([migration]))
        #expect(!wizard.requests.contains(.bell))
        wizard.change(migration.id) {
            $0.phase = .inSync
            $0.cutover.isReady = true
        }
        wizard.advance(by: 60)
        #expect(wizard.requests.count { $0 == .bell } == 1)
        wizard.advanceAlone(by: .seconds(3_600))
        #expect(wizard.requests.count { $0 == .bell } == 2)
    }

    @Test func s1AnAnsweredBellRingsOnlyForAnotherMigration() {
        let both = [
            Sample.migration(.catchingUp), Sample.migration(.catchingUp, number: 0x200),
        ]
        var wizard = WizardPilot(agent(both))
        var bells: Int { wizard.requests.count { $0 == .bell } }
        func begin(_ number: Int) {
            wizard.change(both[number].id) {
                $0.phase = .inSync
                $0.cutover.isReady = true
            }
            wizard.advance(by: 2)
        }
        begin(0)
        #expect(bells == 1)
        // Help is the frame's.
        wizard.press(.character("?"), .escape)
        wizard.advanceAlone(by: .seconds(3_600))
        #expect(bells == 2)
        wizard.press(.down)
        wizard.advanceAlone(by: .seconds(7_200))
        #expect(bells == 2)
        begin(1)
        #expect(bells == 3)
        wizard.press(.up)
        // Caught up with once more, it is another decision.
        wizard.change(both[0].id) { $0.phase = .catchingUp }
        begin(0)
        #expect(bells == 4)
    }

    // MARK: Clusters

    @Test func s21AClusterIsAddedByPastingItsConnectionString() throws {
        let agent = agent()
        var wizard = WizardPilot(agent)
        wizard.press(.character("a"))
        #expect(wizard.shows("Add a cluster"))
        wizard.paste(Self.string + "\n")
        #expect(wizard.shows("a.example.net"))
        wizard.press(.tab, .tab, .tab, .control("u"))
        wizard.type("shop-new")
        wizard.press(.tab, .tab, .tab, .tab, .enter)
        let new = NewCluster(
            name: "shop-new", organization: "Acme Cloud", project: "shop-prod",
            connectionString: Secret(Self.string))
        #expect(wizard.commands == [.add(new)])
        #expect(wizard.message.contains("Added shop-new"))
        #expect(line("shop-new", of: wizard)?.hasPrefix("▶") == true)
    }

    @Test func s21TheNameIsProposedAndAPasswordCanBeGivenApart() throws {
        var wizard = WizardPilot(agent())
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
        ("mongodb://h.example.net/", "secret", "names no user"),
        ("mongodb://u:p@h.example.net/", "secret", "has a password already"),
    ])
    func s21WhatIsMissingIsSaid(string: String, password: String, refusal: String) {
        var wizard = WizardPilot(agent())
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

    @Test func s21ARefusalKeepsTheDialogWithEverythingInIt() {
        let agent = agent()
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
    ])
    func t17ThePasswordIsInNoFrameWhateverIsTyped(string: String, secret: String, shown: String) {
        var wizard = WizardPilot(agent())
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
        let agent = agent()
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

    /// The wizard of another day.
    private func reopened(_ wizard: WizardPilot) throws -> WizardPilot {
        let text = try JSON.text(wizard.pilot.model.kept(at: 0))
        #expect(!text.contains(Sample.secret))
        let saved = try JSONDecoder().decode(SavedState.self, from: Data(text.utf8))
        return WizardPilot(wizard.agent, saved: saved)
    }

    @Test func t17NothingSecretOfTheDialogIsKept() throws {
        var wizard = WizardPilot(agent())
        wizard.press(.character("a"))
        wizard.paste(Self.string)
        wizard.press(.tab, .tab)
        wizard.type("/etc/ca.pem")
        wizard.advance(by: 2)
        let kept = try JSON.text(try #require(wizard.saved.last))
        #expect(!kept.contains(Sample.secret))
        #expect(kept.contains("a.example.net"))
        #expect(!(try JSON.text(wizard.pilot.model)).contains(Sample.secret))

        var again = try reopened(wizard)
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

    @Test func t17OfAHalfTypedSecretNothingIsKept() throws {
        var wizard = WizardPilot(agent())
        wizard.press(.character("a"))
        wizard.type("mongodb://anna:\(Sample.secret)")
        var again = try reopened(wizard)
        #expect(again.shows("mongodb://anna:***"))
        again.press(.tab, .tab, .tab)
        again.type("x")
        again.press(.tab, .tab, .tab, .tab, .enter)
        #expect(again.shows("*** stands for a secret that was not kept: type it again."))
        #expect(again.commands.isEmpty)
    }

    @Test func s21EscKeepsWhatWasTypedAndCancelForgetsIt() throws {
        var wizard = WizardPilot(agent())
        wizard.press(.character("a"))
        wizard.paste("mongodb://shop.example.net/")
        wizard.press(.tab)
        wizard.type(Sample.secret)
        wizard.press(.escape)
        #expect(!wizard.shows("Connection string"))
        wizard = try reopened(wizard)
        #expect(!wizard.shows("Connection string"))
        wizard.press(.character("a"))
        #expect(wizard.shows("mongodb://shop.example.net/"))
        wizard.focus("Cancel")
        wizard.press(.enter, .character("a"))
        #expect(!wizard.shows("mongodb://shop.example.net/"))
    }

    @Test func s21WhatTheAgentRefusesAfterEscIsKept() {
        let agent = agent()
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
        var wizard = WizardPilot(agent())
        wizard.press(.character("a"), .tab, .tab, .tab)
        wizard.type("d?lTqae")
        #expect(wizard.shows("d?lTqae"))
        #expect(!wizard.pilot.hasExited)
        #expect(wizard.footer.contains("F1 Help"))
        wizard.press(.escape)
        #expect(!wizard.shows("Connection string"))
    }

    @Test func s21ACAFileBecomesAnOptionOfTheString() {
        var wizard = WizardPilot(agent())
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

    @Test func s21AClusterIsTested() {
        let agent = agent()
        var wizard = WizardPilot(agent)
        for (key, verb) in [("t", "test"), ("e", "edit"), ("r", "remove")] {
            wizard.type(key)
            #expect(wizard.commands.isEmpty)
            #expect(wizard.message.contains("no cluster under the cursor to \(verb)"))
        }
        wizard.press(.down, .character("t"))
        #expect(wizard.commands == [.testCluster(Sample.source.id)])
        #expect(wizard.message.contains("It answers."))
        wizard.press(.end)
        #expect(wizard.shows("No member of archive answers. Check the address."))
    }

    @Test(arguments: [false, true])
    func s21WhetherItAnswersIsSaidByTheAnswerNotByWhatWasKnown(isEdited: Bool) {
        let agent = agent()
        var wizard = WizardPilot(agent)
        var gone = Sample.source
        gone.trouble = ControlError(.cluster, "No member of it answers.")
        agent.tellsLate = true
        agent.put(.cluster(gone))
        wizard.press(.down)
        if isEdited {
            wizard.press(.character("e"), .tab, .tab, .tab)
            wizard.type("2")
            wizard.press(.tab, .tab, .enter)
        } else {
            wizard.press(.character("t"))
        }
        #expect(wizard.message.contains("is not reached. No member of it answers."))
    }

    @Test(arguments: [Size(60, 18), Size(80, 24)])
    func s21EnterShowsAllThatIsKnownOfACluster(size: Size) {
        var trouble = Sample.unreached
        let members = (1...(size.rows < 20 ? 12 : 28)).map { "member \($0) does not answer" }
            .joined(separator: ", ")
        trouble.trouble = ControlError(
            .cluster, "No primary was found: \(members)", remedy: "start the last one")
        let agent = agent()
        agent.put(.cluster(trouble))
        var wizard = WizardPilot(agent, size: size)
        wizard.press(.end)
        #expect(wizard.footer.contains("Enter Show"))
        #expect(!wizard.shows("Start the last one."))
        #expect(wizard.shows(" more: Enter"))
        wizard.press(.enter)
        let inside = wizard.lines.flatMap { line in
            line.split(separator: "│", omittingEmptySubsequences: false).dropFirst().dropLast()
        }
        let text = inside.joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(
            text.contains("member \(size.rows < 20 ? 12 : 28) does not answer. Start the last one.")
        )
        // Letters are no commands there.
        wizard.type("r")
        #expect(wizard.shows("─ archive ─"))
        agent.put(.cluster(Sample.unreached))
        wizard.hear()
        #expect(wizard.shows("No member of archive answers."))
        wizard.press(.escape)
        #expect(!wizard.shows("─ archive ─"))
        wizard.press(.enter)
        agent.put(.removed(trouble.id))
        wizard.hear()
        #expect(!wizard.shows("─ archive ─"))
    }

    @Test func s21AClusterIsRemovedAfterAQuestion() {
        let agent = agent()
        var wizard = WizardPilot(agent)
        wizard.press(.end, .character("r"))
        #expect(wizard.shows("The cluster itself is not touched."))
        wizard.press(.enter)
        #expect(wizard.commands.isEmpty)
        wizard.press(.character("r"), .tab, .enter)
        #expect(wizard.commands == [.removeCluster(Sample.unreached.id)])
        #expect(!wizard.shows("archive"))
    }

    @Test func s21AClusterInUseIsNotRemovedAndItIsSaidWhy() {
        let agent = agent()
        var wizard = WizardPilot(agent)
        agent.refuseNext(ControlError(.conflict, "a migration uses this cluster"))
        wizard.press(.end, .character("r"), .tab, .enter)
        #expect(wizard.message.contains("A migration uses this cluster."))
        #expect(wizard.shows("archive"))
    }

    // MARK: Below the list

    @Test func s1NoFigureOfAClusterIsBroken() {
        var long = Sample.source
        long.connectionString =
            "mongodb://anna:***@a.example.net:27017,b.example.net/?replicaSet=rs0&tlsCAFile=%2Fetc%2Fssl%2Fshop.pem"
        let agent = agent()
        agent.put(.cluster(long))
        for size in pageSizes {
            var wizard = WizardPilot(agent, size: size)
            wizard.press(.down)
            for part in ["replica set rs0", "3 members", "18 collections", "oplog 31 h 0 m"] {
                #expect(wizard.shows(part), "\(size)")
            }
        }
        long.facts?.members = []
        agent.put(.cluster(long))
        var wizard = WizardPilot(agent)
        wizard.press(.down)
        #expect(wizard.shows("18 collections") && !wizard.shows("member"))
    }

    @Test func s1WhatIsWaitedForIsASentence() {
        var live = Sample.migration(.copying)
        live.waitingFor = ["a member of shop-atlas that answers", "room on its disk"]
        let wizard = WizardPilot(agent([live]))
        #expect(
            wizard.shows("Waiting for a member of shop-atlas that answers; room on its disk"))
    }

    @Test(arguments: [Size(60, 18), Size(80, 24)])
    func s1AListThatIsLongerThanThePageSaysSo(size: Size) {
        #expect(!WizardPilot(agent(), size: size).shows(" more "))
        let migrations = (0..<40).map { Sample.migration(.complete, number: 0x100 + $0) }
        var wizard = WizardPilot(agent(migrations), size: size)
        wizard.press(.home)
        #expect(wizard.shows(" more ↓") && !wizard.shows("more ↑"))
        let first = wizard.lines.count { $0.contains("shop-rs0 ─▶") }
        #expect(wizard.shows(" \(46 - first) more ↓"))
        wizard.press(.end)
        #expect(wizard.shows(" more ↑") && !wizard.shows("more ↓"))
    }
}
