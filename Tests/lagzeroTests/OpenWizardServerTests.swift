import BSON
import Mongo
import Sandbox
import TerminalEmulator
import Testing

/// The whole way of document 001 with the keyboard alone: the real wizard, the real agent, real servers.
@Suite(.serialized, .timeLimit(.minutes(10))) struct OpenWizardServerTests {
    private func start(_ name: String) async throws -> ReplicaSet {
        var options = ReplicaSetOptions()
        options.name = name
        return try await ReplicaSet.start(options)
    }

    @Test func s1ToS12AMigrationFromTheHubToTheEndWithTheKeyboard() async throws {
        let source = try await start("east")
        let destination = try await start("west")
        _ = try await source.lane.run(
            ["insert": "orders", "documents": [["_id": 1], ["_id": 2]]], on: "shop")
        let session = try WizardSession()
        let terminal = try session.open()
        terminal.patience = .seconds(180)
        try terminal.shows("None yet")
        for set in [source, destination] {
            try terminal.addCluster(set.uri, named: set.options.name)
        }
        try terminal.send("\t\r", until: "Before you begin")
        try terminal.chooseClusters(source: "east", destination: "west")
        try terminal.send("\t\t\t\t\t\r", until: "▶ Validate")
        try terminal.shows("✔ Passed")
        try terminal.send("\r", until: "( Start Migration )")
        try terminal.send("\r", until: "Start to migrate east to west?")
        try terminal.send("\t\r", until: "Applying new writes")
        try terminal.shows("Your source and destination clusters are in sync.")
        try terminal.send("\r", until: "I'm ready to cutover")
        try terminal.send("\r", until: "Before you stop anything")
        try terminal.confirm("west", until: "I confirm that I've stopped writes")
        try terminal.send(" ", until: "[x] I confirm")
        try terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        #expect(terminal.screen.contains("2 documents"))
        terminal.send("d")
        #expect(try terminal.endsWell())
        // Opened again it is where it was.
        let again = try session.open()
        try again.shows("You have successfully migrated to Atlas")
        try again.send("\u{1b}", until: "complete")
        again.send("d")
        #expect(try again.endsWell())
        try await session.end()
        try await source.stop()
        try await destination.stop()
    }
}
