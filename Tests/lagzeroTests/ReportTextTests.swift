import Migration
import Testing

@testable import lagzero

@Suite struct ReportTextTests {
    private func text(_ change: (inout MigrationReport.Verification) -> Void) -> String {
        var verification = MigrationReport.Verification(mode: .full)
        change(&verification)
        return MigrationReport(
            MigrationProgress(phase: .failed), phase: .failed, duration: 1,
            verification: verification, problems: []
        ).text
    }

    @Test func whatWasNotLookedAtIsADash() {
        #expect(text { _ in }.contains("  Verification          -\n"))
    }

    @Test func whatWasNotReadIsADash() {
        let text = text { _ in }
        #expect(text.contains("  Data copied           -\n  Changes applied       -\n"))
    }

    @Test func oneOfAThingIsNotSeveral() {
        let text = text {
            $0.collections = 1
            $0.documents = 1
            $0.differences = 1
            $0.mismatches = ["shop.items: document 7 differs"]
        }
        #expect(text.contains("full: 1 collection, 1 document, 1 difference\n"))
        #expect(text.contains("    shop.items: document 7 differs\n"))
    }

    @Test func anUnfinishedComparisonPromisesNothing() {
        let text = text {
            $0.collections = 2
            $0.documents = 1_000
            $0.differences = 0
        }
        #expect(text.contains("full: 2 collections, 1,000 documents, no differences so far\n"))
    }

    @Test func manyDifferencesAreCountedAndTheFirstNamed() {
        let text = text {
            $0.collections = 1
            $0.documents = 0
            $0.differences = 25
            $0.mismatches = (1...25).map { "shop.items: document \($0) differs" }
        }
        #expect(text.contains("25 differences\n"))
        #expect(text.contains("document 20 differs\n    and 5 more, which --json names\n"))
        #expect(!text.contains("document 21 "))
    }

    @Test func whatNobodyNamesIsNotPromised() {
        let text = text {
            $0.collections = 1
            $0.documents = 0
            $0.differences = 30_000
            $0.mismatches =
                (1...10_000).map { "shop.items: document \($0) differs" }
                + ["shop.items: 20000 more documents differ than can be named"]
        }
        #expect(text.contains("    and 29,980 more; --json names the first of them\n"))
    }
}
