import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The pages of a running migration inside the whole wizard.
@Suite struct LiveInTheWizardTests {
    private func pilot(_ live: LiveMigration) -> WizardPilot {
        let page = Page.migrating(MigratingData(live.id))
        return WizardPilot(
            Sample.agent(live), saved: SavedState(pages: [page], lastSeen: nil, theme: nil))
    }

    @Test func s19TheKeysOfTheFrameWorkWhileTheBellRings() {
        let live = Sample.measured(.inSync)
        var pilot = pilot(Sample.measured(.catchingUp))
        pilot.change(live.id) { $0 = live }
        #expect(pilot.requests.contains(.bell))
        pilot.type("?")
        #expect(pilot.shows("─ Help ─"))
        pilot.press(.escape)
        pilot.type("d")
        #expect(pilot.requests.contains(.exit))
    }

    @Test func s19TheKeysOfTheFrameWorkAfterARefusal() {
        var pilot = pilot(Sample.measured(.inSync))
        pilot.press(.enter, .enter, .tab, .tab, .enter)
        #expect(pilot.shows(" First type the name shop-atlas."))
        pilot.type("?")
        #expect(pilot.shows("─ Help ─"))
    }

    @Test func s12AMigrationIsCutOverFromMigratingDataToTheHub() throws {
        let live = Sample.measured(.inSync)
        var pilot = pilot(live)
        pilot.press(.enter, .enter)
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter, .space, .tab, .tab, .enter)
        #expect(pilot.agent.snapshot.migrations.last?.phase == .finalizing)
        #expect(pilot.shows("▶ 2 Finalize"))
        pilot.change(live.id) { $0 = Gallery.finalizing(9) }
        pilot.advance(by: 3)
        #expect(pilot.shows("▶ Finish the indexes"))
        pilot.change(live.id) { $0 = Gallery.complete }
        #expect(pilot.shows("You have successfully migrated to Atlas"))
        pilot.press(.escape)
        let page = try #require(pilot.pages.last)
        #expect(pilot.pages.count == 1)
        #expect(page.screen.title != "Success")
    }

    @Test func s16AFailedCutoverLeadsBackStepByStep() {
        let live = Sample.measured(.inSync)
        var pilot = pilot(live)
        pilot.press(.enter, .enter)
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter, .space, .tab, .tab, .enter)
        pilot.change(live.id) {
            $0.phase = .inSync
            $0.cutover.refusal = "a write was seen"
        }
        #expect(pilot.shows("The source accepts writes again."))
        pilot.press(.enter)
        #expect(pilot.shows("Before you stop anything"))
        pilot.press(.tab, .enter, .escape, .escape)
        #expect(pilot.pages.count == 1)
    }

    @Test func s12WhoHasLeftSuccessHearsThatTheSourceAcceptsWrites() {
        var live = Gallery.complete
        live.isSourceHeld = true
        let agent = Sample.agent(live)
        var wizard = WizardPilot(agent)
        wizard.press(.home, .enter, .character("r"), .tab)
        agent.answersAfter = .seconds(2)
        wizard.press(.enter, .escape)
        #expect(wizard.shows("Migration Hub"))
        #expect(!wizard.message.contains("accepts writes"))
        wizard.advance(by: 3)
        #expect(wizard.message.contains("✔ shop-rs0 accepts writes again."))
    }

    @Test func s14WhoHasLeftThePageHearsWhatCameOfThePause() {
        let live = Sample.migration(.copying)
        let agent = Sample.agent(live)
        var wizard = WizardPilot(agent)
        wizard.press(.enter)
        agent.answersAfter = .seconds(2)
        wizard.press(.character("p"), .escape)
        wizard.advance(by: 3)
        #expect(wizard.message.contains("The migration is being paused."))
        // Keeping the wheel is nothing to talk of.
        agent.answersAfter = .seconds(2)
        wizard.advance(by: 9)
        wizard.press(.home, .enter, .escape)
        wizard.advance(by: 3)
        #expect(!wizard.message.contains("✔"))
    }

    @Test func s9ThePageOfAnEarlierDayIsOpenedWithNothingTyped() {
        let live = Sample.measured(.inSync)
        var before = pilot(live)
        before.press(.enter, .enter)
        before.type("shop-atlas")
        before.press(.enter, .enter, .space)
        let saved = SavedState(pages: before.pages, lastSeen: nil, theme: nil)
        let after = WizardPilot(Sample.agent(live), saved: saved)
        let titles = after.pages.map(\.screen.title)
        #expect(titles.last == "In sync", "\(titles)")
    }
}
