import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// *Migration Hub*: the list, the card and the clusters.
@Suite struct MigrationHubTests {
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
        #expect(wizard.message.contains("It was given up and left nothing to be done."))
        wizard.press(.character("l"))
        #expect(wizard.shows("Log of shop-rs0"))
    }

    @Test func s1WhoDrivesIsSaidUnderTheList() {
        var live = Sample.migration(.copying)
        live.driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        #expect(WizardPilot(agent([live])).shows("Driven by ben@bastion pts/4."))
    }

    @Test func s1AShardedClusterIsSaidToBeOne() {
        var facts = ClusterFacts()
        facts.isSharded = true
        #expect(facts.words.first == "sharded cluster")
    }

    @Test(arguments: ["test", "edit", "remove"])
    func s21WhatIsForAClusterAsksForOneElsewhere(verb: String) {
        var wizard = WizardPilot()
        wizard.type(String(verb.prefix(1)))
        #expect(
            wizard.message.contains(
                "There is no cluster under the cursor to \(verb): choose one first."))
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
        wizard.advance(by: 3_600, hearingEvery: 20)
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
        wizard.advance(by: 3_600, hearingEvery: 20)
        #expect(bells == 2)
        wizard.press(.down)
        wizard.advance(by: 7_200, hearingEvery: 20)
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
        #expect(wizard.message.contains("The cluster was removed."))
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

    @Test func s1WhatCanBeBegunIsSaidWholeOnTheSmallestScreen() {
        let wizard = WizardPilot(size: Size(60, 18))
        for flow in Flow.all { #expect(wizard.shows(flow.card.text)) }
    }
}
