import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// No number is shown that is not known.
@Suite struct UnknownFiguresTests {
    private static let phases: [MigrationPhase] = [
        .preparing, .copying, .indexing, .catchingUp, .inSync, .finalizing, .complete, .paused,
        .failed, .cancelled, .expired,
    ]

    /// Zeros in a text that stand for themselves, as in `0 B` or `0 of 0`; not those of clocks and versions.
    private func zeros(_ wizard: WizardPilot) -> [String] {
        wizard.lines.dropFirst(2).dropLast().filter { line in
            line.split { " ()[]/~,".contains($0) }.contains { $0 == "0" || $0.hasPrefix("0.0") }
        }
    }

    /// Clusters of which nothing is known but that they are there, and a migration of them.
    private func agent(_ live: LiveMigration, facts: ClusterFacts? = nil) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.clusters = snapshot.clusters.map { cluster in
            var cluster = cluster
            cluster.facts = facts
            return cluster
        }
        snapshot.migrations = [live]
        return ScriptedAgent(snapshot)
    }

    @Test(arguments: phases)
    func pagesOfAMigrationWithoutFiguresShowNoZero(phase: MigrationPhase) {
        var live = Sample.bare(phase)
        live.cutover = CutoverState()
        // Times that are known have no zeros in them.
        live.startedAt = Sample.time - 187 * 60_000
        live.endedAt = live.endedAt.map { _ in Sample.time - 71 * 60_000 }
        let pages: [Page] = [
            .hub(MigrationHub()), .migrating(MigratingData(live.id)), .inSync(InSync(live.id)),
            .proceed(ProceedToCutover(live.id)),
            .cutover(Cutover(live.id, confirmedName: "shop-atlas")), .success(Success(live.id)),
        ]
        for size in pageSizes {
            for page in pages {
                let saved = SavedState(pages: [page], lastSeen: nil, theme: nil)
                for facts in [nil, ClusterFacts()] {
                    let wizard = WizardPilot(agent(live, facts: facts), saved: saved, size: size)
                    #expect(zeros(wizard) == [], "\(size) \(wizard.page.screen.title)")
                }
            }
        }
    }

    @Test func whileItIsPreparedNoVerificationIsCounted() {
        var live = Sample.bare(.preparing)
        var verification = VerificationFigures(mode: .full)
        (verification.collections, verification.collectionsDone) = (0, 0)
        (verification.documents, verification.fraction, verification.mismatches) = (0, 0, 0)
        live.figures.verification = verification
        live.startedAt = Sample.time - 187 * 60_000
        for phase in [MigrationPhase.preparing, .copying] {
            live.phase = phase
            let wizard = WizardPilot(
                agent(live),
                saved: SavedState(
                    pages: [.migrating(MigratingData(live.id))], lastSeen: nil, theme: nil))
            #expect(wizard.shows("Running the verification"))
            #expect(zeros(wizard) == [])
        }
    }

    @Test func clustersOfWhichNothingIsKnownShowNoZeroOnTheWay() {
        let scene = Scene(size: Size(80, 24), glyphs: .unicode)
        var snapshot = Sample.snapshot
        for index in snapshot.clusters.indices {
            snapshot.clusters[index].facts = ClusterFacts()
            snapshot.clusters[index].trouble = nil
        }
        var wizard = scene.settingUp(ScriptedAgent(snapshot))
        wizard.chooseClusters()
        #expect(wizard.shows("replica set -"))
        #expect(zeros(wizard) == [])
        wizard.push("Continue")
        #expect(wizard.shows("Validating"))
        #expect(zeros(wizard) == [])
        wizard.validate(Sample.passing, isOver: true)
        wizard.press(.enter)
        #expect(wizard.shows("Review & Confirm"))
        #expect(zeros(wizard) == [])
        wizard.press(.enter)
        #expect(zeros(wizard) == [])
    }
}
