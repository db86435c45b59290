import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// From the hub to Migrating Data, in the whole wizard.
@Suite struct BeforeAMigrationTests {
    /// On *Set up Migration*, with both clusters chosen.
    private func chosen(size: Size = Size(80, 24)) -> WizardPilot {
        var wizard = WizardPilot(size: size)
        wizard.press(.enter, .backTab)
        wizard.choose("Acme Cloud")
        wizard.push("Get Started")
        wizard.chooseClusters()
        return wizard
    }

    private func endValidation(_ wizard: inout WizardPilot) {
        wizard.agent.changeValidation { run in
            run.rows = Sample.passing
            run.endedAt = Sample.time
            run.isPassed = true
        }
        wizard.hear()
    }

    @Test func s6FromTheHubToMigratingDataAndBackIsTheHub() {
        for size in pageSizes {
            var wizard = chosen(size: size)
            wizard.push("Continue")
            endValidation(&wizard)
            wizard.press(.enter, .enter, .tab, .enter)
            #expect(wizard.commands.contains(.start(Sample.setup)), "\(size)")
            guard case .migrating = wizard.page else {
                Issue.record("not on Migrating Data")
                return
            }
            #expect(wizard.pages.count == 2)
            wizard.press(.escape)
            #expect(wizard.shows("Migration Hub"))
        }
    }

    @Test func s3ADraftIsKeptOverTheHubUntilItHasBecomeAMigration() {
        var wizard = chosen()
        wizard.press(.escape, .escape)
        #expect(wizard.shows("Migration Hub"))
        wizard.press(.enter)
        wizard.push("Get Started")
        #expect(wizard.shows("Cluster      [ shop-rs0"))
        #expect(wizard.shows("Cluster      [ shop-atlas"))
        wizard.push("Continue")
        endValidation(&wizard)
        wizard.press(.enter, .enter, .tab, .enter)
        #expect(wizard.pilot.model.drafts.isEmpty)
    }

    @Test func s3ADraftOutlivesALookAtAnotherMigration() {
        var wizard = chosen()
        wizard.press(.escape, .escape)
        let other = Sample.migration(.copying)
        wizard.agent.put(.migration(other))
        wizard.hear()
        for _ in 0..<10 {
            if case .migrating = wizard.page { break }
            wizard.press(.tab, .enter)
            if case .setUp = wizard.page { wizard.press(.escape) }
            if case .getStarted = wizard.page { wizard.press(.escape) }
        }
        guard case .migrating = wizard.page else {
            Issue.record("not on Migrating Data: \(wizard.screen)")
            return
        }
        wizard.press(.escape)
        #expect(!wizard.pilot.model.drafts.isEmpty)
    }

    @Test func s3AnotherOrganizationToStartFromDropsTheDestination() {
        var wizard = chosen()
        wizard.press(.escape)
        for _ in 0..<20 where !wizard.textAtCursor.hasPrefix("Acme Cloud") { wizard.press(.tab) }
        wizard.press(.enter)
        wizard.press(.up, .enter)
        wizard.push("Get Started")
        #expect(wizard.shows("Organization   Acme"))
        #expect(!wizard.shows("Organization   Acme Cloud"))
        #expect(wizard.shows("Cluster      [ shop-rs0"))
        #expect(wizard.shows("Choose the destination"))
    }

    @Test func s3AfterTheWizardWasLeftTheChoicesAreThereAndDialogsAreNot() throws {
        var wizard = chosen()
        for _ in 0..<20 where !wizard.textAtCursor.hasPrefix(" ] Clear") { wizard.press(.tab) }
        wizard.press(.space)
        wizard.type("shop-")
        wizard.press(.control("c"), .control("c"))
        let saved = try #require(wizard.saved.last)
        let again = WizardPilot(saved: saved)
        #expect(again.shows("Cluster      [ shop-atlas"))
        #expect(!again.shows("to confirm"))
        #expect(again.shows("[ ] Clear any existing data"))
    }

    @Test func s3WhateverIsOpenIsThereAfterAResize() {
        var wizard = chosen()
        wizard.press(.enter)
        for size in [Size(60, 18), Size(200, 60), Size(40, 10), Size(80, 24)] {
            wizard.resize(size.columns, size.rows)
            if size.columns >= 60 { #expect(wizard.shows("│ shop-old"), "\(size)") }
        }
        wizard.press(.escape)
        for _ in 0..<20 where !wizard.textAtCursor.hasPrefix(" ] Clear") { wizard.press(.tab) }
        wizard.press(.space)
        wizard.type("shop-at")
        for size in [Size(60, 18), Size(120, 40), Size(80, 24)] {
            wizard.resize(size.columns, size.rows)
            #expect(wizard.shows("Type shop-atlas to confirm:"), "\(size)")
            #expect(wizard.shows("│ shop-at"), "\(size)")
            #expect(wizard.shows("( Back )  ( Clear existing data )"), "\(size)")
        }
        wizard.type("las")
        wizard.press(.enter, .enter)
        #expect(wizard.shows("[x] Clear any existing data on your destination cluster?"))
    }

    @Test func s3WhoLeavesBeforeTheAgentHasAnsweredFindsThePageAsItIsThen() {
        var wizard = chosen()
        wizard.agent.answersAfter = .seconds(2)
        wizard.push("Continue")
        #expect(wizard.shows("( Validating... )"))
        wizard.press(.escape)
        wizard.advance(by: 3)
        wizard.agent.answersAfter = .zero
        wizard.push("Get Started")
        #expect(wizard.shows("The validation is under way"))
        endValidation(&wizard)
        #expect(wizard.shows("✔ The validation has passed."))
        wizard.push("Continue")
        #expect(wizard.shows("✔ Passed"))
        #expect(wizard.commands.count == 1)
    }

    @Test func s3WhatCouldNotBeChangedMeanwhileIsNotSaidAfterwards() {
        var wizard = chosen()
        wizard.agent.answersAfter = .seconds(2)
        wizard.push("Continue")
        wizard.focus("x] Verify")
        wizard.press(.space)
        #expect(wizard.shows("Being sent for validation"))
        wizard.advance(by: 3)
        wizard.press(.escape)
        #expect(!wizard.shows("Being sent for validation"))
    }

    @Test func s19LettersActOnlyOutsideOfListsAndDialogs() {
        var wizard = chosen()
        wizard.press(.enter)
        wizard.type("?dT")
        #expect(!wizard.shows(" Help "))
        #expect(!wizard.requests.contains(.exit))
        wizard.press(.escape)
        for _ in 0..<20 where !wizard.textAtCursor.hasPrefix(" ] Clear") { wizard.press(.tab) }
        wizard.press(.space)
        wizard.type("?dtv")
        #expect(!wizard.requests.contains(.exit))
        #expect(wizard.shows("?dtv"))
        #expect(wizard.commands.isEmpty)
    }

    @Test func s19AKeyOfTheFrameActsRightAfterARefusal() {
        var wizard = WizardPilot()
        wizard.press(.enter)
        wizard.push("Get Started")
        #expect(wizard.shows("First choose the organization"))
        wizard.type("?")
        #expect(wizard.shows("─ Help ─"))
    }
}
