import ControlAPI
import Terminal

@testable import Wizard

extension Screenshot {
    /// What there is on every page: S17 to S21.
    static let always = agent + away + overlays + clusters

    private static let agent = [
        Screenshot(7, "slow-link", "over a slow link", sizes: main) {
            var wizard = $0.migrating(Sample.measured(.copying))
            wizard.happen(.link(isSlow: true))
            return wizard
        },
        Screenshot(17, "agent-lost", "no news from the agent", sizes: main) {
            var wizard = $0.migrating(Sample.measured(.copying))
            wizard.agent.isLost = true
            wizard.advanceAlone(by: .seconds(12))
            return wizard
        },
        Screenshot(17, "agent-starting", "the agent is being started") {
            var wizard = $0.migrating(Sample.measured(.copying))
            wizard.agent.isLost = true
            wizard.advanceAlone(by: .seconds(12))
            wizard.press(.character("A"))
            wizard.advanceAlone(by: .seconds(1))
            return wizard
        },
        Screenshot(17, "agent-never-heard", "an agent that does not answer from the start") {
            let agent = ScriptedAgent()
            agent.isLost = true
            var wizard = $0.wizard(agent)
            wizard.advance(by: 6)
            return wizard
        },
    ]

    private static let away = [
        Screenshot(18, "while-you-were-away", "what has happened meanwhile", sizes: main) {
            $0.away()
        }
    ]

    private static let overlays = [
        Screenshot(19, "help", "help, made from the keys of the page", sizes: main) {
            $0.migrating(Sample.measured(.copying), .character("?"))
        },
        Screenshot(19, "log", "the log", sizes: main) {
            $0.migrating(Sample.measured(.copying), .character("L"))
        },
        Screenshot(20, "too-small", "a terminal that is too small", sizes: [Size(40, 10)]) {
            $0.migrating(Sample.measured(.copying))
        },
    ]

    private static let clusters = [
        Screenshot(21, "add-a-cluster", "adding a cluster", sizes: main) { $0.adding() },
        Screenshot(21, "add-a-cluster-refused", "what was typed is no connection string") {
            var wizard = $0.wizard()
            wizard.press(.character("a"))
            wizard.type("a.example.net:27017")
            wizard.press(.tab, .tab, .tab, .tab, .tab, .tab, .tab, .enter)
            return wizard
        },
        Screenshot(
            21, "edit-a-cluster", "editing a cluster: its secret stays where none is typed",
            sizes: main
        ) {
            var snapshot = Sample.snapshot
            snapshot.clusters[0].connectionString =
                "mongodb://anna:***@a.example.net:27017,b.example.net/?replicaSet=rs0&tlsCAFile=%2Fetc%2Fssl%2Fshop.pem"
            var wizard = $0.wizard(ScriptedAgent(snapshot))
            wizard.press(.tab, .character("e"))
            return wizard
        },
        Screenshot(21, "test-a-cluster", "a cluster that does not answer") {
            var wizard = $0.wizard()
            wizard.press(.end, .character("t"))
            return wizard
        },
        Screenshot(21, "remove-a-cluster", "removing a cluster asks once more") {
            var wizard = $0.wizard()
            wizard.press(.end, .character("r"))
            return wizard
        },
    ]
}

extension Scene {
    fileprivate func adding() -> WizardPilot {
        var wizard = wizard()
        wizard.press(.character("a"))
        wizard.type("mongodb://anna@a.example.net:27017,b.example.net/?replicaSet=rs0")
        wizard.press(.tab)
        wizard.type(Sample.secret)
        wizard.press(.tab, .tab)
        return wizard
    }

    /// Back after a night in which the clusters came in sync.
    fileprivate func away() -> WizardPilot {
        var live = Sample.measured(.inSync)
        live.startedAt = Sample.time - 12 * 3_600_000
        live.cutover.deadlineAt = Sample.time + Int64((120 - 5.8) * 3_600_000)
        var snapshot = Sample.snapshot
        snapshot.migrations = [live]
        snapshot.agent.startedAt = live.startedAt - 3_600_000
        let agent = ScriptedAgent(snapshot)
        let hours = [12, 12, 11.9, 11.2, 10.4, 10.1, 7.9, 7.9, 6.2, 6, 5.8, 5.8]
        for (hoursAgo, line) in zip(hours, Scene.log(of: live)) {
            agent.time = Sample.time - Int64(hoursAgo * 3_600_000)
            agent.log(line, of: live.id)
        }
        agent.time = Sample.time
        _ = agent.takeEvents()
        let saved = SavedState(
            pages: [], lastSeen: Sample.time - 9 * 3_600_000, theme: nil)
        return wizard(agent, saved: saved)
    }
}
