import BSON
import Migration
import Mongo
import Testing

@testable import lagzero

@Suite struct ProgressJSONTests {
    @Test func whatIsUnknownIsNullAndNeverZero() {
        #expect(
            MigrationProgress(phase: .preparing).document(at: 0).json == """
                {"time": "1970-01-01T00:00:00.000Z", "phase": "preparing", "appliedThrough": null, \
                "lagSeconds": null, "bytesCopied": null, "bytesTotal": null, \
                "documentsCopied": null, "eventsApplied": null, "backlog": null, \
                "oplogHeadroomSeconds": null, \
                "sourceWrites": null, "deadlineAt": null, "message": null}
                """)
    }

    /// A migration that has just begun has copied nothing, and its source was not asked yet.
    @Test func aCountThatIsKnownIsZero() {
        var progress = MigrationProgress(phase: .preparing)
        progress.areCountsKnown = true
        let line = progress.document(at: 0)
        for name in ["bytesCopied", "documentsCopied", "eventsApplied"] {
            #expect(line[name]?.integer == 0)
        }
        #expect(line["backlog"] == .null)
        progress.isBacklogKnown = true
        #expect(progress.document(at: 0)["backlog"]?.integer == 0)
    }

    @Test func everyFieldIsTold() {
        var progress = MigrationProgress(phase: .catchingUp)
        progress.appliedThrough = Timestamp(seconds: 1_763_692_857, increment: 3)
        progress.lagSeconds = 1.23456
        (progress.areCountsKnown, progress.isBacklogKnown) = (true, true)
        progress.bytesCopied = 1
        progress.bytesTotal = 2
        progress.documentsCopied = 3
        progress.eventsApplied = 4
        progress.backlog = 5
        progress.oplogHeadroomSeconds = 6
        progress.recentWrites = [.init(namespace: Namespace("shop", "orders"), count: 7)]
        progress.deadlineAt = 86_400_000
        progress.message = "a \"b\"\n"
        #expect(
            progress.document(at: 1_500).json == """
                {"time": "1970-01-01T00:00:01.500Z", "phase": "catchingUp", \
                "appliedThrough": "1763692857.3", "lagSeconds": 1.235, "bytesCopied": 1, \
                "bytesTotal": 2, "documentsCopied": 3, "eventsApplied": 4, "backlog": 5, \
                "oplogHeadroomSeconds": 6, "sourceWrites": [{"namespace": "shop.orders", "count": 7}], \
                "deadlineAt": "1970-01-02T00:00:00Z", "message": "a \\"b\\"\\n"}
                """)
    }

    @Test func theReportHasItsFields() {
        var progress = MigrationProgress(phase: .complete)
        progress.areCountsKnown = true
        progress.bytesCopied = 7
        progress.documentsCopied = 8
        progress.eventsApplied = 9
        var report = MigrationReport(
            progress, phase: .complete, duration: 2.5, verification: .init(mode: .full),
            problems: ["p"])
        report.verification.collections = 1
        report.verification.documents = 2
        report.verification.isComplete = true
        report.verification.differences = 1
        report.verification.mismatches = ["m"]
        #expect(
            report.document.json == """
                {"phase": "complete", "applicationDowntimeSeconds": null, "durationSeconds": 2.5, \
                "bytesCopied": 7, "documentsCopied": 8, "collectionsCopied": 0, "eventsApplied": 9, \
                "verification": {"mode": "full", "collections": 1, "documents": 2, \
                "complete": true, "mismatches": 1}, "mismatches": ["m"], "problems": ["p"]}
                """)
    }

    @Test func whatWasNotLookedAtIsNull() {
        let report = MigrationReport(
            MigrationProgress(phase: .failed), phase: .failed, duration: 1,
            verification: .init(mode: .full), problems: [])
        #expect(
            report.document.json == """
                {"phase": "failed", "applicationDowntimeSeconds": null, "durationSeconds": 1.0, \
                "bytesCopied": null, "documentsCopied": null, "collectionsCopied": null, \
                "eventsApplied": null, "verification": {"mode": "full", "collections": null, \
                "documents": null, "complete": false, "mismatches": null}, \
                "mismatches": null, "problems": []}
                """)
    }
}
