import Foundation
import Migration
import Mongo
import Testing

@testable import lagzero

@Suite struct ExitStatusTests {
    @Test(
        arguments: [
            (MigrationError.Code.validationFailed, 3), (.differencesFound, 4), (.expired, 5),
            (.interrupted, 130),
            (.destinationHeld, 1), (.ownershipLost, 1), (.historyLost, 1), (.refused, 1),
            (.cutoverRefused, 1),
            (.unexpected, 1),
        ] as [(MigrationError.Code, Int32)])
    func everyEndOfAMigrationHasItsNumber(code: MigrationError.Code, status: Int32) {
        #expect(ExitStatus(MigrationError(code, "")).rawValue == status)
    }

    @Test func otherErrorsAreFailures() {
        #expect(ExitStatus(MongoError(kind: .network, message: "")) == .failed)
        #expect(ExitStatus(MongoError(kind: .invalid, message: "")) == .usage)
        #expect(ExitStatus(CancellationError()) == .interrupted)
    }

    /// But of an interruption, for which the manual names the command.
    @Test func theManualAndTheREADMESayTheSame() throws {
        let file = URL(filePath: #filePath).appending(components: "..", "..", "..", "README.md")
        let text = try String(contentsOf: file.standardized, encoding: .utf8)
        for status in ExitStatus.allCases where status != .interrupted {
            let words = status.meaning.dropLast()
            let row = "| \(status.rawValue) | \(words.prefix(1).lowercased())\(words.dropFirst())"
            #expect(text.contains(row))
        }
        // A validation behind the lease leaves that on the destination.
        #expect(ExitStatus.validationFailed.meaning == "Validation failed, no data was touched.")
    }

    private func report(_ phase: Phase, mismatches: [String] = []) -> MigrationReport {
        var report = MigrationReport(
            MigrationProgress(phase: phase), phase: phase, duration: 1,
            verification: .init(mode: .full), problems: [])
        report.verification.mismatches = mismatches
        return report
    }

    @Test func aReportWithDifferencesIsNoSuccess() {
        #expect(ExitStatus(report(.complete)) == .done)
        #expect(ExitStatus(report(.complete, mismatches: ["x"])) == .differences)
        #expect(ExitStatus(report(.expired)) == .expired)
        #expect(ExitStatus(report(.failed)) == .failed)
    }

    @Test func whatWasComparedIsInTheReportOfAFailure() throws {
        var verification = MigrationReport.Verification(mode: .full)
        verification.collections = 3
        verification.differences = 1
        verification.mismatches = ["x"]
        let ending = Ending(
            .failure(MigrationError(.differencesFound, "found")),
            progress: MigrationProgress(phase: .inSync), verification: verification, duration: 1,
            resumeHint: "")
        #expect(ending.status == .differences)
        #expect(ending.report?.verification.collections == 3)
        #expect(ending.report?.verification.mismatches == ["x"])
    }

    @Test func anInterruptedMigrationHasNoReportButAWayOn() {
        let ending = Ending(
            .failure(MigrationError(.interrupted, "")),
            progress: MigrationProgress(phase: .copying),
            verification: .init(mode: .full), duration: 1, resumeHint: "use --resume")
        #expect(ending.status == .interrupted)
        #expect(ending.report == nil)
        #expect(ending.reason == "stopped; use --resume")
        #expect(ending.progress.phase == .copying)
    }

    @Test func aFailedMigrationHasAReportThatSaysWhy() throws {
        let ending = Ending(
            .failure(MigrationError(.historyLost, "it is gone")),
            progress: MigrationProgress(phase: .copying),
            verification: .init(mode: .full), duration: 1, resumeHint: "")
        #expect(ending.status == .failed)
        #expect(ending.reason == "it is gone")
        let report = try #require(ending.report)
        #expect(report.phase == .failed)
        #expect(report.problems == ["it is gone"])
    }
}
