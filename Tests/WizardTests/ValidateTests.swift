import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct ValidateTests {
    private func validating(size: Size = Size(80, 24)) -> ScreenPilot {
        var pilot = ScreenPilot.chosen(size: size)
        pilot.push("Continue")
        return pilot
    }

    private func setUpPilot(_ pilot: inout ScreenPilot) { pilot.press(.escape) }

    @Test func s4ContinueAsksForTheValidationAndOpensItsPage() {
        let pilot = validating()
        #expect(pilot.commands == [.validate(Sample.setup)])
        #expect(pilot.pages.count == 2)
        #expect(pilot.shows("⠋ Validating"))
        #expect(pilot.textAtCursor.hasPrefix("Validating... )"))
    }

    @Test func s4ContinueReadsValidatingOnBothPagesUntilItHasEnded() {
        var pilot = validating()
        pilot.press(.enter)
        #expect(pilot.shows("The checks are still running."))
        pilot.press(.escape)
        #expect(pilot.shows("( Validating... )"))
        #expect(pilot.shows("The validation is under way"))
        pilot.press(.enter)
        #expect(pilot.pages.count == 2)
        #expect(pilot.commands.count == 1)
        pilot.endValidation(Sample.passing)
        #expect(pilot.shows("( Continue )"))
        #expect(!pilot.shows("Validating"))
        pilot.press(.escape)
        #expect(pilot.shows("✔ The validation has passed."))
        #expect(pilot.shows("( Continue )"))
    }

    @Test func s4WhatWasRefusedIsNotSaidAnyMoreWhenItIsDone() {
        var pilot = validating()
        pilot.press(.enter)
        #expect(pilot.shows("✘ The checks are still running."))
        pilot.endValidation(Sample.passing)
        #expect(pilot.shows("✔ Passed"))
        #expect(!pilot.shows("still running"))
        // What still holds stays.
        var failed = validating()
        failed.endValidation(Sample.failing)
        failed.press(.enter)
        failed.advance(by: .seconds(3))
        #expect(failed.says("1 check must be mended first"))
        var empty = validating()
        empty.type("w")
        #expect(empty.shows("No check has ended yet."))
        empty.agent.changeValidation { $0.rows = Sample.failing }
        empty.hear()
        #expect(!empty.shows("No check has ended yet."))
    }

    @Test func s4RowsAppearAsTheirChecksEnd() {
        var pilot = validating()
        var rows = Sample.failing
        for index in 1...2 { rows[index] = Sample.checking(rows[index]) }
        pilot.agent.changeValidation { $0.rows = rows }
        pilot.hear()
        #expect(pilot.shows("✔ passed   source  Source cluster is reachable"))
        #expect(pilot.shows("shop-rs0.example"))
        #expect(pilot.shows("⠋ checking  Pair of versions (both)"))
        #expect(!pilot.shows("conflicting"))
        #expect(pilot.shows("1 of 3 checks"))
        rows[1] = Sample.failing[1]
        pilot.agent.changeValidation { $0.rows = rows }
        pilot.hear()
        #expect(pilot.shows("! warning  both    Atlas does not list migrations"))
        #expect(pilot.shows("⠋ checking  No conflicting namespaces (destination)"))
    }

    @Test func s4AFailureBlocksAndSaysWhatToDo() {
        var pilot = validating()
        pilot.endValidation(Sample.failing)
        #expect(pilot.shows("✘ Not passed   3 of 3 checks   1 warning   1 failed"))
        #expect(pilot.shows("✘ failed   dest.   Destination has conflicting namespaces"))
        #expect(pilot.says("Drop them there, or go back and clear the destination."))
        pilot.press(.enter)
        #expect(pilot.pages.count == 2)
        #expect(pilot.says("1 check must be mended first: w shows why, r validates again."))
    }

    @Test func s4WarningsDoNotBlock() {
        var pilot = validating()
        pilot.endValidation(Sample.passing)
        #expect(pilot.shows("✔ Passed   2 of 2 checks   1 warning"))
        pilot.press(.enter)
        guard case .review(let page) = pilot.page else {
            Issue.record("not on Review & Confirm")
            return
        }
        #expect(page.setup == Sample.setup)
    }

    /// What was not looked at is not called failed, nor shown before what has failed.
    @Test func s4WhatIsNotKnownStandsBehindWhatHasFailed() {
        func rows(_ last: ValidationRow.State) -> [ValidationRow] {
            var rows = [
                Sample.row("a", .source, "Connection string", .unknown, "not known: not looked at"),
                Sample.row("b", .source, "Host names resolve", .unknown, "not known: no answer"),
                Sample.row("c", .source, "Unable to process the provided CA file", last, "ca.pem"),
            ]
            for index in rows.indices { rows[index].isBlocking = true }
            return rows
        }
        var pilot = validating()
        pilot.endValidation(rows(.failure))
        #expect(pilot.shows("✘ Not passed   3 of 3 checks   1 failed   2 unknown"))
        #expect(pilot.shows("Unable to process the provided CA file  ca.pem"))
        #expect(pilot.shows("○ unknown"))
        pilot.press(.enter)
        #expect(pilot.says("1 check must be mended first: w shows why, r validates again."))
        var silent = validating()
        silent.endValidation(rows(.unknown))
        #expect(silent.shows("Connection string  not known: not looked at"))
        silent.press(.enter)
        #expect(silent.says("3 answers must be known first: w shows why, r validates again."))
        silent.type("w")
        #expect(silent.says("The migration cannot start before that is known."))
    }

    @Test(arguments: [
        (ValidationRow.State.pass, "It is as it should be."),
        (.failure, "It does not hinder the start."),
    ])
    func s4WhyAlsoSaysWhatIsNoObstacle(state: ValidationRow.State, words: String) {
        var row = Sample.row("a", .source, "Oplog window", state, "31 h")
        row.isBlocking = false
        var pilot = validating()
        pilot.endValidation([row])
        pilot.type("w")
        #expect(pilot.shows(words))
    }

    @Test func s4WithoutAChoiceThereIsNothingToValidate() {
        let run = Sample.identifier(0x99)
        var page = Validate(run, of: nil, in: .fromAtlas)
        _ = page.handle(.character("r"), World(me: Sample.me))
        #expect(page.refusal == "Go back and choose both clusters first.")
    }

    @Test func s4EnterOnARowAndWOpenWhy() {
        var pilot = validating()
        pilot.type("w")
        #expect(pilot.shows("No check has ended yet."))
        pilot.endValidation(Sample.failing)
        pilot.type("w")
        #expect(pilot.shows("failed: Destination has conflicting namespaces"))
        #expect(pilot.says("The migration cannot start like this."))
        #expect(pilot.says("What to do: Drop them there"))
        // In the dialog letters mean nothing, and Esc only closes it.
        pilot.type("r")
        pilot.press(.escape)
        #expect(pilot.pages.count == 2)
        #expect(pilot.commands.count == 1)
        pilot.press(.up, .enter)
        #expect(pilot.shows("warning: Atlas does not list migrations"))
        #expect(pilot.says("The migration can start; know what it means first."))
    }

    @Test func s4BackKeepsEverything() {
        var pilot = validating()
        pilot.endValidation(Sample.passing)
        pilot.push("Back")
        #expect(pilot.pages.count == 1)
        #expect(pilot.setup == Sample.setup)
        #expect(pilot.setUpPage?.focus.focused == .next)
        pilot.press(.enter)
        #expect(pilot.shows("✔ Passed"))
        #expect(pilot.commands.count == 1)
    }

    @Test func s4AChangeMakesTheResultsStaleNotLost() {
        var pilot = validating()
        pilot.endValidation(Sample.passing)
        pilot.press(.escape)
        pilot.focus("x] Verify")
        pilot.press(.space)
        #expect(pilot.says("The results of 02:14:09 UTC are for other choices"))
        pilot.type("v")
        #expect(pilot.shows("◌ Results for other choices"))
        #expect(pilot.shows("Source cluster is reachable"))
        pilot.press(.enter)
        #expect(pilot.shows("These results are for other choices: validate again."))
        #expect(pilot.pages.count == 2)
        pilot.press(.escape)
        // As it was before, they hold again.
        pilot.press(.space)
        #expect(pilot.shows("✔ The validation has passed."))
        pilot.press(.space)
        pilot.push("Continue")
        #expect(pilot.commands.count == 2)
        #expect(pilot.shows("⠋ Validating"))
    }

    @Test func s4AfterAFailureContinueValidatesAgain() {
        var pilot = validating()
        pilot.endValidation(Sample.failing)
        pilot.press(.escape)
        #expect(pilot.says("The validation has not passed: v shows why, Continue validates again."))
        pilot.press(.enter)
        #expect(pilot.commands.count == 2)
    }

    @Test func s4WhyAKeyDoesNothingIsInTheHelp() throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == "validating" })
        var wizard = screenshot.wizard(Size(80, 24))
        wizard.press(.character("?"))
        #expect(wizard.shows("it is under way"))
    }

    @Test func s4ItIsValidatedAgainFromItsOwnPage() {
        var pilot = validating()
        pilot.type("r")
        #expect(pilot.shows("The checks are still running."))
        pilot.endValidation(Sample.failing)
        pilot.type("r")
        #expect(pilot.commands == [.validate(Sample.setup), .validate(Sample.setup)])
        #expect(pilot.shows("⠋ Validating"))
        pilot.endValidation(Sample.passing)
        pilot.push("Validate again")
        #expect(pilot.commands.count == 3)
    }

    @Test func s4ARefusedValidationIsSaidWithItsRemedy() {
        var pilot = ScreenPilot.chosen()
        pilot.agent.refuseNext(
            ControlError(.store, "the secret is missing", remedy: "add the cluster again"))
        pilot.push("Continue")
        #expect(pilot.pages.count == 1)
        #expect(pilot.says("✘ The secret is missing. Add the cluster again."))
        // It can be tried again.
        pilot.press(.enter)
        #expect(pilot.pages.count == 2)
        pilot.endValidation(Sample.failing)
        pilot.agent.refuseNext(ControlError(.agentUnreachable, "No agent answers."))
        pilot.type("r")
        #expect(pilot.shows("✘ No agent answers."))
        #expect(pilot.shows("✘ Not passed"))
    }

    @Test func s4ResultsThatTheAgentLostAreNotTakenForPassed() {
        var pilot = validating()
        pilot.endValidation(Sample.passing)
        var snapshot = pilot.agent.snapshot
        snapshot.validations = []
        snapshot.sequence += 1
        pilot.agent.put(.snapshot(snapshot))
        pilot.hear()
        #expect(pilot.shows("! The agent has no results any more"))
        pilot.press(.enter)
        #expect(pilot.shows("There are no results: validate again."))
        pilot.type("r")
        #expect(pilot.shows("⠋ Validating"))
    }

    @Test func s4WhileTheAgentIsAskedNothingChanges() {
        var page = SetUpMigration(
            .fromAtlas, organization: Sample.cloud.id, in: World(me: Sample.me))
        var world = World(me: Sample.me)
        world.snapshot = Sample.snapshot
        if let chosen = ScreenPilot.chosen().setUpPage { page = chosen }
        page.focus.focus(.next)
        #expect(page.handle(.enter, world) == [.perform(.validate(Sample.setup))])
        #expect(page.continueTitle(world) == "Validating...")
        #expect(page.handle(.enter, world).isEmpty)
        page.focus.focus(.verify)
        _ = page.handle(.space, world)
        #expect(page.draft.setup(world) == Sample.setup)
        // Who takes the page up elsewhere waits for no answer.
        guard case .setUp(let again)? = try? stored(.setUp(page)) else {
            Issue.record("not stored")
            return
        }
        #expect(again.continueTitle(world) == "Continue")
    }

    @Test func s4ItIsTheSameAfterItWasStored() throws {
        var pilot = validating()
        pilot.endValidation(Sample.failing)
        pilot.press(.up)
        pilot.type("w")
        let page = try #require(pilot.page)
        #expect(try stored(page) == page)
    }

    @Test func s4ALongListScrollsAndEveryTitleIsWholeAtEverySize() {
        for size in pageSizes {
            var pilot = validating(size: size)
            let rows = (0..<40).map { index in
                Sample.row(
                    "c\(index)", .both, "Collections in system databases \(index)", .pass, "")
            }
            pilot.endValidation(rows)
            #expect(pilot.shows("databases 0"))
            #expect(pilot.shows("( Back )  ( Validate again )  ( Continue )"))
            pilot.press(.end)
            #expect(pilot.shows("Collections in system databases 39"), "\(size)")
            #expect(!pilot.shows("…"))
            pilot.press(.home)
            #expect(pilot.shows("Collections in system databases 0"))
        }
    }

    @Test func s4AnOldResultIsMadeAnewByContinue() {
        var pilot = validating()
        pilot.endValidation(Sample.passing)
        pilot.advance(by: .seconds(16 * 60))
        #expect(pilot.says("◌ Passed at 02:14:13 UTC, too long ago"))
        pilot.press(.enter)
        #expect(pilot.pages.count == 2)
        #expect(pilot.commands == [.validate(Sample.setup), .validate(Sample.setup)])
        var before = validating()
        before.endValidation(Sample.passing)
        before.press(.escape)
        before.advance(by: .seconds(16 * 60))
        #expect(before.says("It passed its validation at 02:14:13 UTC: Continue validates again."))
        before.press(.enter)
        #expect(before.commands == [.validate(Sample.setup), .validate(Sample.setup)])
    }

    @Test func s4ResultsOfAnotherDayHaveTheirDay() {
        var pilot = validating()
        pilot.endValidation(Sample.passing)
        pilot.agent.changeValidation { $0.startedAt = Sample.time - 26 * 3_600_000 }
        pilot.hear()
        pilot.press(.escape)
        pilot.focus("x] Verify")
        pilot.press(.space)
        #expect(pilot.says("The results of Thu 19 Nov 00:14:09 UTC are for other choices"))
    }
}
