import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct ReviewAndConfirmTests {
    private func review(
        to destination: String = "shop-atlas", clearing: Bool = false,
        _ agent: ScriptedAgent = ScriptedAgent(), size: Size = Size(80, 24)
    ) -> ScreenPilot {
        var pilot = ScreenPilot.chosen(to: destination, agent, size: size)
        if clearing {
            pilot.focus(" ] Clear")
            pilot.press(.space)
            pilot.type(destination)
            pilot.press(.enter, .enter)
        }
        pilot.push("Continue")
        pilot.endValidation(Sample.passing)
        pilot.press(.enter)
        return pilot
    }

    private func starts(_ pilot: ScreenPilot) -> [MigrationSetup] {
        pilot.commands.compactMap { if case .start(let setup) = $0 { setup } else { nil } }
    }

    @Test func s5EveryChoiceIsRepeated() {
        for size in pageSizes {
            let pilot = review(size: size)
            for text in [
                "Acme / shop / shop-rs0", "Acme Cloud / shop-prod / shop-atlas",
                "Every document is compared", "What is there stays.", "3 of 4, the usual",
                "Passed at 02:14:13 UTC, 1 warning", "( Back )  ( Start Migration )",
            ] {
                #expect(pilot.says(text) || pilot.shows(text), "\(size) \(text)")
            }
            #expect(!pilot.shows("…"))
        }
        #expect(review().says("replica set rs0, 6.0.5, 3 members, 412 GB"))
    }

    @Test func s5OpensOnStartMigrationWhichStartsNothingYet() {
        var pilot = review()
        #expect(pilot.textAtCursor.hasPrefix("Start Migration"))
        pilot.press(.enter)
        #expect(starts(pilot).isEmpty)
    }

    @Test func s5ClearIsRepeatedWithItsConsequenceInNumbers() {
        for size in pageSizes {
            var pilot = review(to: "shop-old", clearing: true, size: size)
            #expect(pilot.shows("Yes. Deleted for good at the start: 2"), "\(size)")
            #expect(pilot.shows("old 10.0 MB"))
            pilot.press(.enter)
            #expect(pilot.says("First shop-old is cleared."), "\(size)")
            #expect(pilot.says("old 10.0 MB, │ │ shop") || pilot.says("old 10.0 MB, shop"))
            #expect(pilot.shows("( Cancel )  ( Start Migration )"))
        }
    }

    @Test func s5WithoutVerificationItAsksToVerify() {
        var pilot = ScreenPilot.chosen()
        pilot.focus("x] Verify")
        pilot.press(.space)
        pilot.push("Continue")
        pilot.endValidation(Sample.passing)
        pilot.press(.enter)
        #expect(pilot.shows("Please verify your data yourself"))
    }

    @Test func s5ItScrollsToItsLastLineAndNoFurther() {
        var cluster = Sample.filled
        cluster.facts?.databases = (0..<30).map { .init(name: "database\($0)", bytes: 90 - $0) }
        let agent = ScriptedAgent()
        agent.put(.cluster(cluster))
        var pilot = review(to: "shop-old", clearing: true, agent, size: Size(60, 18))
        #expect(pilot.shows(" more "))
        for _ in 0..<60 { pilot.press(.down) }
        #expect(!pilot.shows(" more "))
        #expect(pilot.shows("Passed at"))
        pilot.press(.up)
        #expect(pilot.shows("↓ 1 more"))
    }

    @Test func s5BackKeepsEverything() {
        var pilot = review(to: "shop-old", clearing: true)
        let setup = pilot.setup
        pilot.push("Back")
        #expect(pilot.shows("✔ Passed"))
        pilot.press(.escape)
        #expect(pilot.setup == setup)
        #expect(pilot.shows("[x] Clear any existing data on your destination cluster?"))
        pilot.push("Continue")
        pilot.press(.enter)
        #expect(pilot.shows("Deleted for good at the start"))
        #expect(pilot.commands.count == 1)
    }

    @Test func s6TheDialogOpensOnCancelAndCancelStartsNothing() {
        for leave in [Key.enter, .escape] {
            var pilot = review()
            pilot.press(.enter)
            #expect(pilot.shows("Start to migrate shop-rs0 to shop-atlas?"))
            #expect(pilot.textAtCursor.hasPrefix("Cancel"))
            #expect(pilot.pilot.requests.contains(.discardTypeAhead))
            pilot.press(leave)
            #expect(!pilot.shows("Start to migrate"))
            #expect(starts(pilot).isEmpty)
            #expect(pilot.pages.count == 3)
        }
    }

    @Test func s6StartMigrationInTheDialogStartsAndLeavesThePages() {
        var pilot = review(to: "shop-old", clearing: true)
        let setup = pilot.setup
        pilot.press(.enter, .tab, .enter)
        #expect(starts(pilot) == [setup].compactMap(\.self))
        #expect(setup?.clearConfirmedName == "shop-old")
        #expect(pilot.agent.snapshot.migrations.count == 1)
        guard pilot.pages.count == 1, case .migrating(let page) = pilot.page else {
            Issue.record("not on Migrating Data")
            return
        }
        #expect(page.migration == pilot.agent.snapshot.migrations[0].id)
    }

    @Test func s6WhileItIsStartedItIsNotStartedTwice() {
        var world = World(me: Sample.me)
        world.snapshot = review().agent.snapshot
        var page = ReviewAndConfirm(Sample.setup)
        #expect(page.handle(.enter, world) == [.discardTypeAhead])
        _ = page.handle(.tab, world)
        #expect(page.handle(.enter, world) == [.perform(.start(Sample.setup))])
        #expect(page.handle(.enter, world).isEmpty)
        #expect(page.dialog == nil)
    }

    @Test(arguments: [
        (ControlError(.validationFailed, "It has not passed."), "Go back and validate again."),
        (ControlError(.nameMismatch, "Another name."), "untick Clear and tick it again."),
        (ControlError(.conflict, "It has one already."), "End the other migration first"),
        (ControlError(.notFound, "No such cluster."), "Go back and choose again."),
        (ControlError(.agentUnreachable, "No agent."), "Try again when the agent answers."),
        (ControlError(.cluster, "refused", remedy: "mend it"), "✘ Refused. Mend it."),
    ])
    func s6ARefusalIsSaidWithItsRemedy(_ error: ControlError, _ remedy: String) {
        for size in pageSizes {
            var pilot = review(size: size)
            pilot.agent.refuseNext(error)
            pilot.press(.enter, .tab, .enter)
            #expect(pilot.says(remedy), "\(size)")
            #expect(pilot.pages.count == 3)
            #expect(pilot.shows("( Start Migration )"))
            pilot.press(.tab)
            #expect(!pilot.says(remedy))
        }
    }

    @Test func s6ARefusalIsDroppedWhenItsReasonIsGone() {
        var other = Sample.migration(.copying)
        other.setup.destination = Sample.destination.id
        var pilot = review()
        pilot.agent.put(.migration(other))
        pilot.hear()
        pilot.agent.refuseNext(ControlError(.conflict, "It has one already."))
        pilot.press(.enter, .tab, .enter)
        pilot.advance(by: .seconds(3))
        #expect(pilot.says("End the other migration first"))
        pilot.change(other.id) { $0.phase = .cancelled }
        #expect(!pilot.says("End the other migration first"))
    }

    @Test func s6WhileItIsValidatedAgainNothingStarts() {
        var pilot = review()
        pilot.agent.changeValidation { $0.isPassed = nil }
        pilot.hear()
        pilot.press(.enter)
        #expect(pilot.shows("It is being validated again."))
        #expect(starts(pilot).isEmpty)
        #expect(
            ReviewAndConfirm(Sample.setup).obstacle(World(me: Sample.me))
                == "The agent has not answered yet.")
    }

    @Test func s6WithoutAPassedValidationNothingStarts() {
        var pilot = review()
        pilot.agent.changeValidation { $0.isPassed = false }
        pilot.hear()
        #expect(pilot.shows("! The last validation has not passed"))
        pilot.press(.enter)
        #expect(pilot.shows("✘ The last validation has not passed"))
        #expect(!pilot.shows("Start to migrate"))
        var snapshot = pilot.agent.snapshot
        snapshot.validations = []
        snapshot.sequence += 1
        pilot.agent.put(.snapshot(snapshot))
        pilot.hear()
        pilot.press(.enter)
        #expect(pilot.says("go back and validate again."))
        pilot.agent.put(.removed(Sample.source.id))
        pilot.hear()
        #expect(pilot.says("A cluster is no longer in the inventory"))
    }

    @Test func s5ItIsTheSameAfterItWasStored() throws {
        var pilot = review()
        pilot.press(.enter, .tab)
        let page = try #require(pilot.page)
        #expect(try stored(page) == page)
        #expect(try stored(.review(ReviewAndConfirm(Sample.setup))) != page)
    }

    @Test func s5AnOldValidationIsMadeAnewBeforeTheQuestion() {
        var pilot = review()
        pilot.advance(by: .seconds(16 * 60))
        pilot.press(.enter)
        #expect(pilot.commands.last == .validate(Sample.setup))
        #expect(pilot.says("The last validation is too old: it is being validated again."))
        #expect(!pilot.says("Start to migrate"))
        let now = Sample.time + 16 * 60_000
        pilot.agent.changeValidation { run in
            (run.rows, run.startedAt, run.endedAt, run.isPassed) = (Sample.passing, now, now, true)
        }
        pilot.hear()
        #expect(pilot.says("Start to migrate shop-rs0"))
        pilot.press(.tab, .enter)
        #expect(starts(pilot) == [Sample.setup])
    }

    @Test func s5AnOldValidationThatDoesNotPassAgainStartsNothing() {
        var pilot = review()
        pilot.advance(by: .seconds(16 * 60))
        pilot.press(.enter)
        let now = Sample.time + 16 * 60_000
        pilot.agent.changeValidation { run in
            (run.rows, run.startedAt, run.endedAt) = (Sample.failing, now, now)
            run.isPassed = false
        }
        pilot.hear()
        #expect(!pilot.says("Start to migrate"))
        #expect(pilot.says("The last validation has not passed: go back and see why."))
        pilot.press(.escape)
        #expect(pilot.says("Destination has conflicting namespaces"))
    }

    @Test func s5TheQuestionMayNotOutliveTheValidation() {
        var pilot = review()
        pilot.press(.enter)
        pilot.advance(by: .seconds(16 * 60))
        pilot.press(.tab, .enter)
        #expect(starts(pilot).isEmpty)
        #expect(pilot.commands.last == .validate(Sample.setup))
    }

    @Test func s5AValidationOfAnotherDayHasItsDay() {
        var pilot = review()
        pilot.agent.changeValidation { $0.endedAt = Sample.time - 26 * 3_600_000 }
        pilot.hear()
        #expect(pilot.says("Passed at Thu 19 Nov 00:14:09 UTC"))
    }
}
