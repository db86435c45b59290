import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct TrainingReportTests {
    private let complete: LiveMigration = {
        var live = Gallery.complete
        live.report?.verification.collections = 18
        live.report?.verification.collectionsDone = 18
        return live
    }()

    private func line(_ number: Int, after seconds: Int64, _ text: String) -> LogLine {
        LogLine(sequence: number, time: Sample.time + seconds * 1_000, text: text)
    }

    @Test func itTellsStepsFaultsWithWhatWasLoggedAndTheMigrationsEnd() {
        var wizard = WizardPilot(host: Training.host, guide: Training.guide)
        wizard.press(.enter)
        var host = Training.host
        host.begin(.stepDown, after: 100)
        host.end(.stepDown, after: 102)
        host.begin(.cutNetwork, after: 10)
        host.end(.cutNetwork, after: 22)
        wizard.send(.host(host))
        let log =
            [line(1, after: 5, "preparing -> copying")]
            + (2...7).map { line($0, after: Int64($0) + 10, "line \($0)") }
            + [line(8, after: 90, "copying -> indexing")]
        let lines = TrainingReport(
            guide: wizard.pilot.model.guide, faults: host.faults, migration: complete, log: log
        ).lines
        let text = lines.joined(separator: "\n")
        #expect(lines[2] == "Steps: 4 of 18 done")
        #expect(lines[3] == "  02:14:09  Enter begins a migration.", "\(text)")
        #expect(lines[4] == "  not done  Choose Acme Cloud, then Get Started.")
        #expect(
            text.contains(
                """
                Faults, and what the migration logged from then on
                  02:14:19  network cut, for 12 s
                            02:14:21  line 2
                            02:14:22  line 3
                            02:14:23  line 4
                            02:14:24  line 5
                            and 2 lines more
                  02:15:49  election, for 2.0 s
                            nothing
                """), "\(text)")
        #expect(text.contains("Migration of shop-rs0 to shop-atlas: complete"))
        #expect(text.contains("  Application downtime  3.8 s"))
        #expect(text.contains("  Verification          18 of 18 collections identical"))
    }

    @Test func differencesAndWhatIsNotKnownAreSaid() {
        var live = complete
        live.report?.mismatches = ["shop.orders _id 7"]
        live.report?.applicationDowntimeSeconds = nil
        var host = Training.host
        host.begin(.killAgent)
        let lines = TrainingReport(guide: nil, faults: host.faults, migration: live, log: nil).lines
        #expect(lines.contains("  Verification          1 difference"))
        #expect(lines.contains("  Application downtime  -"))
        #expect(lines.contains("  02:14:09  agent killed, until the end"))
        #expect(lines.contains { $0.hasSuffix("not known: the agent did not answer at the end") })
        let copying = TrainingReport(
            guide: nil, faults: [], migration: Sample.migration(.copying), log: []
        ).lines
        #expect(copying.last == "Migration of shop-rs0 to shop-atlas: left while copying")
    }

    @Test func whereNothingWasDoneNothingIsSaid() {
        let faults = Training.host.faults
        #expect(TrainingReport(guide: nil, faults: faults, migration: nil, log: nil).lines.isEmpty)
        let guided = TrainingReport(guide: Training.guide, faults: faults, migration: nil, log: nil)
        #expect(guided.lines.last == "No migration was begun.")
    }
}
