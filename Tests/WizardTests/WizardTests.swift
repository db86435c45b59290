import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The frame around the pages, and the keys that work on all of them.
@Suite struct WizardTests {
    private func agent(_ migrations: LiveMigration...) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations = migrations
        return ScriptedAgent(snapshot)
    }

    @Test func theFrameSaysWhoWhereAndWhen() {
        let wizard = WizardPilot()
        #expect(wizard.lines[0].hasPrefix(" lagzero  Migration Hub"))
        #expect(wizard.lines[0].hasSuffix("bastion  03:14:09 CET  02:14:09Z"))
        #expect(wizard.lines[1].hasPrefix("────"))
        #expect(wizard.lines[21].hasPrefix("────"))
        #expect(wizard.footer.contains("? Help   d Detach"))
    }

    @Test func theClocksGoOnEverySecond() {
        var wizard = WizardPilot()
        wizard.advance(by: 3)
        #expect(wizard.lines[0].hasSuffix("03:14:12 CET  02:14:12Z"))
        #expect(wizard.pilot.nextTime == .seconds(4))
    }

    @Test func inAnIdleMinuteOnlyTheTimeIsSavedOnce() {
        let agent = agent(Sample.migration(.complete))
        var wizard = WizardPilot(agent)
        // Past a quarter of an hour, at which clocks may be put forward or back.
        wizard.advance(by: 60)
        let (effects, requests) = (wizard.pilot.effects.count, agent.requests.count)
        wizard.advance(by: 60)
        #expect(wizard.pilot.effects.count == effects + 1)
        guard case .saveTime = wizard.pilot.effects.last else {
            Issue.record("\(String(describing: wizard.pilot.effects.last))")
            return
        }
        #expect(agent.requests.count == requests)
        // Nothing is due but the clock.
        #expect(wizard.pilot.nextTime == .seconds(121))
    }

    @Test func whatHappenedMeanwhileIsSaidWhenEveryMigrationIsKnown() {
        var snapshot = Sample.snapshot
        snapshot.migrations = (0..<60).map { Sample.migration(.complete, number: 0x100 + $0) }
        let saved = SavedState(pages: [], lastSeen: Sample.time - 86_400_000, theme: nil)
        var pilot = Pilot(Wizard.self, model: .init(me: Sample.me, saved: saved))
        func heard(_ snapshot: Snapshot) -> Wizard.Message {
            .heard(
                Event(sequence: snapshot.sequence, time: snapshot.time, change: .snapshot(snapshot))
            )
        }
        pilot.send(heard(snapshot.with(past: 50)))
        #expect(pilot.screen.contains("Migration Hub"))
        pilot.send(heard(snapshot))
        #expect(pilot.screen.contains("While you were away"))
    }

    @Test func anAgentThatCannotWriteItsStoreSaysSoOnEveryPage() {
        let agent = agent(Sample.migration(.copying))
        var wizard = WizardPilot(agent)
        var trouble = agent.snapshot.agent
        trouble.trouble = ControlError(
            .store, "The agent cannot write down where its migrations are, the disk is full",
            remedy: "they go on meanwhile; make room there")
        agent.put(.agent(trouble))
        wizard.advance(by: 1)
        #expect(wizard.screen.contains("cannot write down where its migrations are"))
        #expect(wizard.screen.contains("make room there."))
        trouble.trouble = nil
        agent.put(.agent(trouble))
        wizard.advance(by: 1)
        #expect(!wizard.screen.contains("make room there"))
    }

    @Test func inUTCThereIsOneClock() {
        let wizard = WizardPilot(zone: Zone(name: "UTC", secondsFromUTC: 0))
        #expect(wizard.lines[0].hasSuffix("bastion  02:14:09Z"))
    }

    @Test(arguments: [Size(80, 24), Size(60, 18), Size(120, 40), Size(200, 60)])
    func everySizeHasTheWholeFrame(size: Size) {
        let wizard = WizardPilot(size: size)
        #expect(wizard.lines[0].hasPrefix(" lagzero  Migration Hub"))
        #expect(wizard.lines[0].hasSuffix("02:14:09Z"))
        #expect(wizard.footer.contains("d Detach"))
        #expect(wizard.shows("shop-rs0"))
    }

    @Test func s20TooSmallATerminalSaysWhatIsNeededAndKeysStillWork() {
        var wizard = WizardPilot(size: Size(40, 10))
        #expect(wizard.lines[0] == "lagzero needs 60x18, this is 40x10")
        #expect(wizard.lines[1...].allSatisfy { $0.isEmpty })
        wizard.press(.character("?"))
        wizard.resize(80, 24)
        #expect(wizard.shows(" Help "))
        wizard.resize(59, 18)
        #expect(wizard.lines[0].contains("60x18"))
        wizard.press(.escape, .character("d"))
        #expect(wizard.requests.contains(.exit))
    }

    @Test func s19HelpIsMadeFromTheKeysOfThePage() {
        var wizard = WizardPilot()
        wizard.press(.character("?"))
        #expect(wizard.shows("Add a cluster"))
        #expect(wizard.shows("Everywhere"))
        #expect(wizard.shows("Detach"))
        wizard.press(.escape)
        #expect(!wizard.shows("Everywhere"))
        wizard.press(.function(1))
        #expect(wizard.shows("Everywhere"))
    }

    @Test(arguments: [Size(60, 18), Size(80, 24)])
    func s19TheHelpEndsWhereItsLastLineIsSeen(size: Size) {
        var wizard = WizardPilot(agent(Sample.migration(.copying)), host: demo, size: size)
        wizard.press(.enter, .character("?"))
        #expect(wizard.shows(" more "))
        var steps = 0
        while wizard.shows(" more "), steps < 100 {
            wizard.press(.down)
            steps += 1
        }
        let end = wizard.screen
        for _ in 0..<20 { wizard.press(.down) }
        #expect(wizard.screen == end)
        wizard.press(.up)
        #expect(wizard.shows(" 1 more "))
    }

    @Test func s19TheLogOfTheMigrationOpensAndFollows() {
        let migration = Sample.migration(.copying)
        let agent = agent(migration)
        agent.log("copied shop.items", of: migration.id)
        _ = agent.takeEvents()
        var wizard = WizardPilot(agent)
        wizard.press(.character("l"))
        #expect(wizard.shows("Log of shop-rs0 to shop-atlas"))
        #expect(wizard.shows("02:14:09  copied shop.items"))
        agent.log("copying shop.events", of: migration.id)
        wizard.hear()
        #expect(wizard.shows("copying shop.events"))
        wizard.press(.escape)
        #expect(!wizard.shows("Log of"))
    }

    @Test func s19WhereTheDayChangesTheLogSaysSo() {
        let migration = Sample.migration(.copying)
        let agent = agent(migration)
        for hours: Int64 in [4, 3, 1] {
            agent.time = Sample.time - hours * 3_600_000
            agent.log("copied \(hours)", of: migration.id)
        }
        agent.time = Sample.time
        let rows = [
            " Thu 19 Nov", " 22:14:09  copied 4", " 23:14:09  copied 3",
            " Fri 20 Nov", " 01:14:09  copied 1",
        ]
        var wizard = WizardPilot(agent)
        func log() -> [String] {
            Array(wizard.lines.drop { $0 != rows[0] }.prefix { !$0.isEmpty && !$0.contains("──") })
        }
        wizard.press(.character("l"))
        #expect(log() == rows)
        wizard.press(.escape, .enter)
        wizard.resize(120, 40)
        #expect(log() == rows)
        // Of today alone it needs no day.
        let today = self.agent(migration)
        today.log("copied it", of: migration.id)
        var other = WizardPilot(today)
        other.press(.character("l"))
        #expect(other.shows("02:14:09  copied it"))
        #expect(!other.shows("Fri 20 Nov"))
    }

    @Test(arguments: [true, false])
    func s19TheLogLeadsBackToItsFirstLine(isOpen: Bool) {
        let migration = Sample.migration(.copying)
        let agent = agent(migration)
        for number in 1...1_300 { agent.log("copied part \(number).", of: migration.id) }
        _ = agent.takeEvents()
        var wizard = WizardPilot(agent)
        wizard.press(.enter)
        if isOpen { wizard.press(.character("L")) }
        #expect(wizard.shows("copied part 1300."))
        for _ in 0..<5 { wizard.press(.home) }
        #expect(wizard.shows("copied part 1."))
        #expect(!wizard.shows("older lines"))
        wizard.press(.end)
        #expect(wizard.shows("copied part 1300."))
        let asked = agent.requests.count { if case .log = $0 { true } else { false } }
        #expect(asked == 3)
    }

    @Test func s19LinesThatWereNotHeardAreRead() {
        let migration = Sample.migration(.copying)
        let agent = agent(migration)
        agent.log("one", of: migration.id)
        var wizard = WizardPilot(agent)
        wizard.press(.enter)
        agent.log("two", of: migration.id)
        // The stream broke, and began anew.
        _ = agent.takeEvents()
        agent.log("three", of: migration.id)
        wizard.hear()
        for text in ["one", "two", "three"] { #expect(wizard.shows("02:14:09  \(text)")) }
    }

    @Test func s19ALogThatNobodyLooksAtTakesNoMoreRoom() {
        let migration = Sample.migration(.copying)
        let agent = agent(migration)
        var wizard = WizardPilot(agent)
        for number in 1...700 { agent.log("copied part \(number).", of: migration.id) }
        wizard.hear()
        let lines = wizard.pilot.model.world.log(of: migration.id).lines
        #expect(lines.map(\.sequence) == Array(201...700))
    }

    @Test func s19ALogWithoutALineSaysSo() {
        let live = Sample.migration(.preparing)
        let page = Page.migrating(MigratingData(live.id))
        var wizard = WizardPilot(
            Sample.agent(live), saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
        wizard.press(.character("L"))
        #expect(wizard.shows("Nothing was logged yet."))
    }

    @Test func s19WithoutAMigrationThereIsNoLog() {
        var wizard = WizardPilot()
        wizard.press(.character("l"))
        #expect(wizard.message.contains("No migration is open here, so there is no log to show."))
    }

    @Test func dDetachesAndKeepsWhereTheUserWas() {
        var wizard = WizardPilot()
        wizard.press(.character("d"))
        #expect(wizard.requests.last == .exit)
        #expect(wizard.saved.last?.lastSeen == Sample.time)
        #expect(wizard.saved.last?.pages.count == 1)
    }

    @Test func ctrlCLeavesOnlyWhenItIsPressedTwice() {
        var wizard = WizardPilot()
        wizard.press(.control("c"))
        #expect(wizard.message.contains("migrations go on"))
        wizard.advance(by: 9)
        #expect(!wizard.message.contains("migrations go on"))
        wizard.press(.control("c"))
        #expect(!wizard.pilot.hasExited)
        wizard.happen(.interrupt)
        #expect(wizard.pilot.hasExited)
    }

    @Test func ctrlZStopsTheProgramAndCtrlLDrawsAnew() {
        var wizard = WizardPilot()
        wizard.press(.control("z"), .control("l"))
        #expect(wizard.requests.suffix(2) == [.suspend, .repaint])
    }

    @Test func anEscAtTheHubDoesNothing() {
        var wizard = WizardPilot()
        let before = wizard.screen
        wizard.press(.escape)
        #expect(wizard.screen == before)
    }

    @Test func capitalTGoesThroughTheThemesAndTheChoiceIsKept() {
        var wizard = WizardPilot()
        wizard.press(.character("T"))
        #expect(wizard.message.contains("atlas-light"))
        #expect(wizard.requests.contains(.theme(Theme.builtIn[1])))
        wizard.advance(by: 1)
        #expect(wizard.saved.last?.theme == "atlas-light")
    }

    @Test func aBandStaysInSight() {
        var wizard = WizardPilot(host: demo)
        #expect(wizard.lines[1] == " DEMO: two replica sets of this host")
        wizard.press(.character("?"))
        #expect(wizard.lines[1] == " DEMO: two replica sets of this host")
        // The help is longer than the screen with the band.
        for _ in 0..<10 { wizard.press(.down) }
        #expect(wizard.shows("Stop the application"))
        var changed = demo
        changed.band = "DEMO: stopped"
        wizard.send(.host(changed))
        #expect(wizard.lines[1] == " DEMO: stopped")
    }

    @Test func theHostsKeyWorksWhereLettersAreNotTyped() {
        var wizard = WizardPilot(host: demo)
        wizard.press(.character("s"))
        #expect(wizard.pilot.effects.count { $0 == .hostKey } == 1)
        wizard.press(.character("a"), .character("s"))
        #expect(wizard.pilot.effects.count { $0 == .hostKey } == 1)
        #expect(wizard.page.screen.holdsKeys)
        var other = WizardPilot()
        other.press(.character("s"))
        #expect(!other.pilot.effects.contains(.hostKey))
    }

    @Test(arguments: [Key.character("d"), .control("c")])
    func whereLeavingEndsMoreItIsAskedForTwice(key: Key) {
        var wizard = WizardPilot(host: demo)
        #expect(wizard.footer.contains("d End the demo"))
        wizard.press(key)
        #expect(wizard.message.contains("Again ends the demo."))
        #expect(!wizard.requests.contains(.exit))
        wizard.advance(by: 9)
        wizard.press(key)
        #expect(!wizard.requests.contains(.exit))
        wizard.press(key)
        #expect(wizard.requests.contains(.exit))
    }

    private var demo: Host {
        Host(
            band: "DEMO: two replica sets of this host", key: .character("s"),
            label: "Stop the application", leave: "End the demo", leaving: "Again ends the demo.")
    }

    @Test func theWindowsTitleTellsPhasePercentAndLag() {
        let migration = Sample.migration(.copying)
        var wizard = WizardPilot(agent(migration))
        #expect(
            wizard.requests.contains(.title("lagzero shop-rs0 -> shop-atlas: copying  68 %")))
        wizard.change(migration.id) { $0.figures.bytesCopied = 412_000_000_000 }
        #expect(wizard.requests.count { $0.isTitle } == 2)
        wizard.advance(by: 11)
        #expect(
            wizard.requests.last { $0.isTitle }
                == .title("lagzero shop-rs0 -> shop-atlas: copying  100 %"))
        wizard.change(migration.id) {
            $0.phase = .catchingUp
            $0.figures.lagSeconds = 7
        }
        #expect(
            wizard.requests.last { $0.isTitle }
                == .title("lagzero shop-rs0 -> shop-atlas: catching up  lag 00:00:07"))
    }

    @Test func s17WhatIsNotHeardOfIsNoPhaseInTheTitleAndRingsWhileAMigrationGoesOn() {
        for phase in [MigrationPhase.inSync, .complete] {
            let live = Sample.measured(phase)
            var wizard = WizardPilot(agent(live))
            wizard.advance(by: 2)
            let title = wizard.requests.last { $0.isTitle }
            wizard.advanceAlone(by: .seconds(6))
            let bells = wizard.requests.count { $0 == .bell }
            #expect(
                wizard.requests.last { $0.isTitle }
                    == (phase == .inSync
                        ? .title("lagzero shop-rs0 -> shop-atlas: no news from the agent") : title))
            wizard.advanceAlone(by: .seconds(60))
            #expect(
                wizard.requests.count { $0 == .bell } == bells + (phase == .inSync ? 1 : 0))
            wizard.advance(by: 1)
            #expect(wizard.requests.last { $0.isTitle } == title)
        }
    }

    @Test func s17ASilentAgentIsSaidAndItsReturnToo() {
        var wizard = WizardPilot()
        wizard.advance(by: 3)
        wizard.advanceAlone(by: .seconds(4))
        #expect(!wizard.message.contains("No news"))
        wizard.advanceAlone(by: .seconds(2))
        #expect(wizard.message.contains("No news from the agent for 6 s"))
        #expect(wizard.footer.contains("A Start the agent"))
        wizard.advance(by: 1)
        #expect(!wizard.message.contains("No news"))
    }

    @Test func t11ASlowLinkIsSaidInTheFooterBesideTheKeysThatMatter() {
        for columns in [60, 80, 120] {
            var wizard = WizardPilot(size: Size(columns, 24))
            wizard.happen(.link(isSlow: true))
            #expect(wizard.footer.hasSuffix("! slow link, every 5 s"))
            #expect(wizard.footer.contains("? Help") && wizard.footer.contains("d Detach"))
            wizard.happen(.link(isSlow: false))
            #expect(!wizard.footer.contains("slow link"))
        }
    }

    @Test func s17AnAgentThatStartedAgainIsTakenUp() {
        let migration = Sample.migration(.copying)
        let agent = agent(migration)
        var wizard = WizardPilot(agent)
        wizard.advanceAlone(by: .seconds(8))
        wizard.press(.character("A"))
        #expect(wizard.pilot.effects.contains(.startAgent))
        var snapshot = agent.snapshot
        snapshot.sequence += 100
        snapshot.migrations[0].phase = .paused
        wizard.send(
            .heard(
                Event(
                    sequence: snapshot.sequence, time: snapshot.time, change: .snapshot(snapshot))))
        #expect(wizard.shows("paused"))
        #expect(!wizard.message.contains("No news"))
    }

    @Test func s17AnAgentThatNeverAnsweredIsSaid() {
        var pilot = Pilot(Wizard.self, model: .init(me: Sample.me))
        #expect(pilot.screen.contains("Waiting for the agent"))
        pilot.advance(by: .seconds(6))
        #expect(pilot.screen.contains("The agent does not answer"))
        pilot.send(.troubled(ControlError(.agentUnreachable, "It cannot start.")))
        #expect(pilot.lines[22].contains("It cannot start."))
        #expect(pilot.lines[21].contains("The agent does not answer"))
        pilot.resize(Size(60, 18))
        #expect(pilot.lines[16].contains("It cannot start."))
        pilot.advance(by: .seconds(40))
        #expect(pilot.lines[16].contains("The agent does not answer"))
    }

    @Test(arguments: [Size(80, 24), Size(60, 18)])
    func s17AnAgentThatHangsIsNamedUntilItAnswers(size: Size) {
        let hung = ControlError(
            .agentSilent, "the agent, process 4711, does not answer",
            remedy: "wake it (kill -CONT 4711) or end it (kill -9 4711): the next one goes on")
        var pilot = Pilot(Wizard.self, model: .init(me: Sample.me), size: size)
        pilot.send(.troubled(hung))
        func saysSo() -> Bool {
            let lines = pilot.lines.suffix(3).prefix(2).joined(separator: " ")
            let said = lines.split(separator: " ").joined(separator: " ")
            return said.hasPrefix(
                "✘ The agent, process 4711, does not answer. Wake it (kill -CONT 4711)")
                && said.contains("or end it (kill -9 4711)")
        }
        #expect(saysSo())
        #expect(pilot.lines.last?.contains("A Start the agent") == true)
        pilot.advance(by: .seconds(60))
        #expect(saysSo())
        pilot.type("A")
        #expect(pilot.effects.contains(.startAgent))
        #expect(pilot.screen.contains("Starting the agent"))
        pilot.send(.troubled(hung))
        #expect(saysSo())
        pilot.send(.heard(Event(sequence: 1, time: 1, change: .snapshot(Sample.snapshot))))
        #expect(!pilot.screen.contains("4711"))
        #expect(pilot.lines.last?.contains("A Start the agent") == false)
    }

    @Test(arguments: [Size(80, 24), Size(60, 18)])
    func aLongMessageTakesTwoLines(size: Size) {
        var wizard = WizardPilot(size: size)
        wizard.send(
            .troubled(
                ControlError(
                    .cluster, "No member of the replica set rs0 answers within thirty seconds",
                    remedy: "check the address and the firewall")))
        let two = wizard.lines.suffix(3).prefix(2)
        #expect(two.first?.hasPrefix(" ✘ No member of the replica set rs0 answers") == true)
        #expect(two.last?.hasSuffix("and the firewall.") == true)
        wizard.advance(by: 31)
        #expect(!wizard.shows("No member"))
    }

    @Test func aHangUpKeepsWhereTheUserWas() {
        var wizard = WizardPilot()
        let before = wizard.saved.count
        wizard.happen(.hangUp)
        #expect(wizard.saved.count == before + 1)
    }

    @Test func nothingIsKeptAnewWhileNothingChanges() {
        var wizard = WizardPilot()
        wizard.advance(by: 2)
        let before = wizard.saved.count
        wizard.advance(by: 55)
        #expect(wizard.saved.count == before)
    }
}

extension TerminalRequest {
    var isTitle: Bool { if case .title = self { true } else { false } }
}
