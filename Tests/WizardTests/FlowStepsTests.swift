import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The line of the steps: a change makes later results stale, not lost.
@Suite struct FlowStepsTests {
    private func steps(_ wizard: WizardPilot) -> String { wizard.lines[1] }

    private func validated(isPassed: Bool = true, size: Size = Size(80, 24)) -> WizardPilot {
        var rows = Sample.passing
        if !isPassed {
            rows[0].state = .failure
            rows[0].isBlocking = true
        }
        return Scene(size: size, glyphs: .unicode).validating(rows, isOver: true)
    }

    @Test func s5AResultThatHoldsStaysDoneOnThePageBefore() {
        var wizard = validated()
        #expect(steps(wizard).contains("✔ Set up ▶ Validate ○ Review & Confirm"))
        wizard.press(.escape)
        #expect(steps(wizard).contains("▶ Set up ✔ Validate ○ Review & Confirm"))
        wizard.press(.escape)
        #expect(steps(wizard).contains("▶ Get Started ○ Set up ✔ Validate ○ Review & Confirm"))
    }

    @Test func s4AFailedResultIsSaidOnThePageBefore() {
        var wizard = validated(isPassed: false)
        wizard.press(.escape)
        #expect(steps(wizard).contains("▶ Set up ✘ Validate"))
    }

    @Test func s5AChangeMakesTheResultStaleAndTheChangeBackMakesItGood() {
        for size in pageSizes {
            var wizard = validated(size: size)
            wizard.press(.escape)
            wizard.focus("x] Verify")
            wizard.press(.space)
            #expect(steps(wizard).contains("▶ Set up"), "\(size)")
            #expect(steps(wizard).contains("◌ Validate"), "\(size)")
            var results = wizard
            results.press(.character("v"))
            #expect(steps(results).contains("◌ Validate"), "\(size)")
            #expect(results.shows("Source cluster is reachable") || results.shows("passed"))
            wizard.press(.space)
            #expect(!steps(wizard).contains("◌"), "\(size)")
        }
    }

    @Test func s2AnotherOrganizationMakesTheResultStale() {
        var wizard = validated()
        wizard.press(.escape, .escape)
        wizard.focus("Acme Cloud")
        #expect(steps(wizard).contains("✔ Validate"))
        wizard.choose("Acme")
        #expect(steps(wizard).contains("◌ Validate"))
        wizard.push("Get Started")
        #expect(steps(wizard).contains("▶ Set up ◌ Validate"))
    }

    @Test func s5AResultTheAgentHasForgottenIsStaleOnTheReview() {
        var wizard = validated()
        wizard.press(.enter)
        #expect(steps(wizard).contains("✔ Validate ▶ Review & Confirm"))
        var snapshot = wizard.agent.snapshot
        snapshot.validations = []
        wizard.agent.put(.snapshot(snapshot))
        wizard.hear()
        #expect(steps(wizard).contains("◌ Validate ▶ Review & Confirm"))
        wizard.resize(60, 18)
        #expect(steps(wizard).contains("Step 4/6"))
        #expect(steps(wizard).contains("▶ Review & Confirm"))
    }

    @Test func s3WithoutAnyResultLaterStepsWait() {
        let wizard = Scene(size: Size(80, 24), glyphs: .unicode).chosen()
        #expect(steps(wizard).contains("✔ Get Started ▶ Set up ○ Validate ○ Review & Confirm"))
    }

    @Test func s3AloneOnItsLineTheStepHasTheNameOfItsPage() {
        var wizard = validated(size: Size(60, 18))
        wizard.press(.escape)
        #expect(steps(wizard).contains("Step 2/6 ▶ Set up Migration"))
        wizard.resize(80, 24)
        #expect(steps(wizard).contains("▶ Set up ✔ Validate"))
        #expect(wizard.shows("Set up Migration"))
    }
}
