import BSON
import ControlAPI
import Mongo
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// A migration that has failed for good, ended by keys: the real wizard, the real agent, and real servers with users.
@Suite(.serialized, .timeLimit(.minutes(20))) struct GivingUpServerTests {
    private func change(_ flow: WizardFlow, _ collection: String, _ change: Document) async throws {
        let reply = try await flow.clusters.destination.lane.write(
            [
                "update": .string(collection),
                "updates": [["q": [:], "u": .document(change)]],
                "writeConcern": ["w": "majority"],
            ], on: "lagzero_internal")
        #expect(reply.count == 1)
    }

    private func stored(_ flow: WizardFlow, _ collection: String) async throws -> Document {
        let found = try await flow.clusters.destination.lane.open(
            ["find": .string(collection), "filter": ["_id": ["$in": ["owner", "migration"]]]],
            on: "lagzero_internal"
        ).documents.first { _ in true }?.copied()
        return try #require(found)
    }

    private func isBlocked(_ set: ReplicaSet) async throws -> Bool {
        let status = try await set.lane.run(["serverStatus": 1])["repl"]?.document
        return status?["userWriteBlockMode"]?.integer == 2
    }

    /// The source's answer to whoever reads on from where it is behind the oldest entry of its oplog.
    private func loseHistory(_ flow: WizardFlow) async throws {
        _ = try await flow.clusters.source.lane.run(
            [
                "configureFailPoint": "failCommand", "mode": "alwaysOn",
                "data": ["failCommands": ["aggregate"], "errorCode": 286],
            ], on: "admin")
        try await flow.crashAgent()
    }

    private func cancel(_ flow: WizardFlow, until text: String) throws {
        try flow.terminal.send("c", until: "Type shop-atlas to confirm")
        // Key by key, as it has to be.
        let name = "shop-atlas"
        for end in name.indices {
            try flow.terminal.send(String(name[end]), until: "│ \(name[...end]) ")
        }
        try flow.terminal.send("\r\r", until: text)
    }

    @Test func s16AMigrationThatHasFailedForGoodIsGivenUpAndBlocksNobody() async throws {
        let flow = try await WizardFlow(documents: 1_000) {
            $0.parameters["enableTestCommands"] = "true"
        }
        try flow.begin()
        try await eventually("it is copied", within: .seconds(240)) {
            [.catchingUp, .inSync].contains(try await flow.migration().phase)
        }
        try await loseHistory(flow)
        let terminal = flow.terminal
        try terminal.shows("Failed. ")
        try terminal.shows("shop-atlas still refuses the writes of applications")
        #expect(try await isBlocked(flow.clusters.destination))

        // Another host has had it since.
        try await change(flow, "lease", ["$inc": ["epoch": 1]])
        try cancel(flow, until: "It could not be cancelled. Somebody else has taken")
        #expect(try await isBlocked(flow.clusters.destination))
        try await change(flow, "lease", ["$inc": ["epoch": -1]])

        // Nobody goes on with it after a crash, nor does a server that is silent for long hang it.
        let server = flow.clusters.destination.members[0].process
        server.freeze()
        try cancel(flow, until: "Waiting for the destination to answer")
        try await flow.crashAgent()
        try terminal.wait("a migration that has failed, no more") {
            !terminal.screen.contains("It is being cancelled")
                && !terminal.screen.contains("No news from the agent")
        }
        let live = try await flow.migration()
        #expect(live.phase == .failed && !live.isRunning && !live.isBeingCancelled)
        try cancel(flow, until: "Waiting for the destination to answer")
        try terminal.shows("It could not be cancelled. ")
        server.thaw()

        try cancel(
            flow, until: "The databases that were migrated so far and lagzero_internal stay on the")
        #expect(try await !isBlocked(flow.clusters.destination))
        #expect(try await stored(flow, "state")["phase"]?.string == "cancelled")
        let ended = try await flow.migration()
        #expect(ended.phase == .cancelled && !ended.isRetryPossible && ended.problems.count == 1)
        try await flow.close()
    }
}
