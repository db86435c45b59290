import Agent
import BSON
import ControlAPI
import Foundation
import Glibc
import MigrationTesting
import Mongo
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// The whole way of document 001 by keys, while an application writes: the real wizard on a terminal of 80x24, the real
/// agent, and real servers with users. The clusters hold the same at the end.
@Suite(.serialized, .timeLimit(.minutes(20))) struct WizardFlowServerTests {
    @Test func s1ToS12FromTheHubToSuccessWhileAnApplicationWrites() async throws {
        let flow = try await WizardFlow(isRecorded: true) {
            $0.parameters["enableTestCommands"] = "true"
        }
        try await flow.makeUniqueIndex()
        try flow.begin()
        try await flow.prepareCutover()
        try await flow.holdFinalization()
        // The application is down meanwhile, and its downtime counts up.
        let first = try downtime(flow, above: 0)
        _ = try downtime(flow, above: first)
        try await flow.letFinalizationGoOn()
        try flow.terminal.shows("You have successfully migrated to Atlas")
        #expect(flow.terminal.screen.contains("identical"))
        try await expectSupport(flow)
        try await expectNoSecret(flow)
        try flow.leave()
        try StoredRecording.expect(flow.session.recording, Self.marks)
        try await flow.end()
    }

    /// What is passed on the whole way.
    private static let marks: [StoredRecording.Mark] = [
        .init(text: "Migrate from Atlas"), .init(text: "Before you begin", isStill: true),
        .init(text: "Connect to your source cluster"), .init(text: "▶ Validate"),
        .init(text: "( Start Migration )"), .init(text: "Start to migrate", isStill: true),
        .init(text: "Applying new writes"),
        .init(text: "Your source and destination clusters are in sync."),
        .init(text: "I'm ready to cutover"), .init(text: "Before you stop anything"),
        .init(text: "I confirm that I've stopped writes"),
        .init(text: "▶ Prepare the unique indexes"),
        .init(text: "You have successfully migrated to Atlas", isStill: true),
    ]

    @Test func s1ToS12TheSameWithAConnectionThatDropsOnEveryPage() async throws {
        let flow = try await WizardFlow(hangsUp: true) {
            $0.parameters["enableTestCommands"] = "true"
        }
        try await flow.makeUniqueIndex()
        let hub = "Acme Cloud / shop-prod"
        // What is typed of a cluster is kept, and so its dialog is open again.
        try flow.terminal.send("a", until: "─ Add a cluster ─")
        try flow.reopen(showing: "─ Add a cluster ─")
        try flow.terminal.send("\u{1b}", until: hub)
        try flow.terminal.send("\t", until: "▶ shop-rs0")
        try flow.terminal.send("e\t\t/etc/ca.pem", until: "/etc/ca.pem")
        try flow.reopen(showing: "─ Edit shop-rs0 ─")
        #expect(flow.terminal.screen.contains("/etc/ca.pem"))
        try flow.terminal.send("\u{1b}", until: "▶ shop-rs0")
        try flow.reopen(with: "r", showing: "─ Remove a cluster ─", over: "▶ shop-rs0")
        try flow.terminal.send("\u{1b}[Z", until: "▶ Migrate from Atlas")
        try flow.begin()
        for (key, opened) in [
            ("l", "─ Load level"), ("c", "─ Cancel"), ("i", "─ Details"),
            ("?", "Everywhere"),
            ("L", "Log of shop-rs0"),
        ] {
            try flow.reopen(with: key, showing: opened, over: "Applying new writes")
        }
        try flow.reopenTooSmall(showing: "Applying new writes")
        try flow.reopen(showing: "While you were away", after: 3_600_000)
        try flow.reopen(showing: "While you were away")
        try flow.terminal.send("\r", until: "Applying new writes")
        try await flow.prepareCutover()
        try await flow.holdFinalization()
        let step = "▶ Prepare the unique indexes"
        try flow.reopen(showing: step)
        try flow.reopen(with: "\r", showing: "─ Back out ─", over: step)
        try flow.terminal.send("\r", until: "─ Back out ─")
        try flow.terminal.send("\t\r", until: "The cutover was undone.")
        try flow.reopen(showing: "The cutover was undone.")
        #expect(flow.terminal.screen.contains("✔ The source accepts writes again."))
        try await flow.letFinalizationGoOn()
        try flow.terminal.send("\r", until: "Your source and destination clusters are in sync.")
        _ = try await flow.isReadyOrComplete()
        try flow.terminal.send("\r", until: "I'm ready to cutover")
        try await flow.stopWrites()
        // It goes on while nobody looks.
        try flow.terminal.send("\t\t\r", until: "Look for open transactions")
        let success = "You have successfully migrated to Atlas"
        try flow.reopen(showing: success)
        try flow.reopen(with: "\r", showing: "mongosh \"", over: success)
        try flow.reopen(with: "r", showing: "─ Release the source ─", over: success)
        try await flow.end()
    }

    @Test func s14ToS17WhatStandsStillIsThereAgainAfterAConnectionDropped() async throws {
        let flow = try await WizardFlow(documents: 1_000)
        let isInSync = "Your source and destination clusters are in sync."
        try flow.begin()
        try flow.terminal.shows(isInSync)

        try flow.terminal.send("p", until: "p Resume")
        try flow.reopen(showing: "p Resume")
        try flow.killAgent()
        #expect(flow.terminal.screen.contains("p Resume"))
        #expect(try await flow.migration().phase == .paused)
        try flow.terminal.send("p", until: isInSync)

        // As if another host had taken it over.
        let destination = flow.clusters.destination.lane
        try await destination.changeState(
            "lease", "owner", ["$inc": ["epoch": 1], "$unset": ["owner": true]])
        try flow.terminal.shows("✘ Failed.")
        try flow.reopen(showing: "✘ Failed.")
        try flow.reopen(with: "r", showing: "─ Retry ─", over: "✘ Failed.")
        try flow.reopen(with: "i", showing: "─ Details ─", over: "✘ Failed.")
        // What is seen then is told by the next agent.
        try flow.endAgent()
        try flow.reopen(showing: "✘ Failed.")
        try retry(flow, until: isInSync)

        try flow.endAgent()
        try flow.terminal.shows("No news from the agent")
        try flow.reopen(showing: isInSync)

        // As if the time had passed while no agent ran, and somebody had written to the destination.
        try flow.endAgent()
        try flow.terminal.shows("No news from the agent")
        try await destination.changeState(
            "state", "migration", ["$set": ["deadline": .date(1_000)]])
        let gone = try await destination.write(
            ["delete": "customers", "deletes": [["q": [:], "limit": 1]]], on: "shop")
        #expect(gone.count == 1)
        flow.terminal.send("A")
        try flow.terminal.shows("✘ Expired.")
        try flow.reopen(showing: "✘ Expired.")
        try flow.reopen(with: "r", showing: "─ Retry ─", over: "✘ Expired.")
        try retry(flow, until: "! 1 mismatch: ")
        try flow.reopen(with: "a", showing: "─ 1 mismatch ─", over: "! 1 mismatch: ")
        try flow.terminal.send("a", until: "─ 1 mismatch ─")
        try flow.terminal.send("\t\r", until: isInSync)

        try flow.terminal.send("c", until: "─ Cancel the migration ─")
        try flow.terminal.type("shop-atlas", behind: "│ ")
        try flow.terminal.send("\r\r", until: "! Cancelled.")
        try flow.reopen(showing: "! Cancelled.")
        try flow.endAgent()
        try flow.reopen(showing: "! Cancelled.")
        #expect(try await flow.migration().phase == .cancelled)
        try await flow.close()
    }

    private func retry(_ flow: WizardFlow, until text: String) throws {
        try flow.terminal.send("r", until: "─ Retry ─")
        try flow.terminal.send("\r", until: text)
    }

    @Test func s17AnAgentKilledWhileItCopiesGoesOnWhereItWas() async throws {
        let flow = try await WizardFlow(documents: 60_000) { $0.isBehindProxy = true }
        let proxy = try #require(flow.clusters.source.members[0].proxy)
        proxy.throttle(bytesPerSecond: 1_000_000)
        try flow.begin()
        try flow.terminal.shows("preparing -> copying")
        #expect(!flow.terminal.screen.contains("✔ Copying data"))
        try flow.killAgent()
        #expect(!flow.terminal.screen.contains("✔ Copying data"))
        proxy.throttle(bytesPerSecond: nil)
        try await flow.prepareCutover()
        try flow.terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        try await flow.end()
    }

    @Test func s17AnAgentKilledInSyncGetsInSyncAgain() async throws {
        let flow = try await WizardFlow()
        try flow.begin()
        try flow.terminal.shows("Your source and destination clusters are in sync.")
        try flow.killAgent()
        _ = try await flow.isReadyOrComplete()
        try await flow.prepareCutover()
        try flow.terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        try await flow.end()
    }

    /// The source is blocked by then, and the next agent opens it again.
    @Test func s17AnAgentKilledInTheCutoverIsUndoneByTheNext() async throws {
        let flow = try await WizardFlow { $0.parameters["enableTestCommands"] = "true" }
        try await flow.makeUniqueIndex()
        try flow.begin()
        try await flow.prepareCutover()
        try await flow.holdFinalization()
        #expect(try await isBlocked(flow.clusters.source))
        try flow.killAgent()
        try await flow.letFinalizationGoOn()
        #expect(try await !flow.isReadyOrComplete())
        #expect(try await !isBlocked(flow.clusters.source))
        try flow.terminal.shows("The source accepts writes again.")
        try flow.terminal.send("\r", until: "Before you stop anything")
        try flow.terminal.confirm("shop-atlas", until: "I confirm that I've stopped writes")
        try flow.terminal.send(" ", until: "[x] I confirm")
        flow.terminal.send("\t\t\r")
        try flow.terminal.shows("You have successfully migrated to Atlas")
        try await flow.end()
    }

    /// What is to be done behind that point is held up until the agent has come back and is there again.
    @Test func s17AnAgentKilledPastThePointOfNoReturnFinishesAndNobodyIsSentBack() async throws {
        let flow = try await WizardFlow { $0.parameters["enableTestCommands"] = "true" }
        let destination = flow.clusters.destination.lane
        _ = try await flow.clusters.source.lane.run(
            [
                "createIndexes": "customers",
                "indexes": [["key": ["gone": 1], "name": "gone", "expireAfterSeconds": 86_400]],
            ], on: "shop")
        try flow.begin()
        try await flow.prepareCutover()
        let hold: Document = ["configureFailPoint": "failCommand"]
        _ = try await destination.run(
            hold.setting("mode", to: "alwaysOn")
                .setting("data", to: ["failCommands": ["collMod"], "errorCode": 6]), on: "admin")
        try flow.terminal.send("\t\t\r", until: "Look for open transactions")
        try waitWithoutReturn(flow, for: "from here there is only forward")
        #expect(try await !isBlocked(flow.clusters.destination))
        let agent = try #require(InstanceLock.holder(of: flow.session.folder)?.process)
        kill(pid_t(agent), SIGKILL)
        try waitWithoutReturn(flow, for: "No news from the agent")
        flow.terminal.send("A")
        try waitWithoutReturn(flow, for: "from here there is only forward", without: "No news")
        try await eventually("the engine is behind that point again", within: .seconds(240)) {
            flow.terminal.readSome()
            let live = try await flow.migration()
            return live.isRunning && live.phase == .finalizing && live.isPastPointOfNoReturn
        }
        try waitWithoutReturn(flow, for: "from here there is only forward")
        #expect(try await isBlocked(flow.clusters.source))
        _ = try await destination.run(hold.setting("mode", to: "off"), on: "admin")
        try waitWithoutReturn(flow, for: "You have successfully migrated to Atlas")
        #expect(try await flow.migration().problems == [])
        try await flow.end()
    }

    /// The bundle tells the whole migration, and no password of a cluster.
    private func expectSupport(_ flow: WizardFlow) async throws {
        let file = flow.session.scratch.path + "/bundle.txt"
        let made = try await LagzeroProcess.run(
            ["support", "--state", flow.session.folder.path, "--output", file])
        #expect(made.status == 0, "\(made.errors)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let id = try await flow.migration().id
        for part in ["== Migration \(id)", "== Event log of \(id) ==", "inSync -> finalizing"] {
            #expect(text.contains(part), "\(part)")
        }
        for password in try passwords(flow) { #expect(!text.contains(password)) }
    }

    /// T17: in all that was shown, answered and kept, but in the file for it.
    private func expectNoSecret(_ flow: WizardFlow) async throws {
        let folder = flow.session.folder
        var texts = ["frames": flow.terminal.text]
        let answer = try JSONEncoder().encode(try await flow.snapshot())
        texts["snapshot"] = String(decoding: answer, as: UTF8.self)
        for file in [folder.store, folder.store + "-wal", folder.log, folder.wizard] {
            let bytes = FileManager.default.contents(atPath: file)
            texts[file] = bytes.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(texts[folder.store] != nil && texts[folder.log] != nil)
        for (place, text) in texts {
            for password in try passwords(flow) {
                #expect(!text.contains(password), "\(place)")
            }
        }
    }

    private func passwords(_ flow: WizardFlow) throws -> [String] {
        try flow.clusters.inventory.map {
            try #require(try ConnectionString($0.connectionString.revealed).password)
        }
    }

    /// Reads until the downtime on the screen is above so many seconds; returns it.
    private func downtime(_ flow: WizardFlow, above least: Double) throws -> Double {
        var seconds = least
        try flow.terminal.wait("a downtime above \(least) s") {
            let shown = flow.terminal.screen.firstMatch(of: /Application downtime  ([0-9.]+) s/)
            seconds = shown.flatMap { Double($0.1) } ?? least
            return seconds > least
        }
        return seconds
    }

    /// Reads until the screen shows the text; none on the way may say that the source is the cluster to use.
    private func waitWithoutReturn(
        _ flow: WizardFlow, for text: String, without other: String? = nil
    ) throws {
        let terminal = flow.terminal
        try terminal.wait("\"\(text)\" on the screen") {
            let screen = terminal.screen
            for back in ["writes again", "Restart your application"] {
                #expect(!screen.contains(back), "\(screen)")
            }
            return screen.contains(text) && other.map { !screen.contains($0) } ?? true
        }
    }

    /// Each of the phases that the tests above do not: held up until the agent is killed in it.
    @Test func s17AnAgentKilledInEveryOtherPhaseGoesOn() async throws {
        let flow = try await WizardFlow {
            $0.isBehindProxy = true
            $0.parameters["enableTestCommands"] = "true"
        }
        let destination = flow.clusters.destination.lane
        _ = try await flow.clusters.source.lane.run(
            [
                "createIndexes": "customers",
                "indexes": [["key": ["name": 1], "name": "by name"]],
            ], on: "shop")
        let proxy = try #require(flow.clusters.source.members[0].proxy)

        proxy.halfOpen()
        try flow.setUp()
        try flow.terminal.shows("Validating")
        try await flow.crashAgent()
        try flow.terminal.shows("The agent has no results any more")
        proxy.heal()
        try flow.terminal.send("r", until: "✔ Passed")

        try flow.review()
        proxy.halfOpen()
        try flow.terminal.send("\t\r", until: "Applying new writes")
        try await flow.crashAgent(in: .preparing)
        let hang: Document = ["configureFailPoint": "hangAfterStartingIndexBuild"]
        _ = try await destination.run(hang.setting("mode", to: "alwaysOn"), on: "admin")
        proxy.heal()

        try await flow.crashAgent(in: .indexing)
        _ = try await destination.run(hang.setting("mode", to: "off"), on: "admin")
        try await flow.crashAgent(in: .catchingUp)

        _ = try await flow.isReadyOrComplete()
        try await flow.prepareCutover()
        try flow.terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        try await flow.crashAgent(in: .complete)
        try flow.reopen(showing: "You have successfully migrated to Atlas")
        #expect(flow.terminal.screen.contains("identical"))
        let live = try await flow.migration()
        #expect(live.phase == .complete)
        #expect(live.report?.documentsCopied ?? 0 >= 20_000)
        try await releaseSource(flow)
        try await flow.end()
    }

    /// From *Success*, where the source still refuses writes.
    private func releaseSource(_ flow: WizardFlow) async throws {
        let clusters = flow.clusters
        #expect(try await isBlocked(clusters.source))
        #expect(try await flow.migration().isSourceHeld)
        try flow.terminal.send("r", until: "Applications can write to shop-rs0 again.")
        try flow.terminal.send("\t\r", until: "The source accepts writes again.")
        #expect(try await !isBlocked(clusters.source))
        #expect(try await !flow.migration().isSourceHeld)
        // Nor does the state take a later block for one of ours.
        let states = try await clusters.destination.lane.open(
            ["find": "state", "filter": ["_id": "migration"]], on: "lagzero_internal"
        ).documents
        #expect(states.map { $0["sourceBlocked"]?.bool } == [false])
    }

    private func isBlocked(_ set: ReplicaSet) async throws -> Bool {
        let status = try await set.lane.run(["serverStatus": 1])["repl"]?.document
        return status?["userWriteBlockMode"]?.integer == 2
    }

    @Test func s21AWrongPasswordIsSaidWithItsRemedy() async throws {
        let flow = try await WizardFlow(documents: 10)
        let wrong = flow.clusters.source.uri(
            as: Credentials(username: "lagzero", password: "not-the-one"))
        try flow.terminal.shows("Acme Cloud / shop-prod")
        try flow.terminal.send("a", until: "Connection string")
        flow.terminal.paste(wrong)
        try flow.terminal.send("\t", until: "replicaSet=")
        try flow.terminal.send("\t\t\u{15}wrong\t\t\t\t\r", until: "! not reached")
        try flow.terminal.shows("Authentication failed")
        try flow.terminal.shows("knows the user")
        #expect(!flow.terminal.text.contains("not-the-one"))
        try await flow.close()
    }
}
