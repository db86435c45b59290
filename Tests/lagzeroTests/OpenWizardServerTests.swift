import BSON
import Foundation
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

    @Test func s1ToS12T13T14T15AMigrationFromTheHubToTheEndWithTheKeyboard() async throws {
        let source = try await start("east")
        let destination = try await start("west")
        for name in ["orders", "注文e\u{301}\u{1b}]2;stolen\u{7}\u{1b}[2J"] {
            _ = try await source.lane.run(
                ["insert": .string(name), "documents": [["_id": 1], ["_id": 2]]], on: "shop")
        }
        let session = try WizardSession()
        let terminal = try session.open()
        let found = terminal.settings()
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
        try terminal.wait("the bell") { terminal.emulated.bells > 0 }
        #expect(terminal.emulated.title == "! lagzero east -> west: Ready for Cutover")
        try terminal.send("L", until: "create shop.注文e\u{301}\u{fffd}]2;stolen")
        try terminal.send("\u{1b}", until: "( Cutover to your destination cluster )")
        #expect(!terminal.text.contains("stolen\u{7}"))
        try terminal.send("\r", until: "I'm ready to cutover")
        try terminal.wait("the title of a bell that was answered") {
            terminal.emulated.title.hasPrefix("lagzero east -> west: in sync")
        }
        try terminal.send("\r", until: "Before you stop anything")
        // However it is pasted.
        for paste in ["\u{1b}[200~west\r\r\u{1b}[201~", "west\r\r"] {
            try terminal.send(paste, until: "\n Please type the name again, key by key")
            try terminal.send("w", until: "destination cluster:  w")
            terminal.send("\u{7f}")
            try terminal.wait("an empty field") { !terminal.screen.contains("cluster:  w") }
        }
        try terminal.confirm("west", until: "I confirm that I've stopped writes")
        try terminal.send(" ", until: "[x] I confirm")
        try terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        #expect(terminal.screen.contains("4 documents"))
        try terminal.send("y", until: "Sent the connection string")
        let copied = terminal.emulated.clipboard.flatMap { Data(base64Encoded: $0) } ?? Data()
        #expect(String(decoding: copied, as: UTF8.self).hasPrefix("mongodb://"))
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        #expect(terminal.emulated.isAsFound && terminal.emulated.unknown == [])
        // Opened again it is where it was.
        let again = try session.open(["TERM": "linux"])
        try again.shows("You have successfully migrated to Atlas")
        try again.send("y", until: "This terminal tells of no clipboard")
        #expect(again.emulated.clipboard == nil)
        try again.send("\u{1b}", until: "complete")
        again.send("d")
        #expect(try again.endsWell())
        try await session.end()
        try await source.stop()
        try await destination.stop()
    }
}
