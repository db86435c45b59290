import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// What is kept from one time to the next, and *While you were away*.
@Suite struct SavedStateTests {
    private let migration = Sample.migration(.copying)

    private func agent(_ migrations: LiveMigration...) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations = migrations
        return ScriptedAgent(snapshot)
    }

    /// As it comes back from a file.
    private func stored(_ state: SavedState) throws -> SavedState {
        try JSONDecoder().decode(SavedState.self, from: JSONEncoder().encode(state))
    }

    // MARK: Pages

    @Test func theOpenPageWithWhatWasTypedOpensAgain() throws {
        var first = WizardPilot()
        first.press(.enter, .space)
        #expect(first.shows("Before you begin   1 of 8"))
        first.happen(.hangUp)
        let saved = try stored(#require(first.saved.last))
        var second = WizardPilot(saved: saved)
        #expect(second.shows("Before you begin   1 of 8"))
        second.press(.escape)
        #expect(second.shows("Clusters"))
    }

    @Test func aMigrationThatIsAskedForOpensAndWhatWasTypedStays() throws {
        var first = WizardPilot(agent(migration))
        first.press(.tab, .enter, .space)
        #expect(first.shows("Before you begin   1 of 8"))
        first.happen(.hangUp)
        let saved = try stored(#require(first.saved.last)).opening(migration)
        var second = WizardPilot(agent(migration), saved: saved)
        #expect(second.shows("Copying data"))
        second.press(.escape)
        #expect(second.shows("Clusters"))
        second.press(.enter)
        #expect(second.shows("Before you begin   1 of 8"))
        // One that has left nothing to be seen is on the hub.
        var cancelled = migration
        cancelled.phase = .cancelled
        #expect(
            saved.opening(cancelled).pages.allSatisfy { if case .hub = $0 { true } else { false } })
    }

    @Test func whereAMigrationIsAskedForTheDialogOfAClusterStaysToo() throws {
        var first = WizardPilot(agent(migration))
        first.type("a")
        first.type("half a name")
        first.happen(.hangUp)
        let saved = try stored(#require(first.saved.last)).opening(migration)
        var second = WizardPilot(agent(migration), saved: saved)
        #expect(second.shows("Copying data"))
        second.press(.escape)
        #expect(second.shows("half a name"))
    }

    @Test func aPageThatWasLeftKeepsWhatWasTypedOnIt() throws {
        var wizard = WizardPilot()
        wizard.press(.enter, .space, .escape)
        wizard.press(.enter)
        #expect(wizard.shows("Before you begin   1 of 8"))
        wizard.press(.escape, .character("d"))
        var again = WizardPilot(saved: try stored(#require(wizard.saved.last)))
        #expect(again.shows("Clusters"))
        again.press(.enter)
        #expect(again.shows("Before you begin   1 of 8"))
    }

    @Test func thePageOfAMigrationOpensAgain() throws {
        let agent = agent(migration)
        var first = WizardPilot(agent)
        first.press(.enter, .character("d"))
        let second = WizardPilot(agent, saved: try stored(#require(first.saved.last)))
        #expect(second.lines[0].contains("Migrating Data"))
        #expect(second.pages.count == 2)
    }

    @Test func whatWasTypedForACutoverIsNotKept() throws {
        let agent = agent(Sample.migration(.inSync))
        let id = Sample.migration(.inSync).id
        let pages: [Page] = [
            .hub(MigrationHub()), .migrating(MigratingData(id)), .inSync(InSync(id)),
            .cutover(Cutover(id, confirmedName: "shop-atlas")),
        ]
        let saved = SavedState(pages: pages, lastSeen: Sample.time, theme: nil)
        let wizard = WizardPilot(agent, saved: try stored(saved))
        #expect(wizard.pages.count == 3)
        #expect(wizard.shows("I'm ready to cutover"))
    }

    @Test func theThemeIsKept() throws {
        var wizard = WizardPilot()
        wizard.press(.character("T"), .character("d"))
        #expect(try stored(#require(wizard.saved.last)).theme == "atlas-light")
    }

    @Test func pagesOfAnotherVersionAreLeftOut() throws {
        let text = #"{"pages":[{"future":{}}],"lastSeen":5,"theme":7}"#
        let saved = try JSONDecoder().decode(SavedState.self, from: Data(text.utf8))
        #expect(saved == SavedState(pages: [], lastSeen: 5, theme: nil))
    }

    @Test func aPageThatIsNotUnderstoodHidesNoOther() throws {
        let pages = [Page.hub(MigrationHub()), .migrating(MigratingData(migration.id))]
        let known = try pages.map { try JSON.text($0) }
        let all = [known[0], #"{"future":{}}"#, "7", known[1]].joined(separator: ",")
        let text = #"{"pages":[\#(all)],"drafts":[{"future":{}},\#(known[0])]}"#
        let saved = try JSONDecoder().decode(SavedState.self, from: Data(text.utf8))
        #expect(saved.pages == pages)
        #expect(saved.drafts == [pages[0]])
    }

    // MARK: When it is written

    @Test func aPageThatIsOnlyLookedAtIsWrittenOnceAMinuteForTheTime() {
        let agent = agent(migration)
        var wizard = WizardPilot(agent)
        wizard.press(.enter)
        wizard.advance(by: 2)
        let before = wizard.saved.count
        // The wheel is claimed all the time, and figures come.
        for number in 0..<50 {
            wizard.change(migration.id) { $0.figures.bytesCopied = number }
            wizard.advance(by: 1)
        }
        #expect(wizard.commands.count { $0 == .claim(migration.id) } > 10)
        #expect(wizard.saved.count == before)
        wizard.advance(by: 550)
        #expect((before + 8...before + 11).contains(wizard.saved.count))
        let pages = wizard.saved.last?.pages
        #expect(wizard.saved.dropFirst(before).allSatisfy { $0.pages == pages })
    }

    /// What is performed outside of the terminal's thread wakes another one up.
    @Test func aWizardThatNobodyTouchesWakesUpForItsTicksOnly() {
        var wizard = WizardPilot()
        wizard.advance(by: 5)
        let before = wizard.pilot.effects.count
        wizard.advance(by: 1_800)
        let effects = wizard.pilot.effects.dropFirst(before)
        #expect(effects.count { if case .saveTime = $0 { true } else { false } } >= 28)
        let runner = Runner(
            wizard.agent, me: Sample.me, keep: { _ in }, zone: { .utc }, startAgent: {})
        for effect in effects {
            let isDone = runner.performAtOnce(effect, Sender { _ in })
            #expect(isDone, "\(effect)")
        }
    }

    @Test func whatIsDoneIsWrittenWithinTwoSeconds() throws {
        var wizard = WizardPilot()
        wizard.advance(by: 5)
        let before = wizard.saved.count
        wizard.press(.enter, .space)
        wizard.advance(by: 2)
        #expect(wizard.saved.count > before)
        var again = WizardPilot(saved: try stored(#require(wizard.saved.last)))
        #expect(again.shows("Before you begin   1 of 8"))
        again.press(.escape)
        #expect(again.shows("Clusters"))
    }

    @Test func aClockThatGoesBackDelaysNoSave() {
        var wizard = WizardPilot(agent(migration))
        wizard.press(.enter)
        wizard.advance(by: 5)
        var model = wizard.pilot.model
        func saves(after seconds: Int) -> Int {
            let moment = Moment(
                uptime: wizard.pilot.moment.uptime + .seconds(seconds),
                wall: Sample.time - 30_000 + Int64(seconds) * 1_000)
            return Wizard.reduce(&model, .terminal(.tick, moment)).count {
                if case .saveTime = $0 { true } else { false }
            }
        }
        #expect(saves(after: 10) == 0)
        #expect(saves(after: 61) == 1)
    }

    @Test func s18AfterAKillTheTimeInTheFileIsAMinuteOldAtMost() throws {
        let agent = agent(migration)
        var first = WizardPilot(agent)
        first.press(.enter)
        first.advance(by: 330)
        // Killed here: nothing is written any more.
        let saved = try stored(#require(first.saved.last))
        #expect(agent.time - (saved.lastSeen ?? 0) <= 60_000)
        agent.time += 600_000
        agent.log("copied shop.items", of: migration.id)
        let second = WizardPilot(agent, saved: saved)
        #expect(second.lines[0].contains("While you were away"))
        #expect(second.shows("copied shop.items"))
    }

    @Test func s18WhoHasNotHeardTheAgentHasSeenNothing() throws {
        let agent = agent(migration)
        agent.isLost = true
        var wizard = WizardPilot(agent, saved: saved(3_600_000))
        wizard.advanceAlone(by: .seconds(130))
        wizard.press(.character("d"))
        #expect(wizard.saved.last?.lastSeen == Sample.time - 3_600_000)
        #expect(wizard.saved.count < 5)
    }

    // MARK: While you were away

    private func saved(_ milliseconds: Int64) -> SavedState {
        SavedState(
            pages: [.hub(MigrationHub()), .migrating(MigratingData(migration.id))],
            lastSeen: Sample.time - milliseconds, theme: nil)
    }

    @Test func s18WhatHappenedMeanwhileIsSaidFirst() {
        let agent = agent(migration)
        agent.time = Sample.time - 7_200_000
        agent.log("copying shop.items", of: migration.id)
        agent.time = Sample.time - 60_000
        agent.log("copied shop.items", of: migration.id)
        agent.time = Sample.time
        var wizard = WizardPilot(agent, saved: saved(3_600_000))
        #expect(wizard.lines[0].contains("While you were away"))
        #expect(wizard.shows("Since Fri 20 Nov 01:14 UTC"))
        #expect(wizard.shows("shop-rs0 ─▶ shop-atlas   copying now"))
        #expect(wizard.shows("02:13:09  copied shop.items"))
        #expect(!wizard.shows("copying shop.items"))
        wizard.press(.enter)
        #expect(wizard.lines[0].contains("Migrating Data"))
    }

    @Test func s18AStoryThatWasNotReadToItsEndIsToldAgain() throws {
        let agent = agent(migration)
        agent.time = Sample.time - 60_000
        agent.log("copied shop.items", of: migration.id)
        agent.time = Sample.time
        var first = WizardPilot(agent, saved: saved(3_600_000))
        #expect(first.shows("copied shop.items"))
        first.advance(by: 90)
        first.happen(.hangUp)
        agent.log("copied shop.carts", of: migration.id)
        var second = WizardPilot(agent, saved: try stored(#require(first.saved.last)))
        #expect(second.lines[0].contains("While you were away"))
        #expect(second.shows("copied shop.items") && second.shows("copied shop.carts"))
        // Read, it is not told once more.
        second.press(.enter)
        second.advance(by: 90)
        second.happen(.hangUp)
        let third = WizardPilot(agent, saved: try stored(#require(second.saved.last)))
        #expect(third.lines[0].contains("Migrating Data"))
    }

    @Test func s18WhatDidNotHappenTodayHasItsDay() {
        let agent = agent(migration)
        for (hours, text) in [(30, "one"), (28, "two"), (4, "three"), (1, "four")] {
            agent.time = Sample.time - Int64(hours) * 3_600_000
            agent.log("copied \(text)", of: migration.id)
        }
        agent.time = Sample.time
        let wizard = WizardPilot(agent, saved: saved(48 * 3_600_000))
        let story = wizard.lines.drop { !$0.contains("─▶") }.dropFirst().prefix(7)
        #expect(
            Array(story) == [
                "   Wed 18 Nov", "   20:14:09  copied one", "   22:14:09  copied two",
                "   Thu 19 Nov", "   22:14:09  copied three",
                "   Fri 20 Nov", "   01:14:09  copied four",
            ])
    }

    @Test func s18ALongStoryScrolls() {
        let agent = agent(migration)
        agent.time = Sample.time - 60_000
        for number in 1...40 { agent.log("copied part \(number)", of: migration.id) }
        agent.time = Sample.time
        var wizard = WizardPilot(agent, saved: saved(3_600_000), size: Size(60, 18))
        #expect(!wizard.shows("part 40"))
        #expect(wizard.shows(" more ↓"))
        for _ in 0..<100 { wizard.press(.down) }
        #expect(wizard.shows("part 40"))
        #expect(!wizard.shows(" more ↓"))
        wizard.press(.up)
        #expect(!wizard.shows("part 40"))
        for _ in 0..<42 { wizard.press(.up) }
        #expect(wizard.shows("Since Fri 20 Nov"))
    }

    @Test func s18MigrationsThatEndedMeanwhileAreNamedOthersNot() {
        var before = Sample.migration(.complete, number: 0x41)
        before.endedAt = Sample.time - 7_200_000
        before.destinationName = "long-ago"
        let wizard = WizardPilot(
            agent(before, Sample.migration(.failed)), saved: saved(3_600_000))
        #expect(wizard.shows("shop-atlas   failed now"))
        #expect(!wizard.shows("long-ago"))
    }

    @Test func s18AnAgentThatWasStartedMeanwhileIsSaid() {
        let wizard = WizardPilot(agent(migration), saved: saved(3_600_000))
        #expect(wizard.shows("The agent was started again at"))
    }

    @Test func s18AfterAMomentOrWithoutMigrationsThereIsNothingToSay() {
        #expect(WizardPilot(agent(migration), saved: saved(30_000)).shows("Applying new writes"))
        let quiet = SavedState(pages: [], lastSeen: Sample.time - 3_600_000, theme: nil)
        #expect(WizardPilot(saved: quiet).shows("Migration Hub"))
        #expect(WizardPilot(agent(migration)).shows("Migration Hub"))
    }

    /// With so many lines, a minute ago.
    private func talkative(_ lines: Int) -> ScriptedAgent {
        let agent = agent(migration)
        agent.time = Sample.time - 60_000
        for number in 1...lines { agent.log("copied part \(number).", of: migration.id) }
        agent.time = Sample.time
        _ = agent.takeEvents()
        return agent
    }

    @Test func s18ALongAbsenceIsToldFromItsBeginning() {
        var wizard = WizardPilot(talkative(1_300), saved: saved(3_600_000))
        #expect(wizard.shows("copied part 1."))
        wizard.press(.end)
        #expect(wizard.shows("copied part 1300."))
    }

    @Test func s18WhatWasOnlySeenToHappenHasNoLines() {
        let agent = agent(migration)
        agent.change(migration.id) { $0.phase = .paused }
        let wizard = WizardPilot(agent, saved: saved(3_600_000))
        #expect(wizard.shows("nothing was logged"))
    }

    @Test func s18WhatIsTooMuchToTellIsSaidToBeInTheLog() {
        var wizard = WizardPilot(talkative(2_700), saved: saved(3_600_000))
        #expect(wizard.shows("What was logged before that is in its log"))
        wizard.press(.enter, .character("L"), .home)
        for _ in 0..<8 { wizard.press(.home) }
        #expect(wizard.shows("copied part 1."))
    }

    @Test func s1TheCursorOfTheHubIsRestored() throws {
        var first = WizardPilot()
        first.press(.down, .down)
        #expect(first.lines.contains { $0.hasPrefix("▶ ledger") })
        first.happen(.hangUp)
        let second = WizardPilot(saved: try stored(#require(first.saved.last)))
        #expect(second.lines.contains { $0.hasPrefix("▶ ledger") })
    }
}

enum JSON {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

extension WizardPilot {
    /// The wizard of another day, from what this one would keep now; no secret is in that.
    func reopened() throws -> WizardPilot {
        let text = try JSON.text(pilot.model.kept(at: 0))
        #expect(!text.contains(Sample.secret))
        let saved = try JSONDecoder().decode(SavedState.self, from: Data(text.utf8))
        return WizardPilot(agent, saved: saved)
    }
}
