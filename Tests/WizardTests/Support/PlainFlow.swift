import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The whole way of document 001, line by line against the scripted agent.
enum PlainFlow {
    /// Of the picture of it.
    static let file = "plain-session.txt"

    static func fromHubToSuccess() -> PlainPilot {
        var plain = PlainPilot(WizardPilot())
        setUp(&plain)
        plain.choose("Continue")
        plain.outside { $0.validate(Array(Sample.passing.prefix(3)), isOver: false) }
        plain.advance(by: 3)
        plain.outside { $0.validate(Sample.passing, isOver: true) }
        plain.advance(by: 3)
        plain.choose("Continue")
        plain.choose("Start Migration")
        plain.choose("Start Migration")
        migrate(&plain)
        cutOver(&plain)
        plain.type("q")
        return plain
    }

    /// To both clusters chosen.
    private static func setUp(_ plain: inout PlainPilot) {
        plain.choose("Migrate from Atlas")
        plain.choose("Organization")
        plain.choose("Acme Cloud")
        plain.choose("Get Started")
        plain.choose("Organization")
        plain.choose("Acme")
        plain.choose("Project: choose")
        plain.choose("shop")
        plain.choose("Cluster: choose")
        plain.choose("shop-rs0")
        plain.type("r")
        plain.choose("Cluster: choose")
        plain.choose("shop-atlas")
    }

    /// The copy, until both are in sync.
    private static func migrate(_ plain: inout PlainPilot) {
        for phase in [MigrationPhase.copying, .indexing, .catchingUp, .inSync] {
            plain.outside { wizard in
                guard let id = wizard.agent.snapshot.migrations.last?.id else { return }
                let sample = Sample.measured(phase)
                wizard.change(id) { live in
                    live.phase = phase
                    live.figures = sample.figures
                    live.cutover = sample.cutover
                }
            }
            plain.advance(by: 31)
        }
    }

    static func cutOver(_ plain: inout PlainPilot) {
        plain.choose("Cutover to your destination cluster")
        plain.choose("I'm ready to cutover")
        plain.choose("Proceed to cutover")
        plain.fillIn("Type the name of the destination cluster", "shop-atlas")
        plain.choose("Proceed to cutover")
        plain.choose("Finalize migration")
        plain.choose("I confirm that I've stopped writes")
        plain.choose("Finalize migration")
        for done in [4, 9] {
            plain.outside { wizard in
                guard let id = wizard.agent.snapshot.migrations.last?.id else { return }
                wizard.change(id) { $0.cutover = Gallery.finalizing(done).cutover }
            }
            plain.advance(by: 3)
        }
        plain.outside { wizard in
            guard let id = wizard.agent.snapshot.migrations.last?.id else { return }
            wizard.change(id) { live in
                live.phase = .complete
                live.report = Gallery.complete.report
                live.figures.backlog = 0
            }
        }
        plain.advance(by: 3)
    }
}
