import AgentClient
import BSON
import ControlAPI
import Foundation
import Glibc
import MigrationTesting
import Mongo
import Sandbox
import Testing

@testable import Agent

@Suite(.serialized) struct AgentServerTests {
    /// Two replica sets and an agent that knows them.
    private func with(
        _ body: (AgentFixture, ReplicaSet, MigrationSetup, ChildProcess) async throws -> Void
    ) async throws {
        try await AgentFixture.with { fixture in
            let agent = try await fixture.start()
            var options = ReplicaSetOptions()
            options.name = "source"
            let source = try await ReplicaSet.start(options)
            options.name = "destination"
            let destination = try await ReplicaSet.start(options)
            func add(_ set: ReplicaSet) async throws -> ControlAPI.Cluster {
                try await fixture.client.add(
                    NewCluster(
                        name: set.options.name, organization: "Acme", project: "shop",
                        connectionString: Secret(set.uri)))
            }
            let (first, second) = (try await add(source), try await add(destination))
            #expect(first.facts?.replicaSet == "source")
            #expect(second.facts?.isEmpty == true)
            var setup = MigrationSetup(source: first.id, destination: second.id)
            setup.quietPeriod = 1
            try await body(fixture, source, setup, agent)
            try await source.stop()
            try await destination.stop()
        }
    }

    /// Another agent, in a folder of its own, validates the same clusters; why it may not go on with what is there.
    private func refusalElsewhere(
        _ fixture: AgentFixture, _ setup: MigrationSetup
    ) async throws -> ControlError? {
        let known = try await fixture.client.snapshot().clusters
        var run: ValidationRun?
        try await AgentFixture.with { other in
            _ = try await other.start()
            var copy = try await add(known, of: setup, to: other)
            copy.resumes = true
            run = try await validated(other, copy)
        }
        #expect(run?.isPassed == (run?.earlier?.refusal == nil))
        return run?.earlier?.refusal
    }

    /// Adds the clusters of a setup to an agent that does not know them; returns the same setup of these.
    private func add(
        _ known: [ControlAPI.Cluster], of setup: MigrationSetup, to fixture: AgentFixture
    ) async throws -> MigrationSetup {
        var copy = setup
        for part in [\MigrationSetup.source, \.destination] {
            let cluster = try #require(known.first { $0.id == setup[keyPath: part] })
            copy[keyPath: part] = try await fixture.client.add(
                NewCluster(
                    name: cluster.name, organization: "Acme", project: "shop",
                    connectionString: Secret(cluster.connectionString))
            ).id
        }
        return copy
    }

    /// The validation, when it has ended.
    private func validated(
        _ fixture: AgentFixture, _ setup: MigrationSetup
    ) async throws -> ValidationRun {
        let run = try await fixture.client.validate(setup)
        try await eventually("the validation ends", within: .seconds(120)) {
            try await fixture.client.snapshot().validations.contains {
                $0.id == run && $0.endedAt != nil
            }
        }
        let validations = try await fixture.client.snapshot().validations
        return try #require(validations.first { $0.id == run })
    }

    private func begin(_ fixture: AgentFixture, _ setup: MigrationSetup) async throws -> Identifier
    {
        let validation = try await validated(fixture, setup)
        let refused = validation.rows.filter(\.isBlocking).map(\.seen)
        try #require(validation.isPassed == true, "\(refused)")
        return try await fixture.client.start(setup, by: fixture.asker)
    }

    private func finish(_ fixture: AgentFixture, _ id: Identifier) async throws -> LiveMigration {
        try await eventually("the migration is complete", within: .seconds(240)) {
            let live = try await fixture.client.snapshot().migrations.first { $0.id == id }
            if live?.cutover.isReady == true {
                try? await fixture.client.beginCutover(
                    id, confirmedName: "destination", writesStopped: true, by: fixture.asker)
            }
            try #require(live?.phase != .failed, "\(live?.error?.message ?? "")")
            return live?.phase == .complete && live?.report != nil
        }
        let live = try await fixture.client.snapshot().migrations.first { $0.id == id }
        return try #require(live)
    }

    @Test func aMigrationGoesFromValidationToSuccess() async throws {
        try await with { fixture, source, setup, agent in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1], ["_id": 2]]], on: "shop")
            let id = try await begin(fixture, setup)
            _ = try await wait(fixture, id, until: "it is copied") { $0.phase == .catchingUp }
            let running = try await refusalElsewhere(fixture, setup)
            #expect(running?.message.contains("process \(agent.pid) on this host") == true)
            let other = Asker(wizard: Identifier(at: 2), name: "other")
            let error = await #expect(throws: ControlError.self) {
                try await fixture.client.pause(id, by: other)
            }
            #expect(error?.code == .drivenByAnother)
            let live = try await finish(fixture, id)
            #expect(live.report?.documentsCopied == 2)
            #expect(live.mismatches.isEmpty)
            try await eventually("the inventory knows the destination's data") {
                try await fixture.client.snapshot().clusters.contains {
                    $0.id == setup.destination && $0.facts?.collections == 1
                }
            }
            let log = try await fixture.client.log(of: id, after: 0, limit: 1_000)
            #expect(log.map(\.sequence) == Array(1...max(1, log.count)))
            let status = try await fixture.run(["agent", "status"])
            #expect(status.text.contains("complete"))
            for command in ["show", "test"] {
                let answer = try await fixture.run(["clusters", command, "source"])
                #expect(answer.status == 0)
                for known in [
                    "Replica set    source", "Version        6.0", "Members        127.0.0.1:",
                    "Collections    1",
                ] {
                    #expect(answer.text.contains(known), "\(answer.text)")
                }
            }
            let complete = try await refusalElsewhere(fixture, setup)
            #expect(complete?.message.contains("is complete") == true)

            // As after a crash behind the point of no return, with the end of the cutover left.
            _ = try await destination(fixture).run(
                [
                    "update": "state",
                    "updates": [
                        [
                            "q": ["_id": "migration"],
                            "u": ["$set": ["cutover": "accepted"], "$unset": ["report": ""]],
                        ]
                    ],
                ], on: "lagzero_internal")
            #expect(try await refusalElsewhere(fixture, setup) == nil)
            try await source.members[0].process.kill()
            let silent = try await refusalElsewhere(fixture, setup)
            #expect(silent?.message.hasPrefix("it accepts writes already") == true)
            #expect(silent?.remedy?.contains("lagzero migrate --resume") == true)
        }
    }

    /// As the message says: it is moved away, the clusters are added again, and a new setup goes on from there.
    @Test func aMigrationGoesOnAfterItsStoreWasDamaged() async throws {
        try await with { fixture, source, setup, agent in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1], ["_id": 2]]], on: "shop")
            let lost = try await begin(fixture, setup)
            _ = try await wait(fixture, lost, until: "it is in sync") { $0.phase == .inSync }
            let destination = try await destination(fixture)
            try await eventually("the destination has the newest line", within: .seconds(60)) {
                try await destination.storedLog().contains { $0.text.hasSuffix("-> inSync") }
            }
            let known = try await fixture.client.snapshot().clusters
            agent.send(signal: SIGKILL)
            try await agent.ended(within: .seconds(60))

            let store = fixture.folder.store
            let file = try FileHandle(forWritingTo: URL(filePath: store))
            try file.write(contentsOf: Data("this is no database".utf8))
            try file.close()
            let refused = try await fixture.run(["agent", "run"])
            #expect(refused.status == 1)
            #expect(refused.text.contains("\(store) is damaged"), "\(refused.text)")
            #expect(refused.text.contains("move it away and add the clusters again"))

            try FileManager.default.moveItem(atPath: store, toPath: store + ".damaged")
            let second = try await fixture.start()
            var copy = try await add(known, of: setup, to: fixture)
            let validation = try await validated(fixture, copy)
            #expect(validation.isPassed == false)
            #expect(validation.earlier != nil)
            copy.resumes = true
            let earlier = try await destination.storedLog()
            let id = try await begin(fixture, copy)
            _ = try await wait(fixture, id, until: "it is in sync again") { $0.phase == .inSync }
            // The story goes on where it was, and is not told again by the next agent.
            second.send(signal: SIGKILL)
            try await second.ended(within: .seconds(60))
            _ = try await fixture.start()
            let live = try await finish(fixture, id)
            #expect(live.mismatches.isEmpty)
            #expect(live.report?.documentsCopied == 2)
            let log = try await fixture.client.log(of: id, after: 0, limit: 1_000)
            #expect(log.map(\.sequence) == Array(1...max(1, log.count)))
            let first = log.prefix(earlier.count)
            #expect(first.map { StoredLine(time: $0.time, text: $0.text) } == earlier)
            let next = log.dropFirst(earlier.count).prefix(2).map(\.text)
            #expect(next.contains { $0.hasSuffix("went on with the migration") }, "\(next)")
            #expect(next.contains { $0.hasPrefix("resumed by") }, "\(next)")
            #expect(log.count { $0.text.hasPrefix("begun by") } == 1)
            #expect(log.count { $0.text.hasPrefix("resumed by") } == 2)
            let stored = try await destination.storedLog()
            #expect(stored.count { $0.text.hasPrefix("begun by") } == 1)
        }
    }

    @Test func aMigrationIsTakenUpAfterTheAgentWasKilled() async throws {
        try await with { fixture, source, setup, agent in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1]]], on: "shop")
            let id = try await begin(fixture, setup)
            try await eventually("the copy is done", within: .seconds(60)) {
                let live = try await fixture.client.snapshot().migrations.first { $0.id == id }
                return live?.phase == .catchingUp || live?.phase == .inSync
            }
            agent.send(signal: SIGKILL)
            try await agent.ended(within: .seconds(20))
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 2]]], on: "shop")
            let next = try await fixture.start()
            _ = try await wait(fixture, id, until: "it is in sync") { $0.phase == .inSync }
            let status = try await fixture.run(["agent", "status"])
            #expect(status.text.contains("bytes copied"))
            #expect(!status.text.contains(" 0 bytes copied"), "\(status.text)")
            let live = try await finish(fixture, id)
            #expect(live.mismatches.isEmpty)
            #expect(live.report?.documentsCopied == 1)
            next.send(signal: SIGTERM)
            try await next.ended(within: .seconds(60))
            #expect(next.exitCode == 0)
        }
    }

    /// Waits until a migration is as it should be, and returns it.
    private func wait(
        _ fixture: AgentFixture, _ id: Identifier, until what: String,
        _ isMet: @Sendable (LiveMigration) -> Bool
    ) async throws -> LiveMigration {
        var last: LiveMigration?
        try await eventually(
            "\(what); it is \(last?.phase.rawValue ?? "unknown"), \(last?.error?.message ?? last?.message ?? "")",
            within: .seconds(180)
        ) {
            last = try await fixture.client.snapshot().migrations.first { $0.id == id }
            return last.map(isMet) ?? false
        }
        return try #require(last)
    }

    @Test func theDriverPausesResumesExtendsAndCancels() async throws {
        try await with { fixture, source, setup, agent in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1]]], on: "shop")
            let (client, asker) = (fixture.client, fixture.asker)
            let id = try await begin(fixture, setup)
            let early = await #expect(throws: ControlError.self) {
                try await client.extendSync(id, by: asker)
            }
            #expect(early?.code == .wrongPhase)
            let ready = try await wait(fixture, id, until: "it is ready") { $0.cutover.isReady }
            #expect(ready.cutover.canBlockSource == false)
            #expect(ready.cutover.openTransactions == [])
            let deadline = try #require(ready.cutover.deadlineAt)
            let extended = try await client.extendSync(id, by: asker)
            #expect(abs(extended - deadline - 86_400_000) < 2_000)
            try await eventually("it is told") {
                try await client.log(of: id, after: 0, limit: 1_000).contains {
                    $0.text.hasPrefix("notice")
                }
            }
            try await client.pause(id, by: asker)
            let paused = try await wait(fixture, id, until: "it is paused") { $0.phase == .paused }
            #expect(paused.pausedFrom == .inSync)
            #expect(paused.error == nil)
            // Not even by a crash it goes on by itself.
            agent.send(signal: SIGKILL)
            try await agent.ended(within: .seconds(60))
            _ = try await fixture.start()
            let still = try await wait(fixture, id, until: "it is taken up, paused") {
                $0.isRunning && $0.pausedFrom == .catchingUp
            }
            #expect(still.phase == .paused && still.message == paused.message)
            #expect(still.error == nil)
            try await client.resume(id, by: asker)
            _ = try await wait(fixture, id, until: "it goes on") { $0.phase == .inSync }
            try await client.setLoadLevel(id, to: 1, by: asker)
            let gentle = try await wait(fixture, id, until: "it is in sync again") {
                $0.phase == .inSync && $0.setup.loadLevel == 1 && $0.isRunning
            }
            #expect(gentle.error == nil)
            // Told once, over two agents, with nobody to be mailed to.
            let log = try await client.log(of: id, after: 0, limit: 1_000).map(\.text)
            let notices = log.filter { $0.hasPrefix("notice") }
            #expect(notices.count == 1)
            #expect(
                notices.first?.hasPrefix("notice: in sync, and waiting for the cutover") == true)
            let wrong = await #expect(throws: ControlError.self) {
                try await client.cancel(id, confirmedName: "source", by: asker)
            }
            #expect(wrong?.code == .nameMismatch)
            try await client.cancel(id, confirmedName: "destination", by: asker)
            let ended = try await wait(fixture, id, until: "it is cancelled") { $0.report != nil }
            #expect(ended.phase == .cancelled)
            #expect(!ended.isRunning)
        }
    }

    @Test func aMigrationIsRetriedBackedOutOfExpiredAndItsMismatchesNoted() async throws {
        try await with { fixture, source, setup, agent in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1], ["_id": 2]]], on: "shop")
            var setup = setup
            setup.quietPeriod = 3_600
            let (client, asker) = (fixture.client, fixture.asker)
            let destination = try await destination(fixture)
            let id = try await begin(fixture, setup)

            // Retry, after another host seemed to have taken it over.
            _ = try await wait(fixture, id, until: "it is copied") { $0.phase == .catchingUp }
            try await destination.changeState(
                "lease", "owner", ["$inc": ["epoch": 1], "$unset": ["owner": true]])
            let failed = try await wait(fixture, id, until: "it has failed") {
                $0.phase == .failed && !$0.isRunning
            }
            #expect(failed.isRetryPossible)
            #expect(failed.error?.message.contains("another host") == true)
            try await client.retry(id, by: asker)
            _ = try await wait(fixture, id, until: "it is ready") { $0.cutover.isReady }

            // Back out of a cutover that waits for silence.
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 3]]], on: "shop")
            try await eventually("it is ready again", within: .seconds(60)) {
                (try? await client.beginCutover(
                    id, confirmedName: "destination", writesStopped: true, by: asker)) != nil
            }
            _ = try await wait(fixture, id, until: "it can be backed out of") {
                $0.phase == .finalizing && $0.cutover.isBackOutPossible
            }
            try await client.backOut(id, by: asker)
            let undone = try await wait(fixture, id, until: "it is undone") { $0.phase == .inSync }
            #expect(undone.cutover.refusal?.contains("backed out") == true)
            #expect(undone.isRunning && !undone.cutover.isBackOutPossible)

            // Expiry: the time has passed while no agent ran. Somebody has written meanwhile, too.
            agent.send(signal: SIGTERM)
            try await agent.ended(within: .seconds(60))
            try await destination.changeState(
                "state", "migration", ["$set": ["deadline": .date(1_000)]])
            let reply = try await destination.write(
                ["delete": "orders", "deletes": [["q": ["_id": 2], "limit": 1]]], on: "shop")
            #expect(reply.count == 1)
            _ = try await fixture.start()
            let expired = try await wait(fixture, id, until: "it has expired") {
                $0.phase == .expired && !$0.isRunning
            }
            #expect(expired.isRetryPossible)
            #expect(expired.error?.code == .expired)
            try await client.retry(id, by: asker)

            // Mismatches, which the retry has found.
            let found = try await wait(fixture, id, until: "the difference is found") {
                !$0.mismatches.isEmpty && $0.phase == .inSync
            }
            #expect(found.mismatches.first?.contains("shop.orders") == true)
            #expect(!found.cutover.isReady && !found.areMismatchesAcknowledged)
            try await client.acknowledgeMismatches(id, found.mismatches, by: asker)
            _ = try await wait(fixture, id, until: "it is ready again") {
                $0.mismatches.isEmpty && $0.cutover.isReady
            }
        }
    }

    /// Of the cluster that the agent knows by this name.
    private func destination(_ fixture: AgentFixture) async throws -> Lane {
        let clusters = try await fixture.client.snapshot().clusters
        let known = try #require(clusters.first { $0.name == "destination" })
        return try Mongo.Cluster(ConnectionString(known.connectionString)).lane()
    }

    @Test func aFileOfClustersIsImported() async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            let file = fixture.scratch.path + "/clusters.txt"
            let uri = "mongodb://anna:hidden@127.0.0.1:1/?serverSelectionTimeoutMS=100"
            try "# ours\n\nshop   \(uri)\n  carts\t\(uri)\n"
                .write(toFile: file, atomically: false, encoding: .utf8)
            chmod(file, 0o644)
            let refused = try await fixture.run(["clusters", "import", file])
            #expect(refused.status != 0)
            #expect(try await fixture.client.snapshot().clusters.isEmpty)
            chmod(file, 0o600)
            let imported = try await fixture.run(
                ["clusters", "import", file, "--organization", "Acme", "--project", "web"])
            #expect(imported.status == 0, "\(imported.text)")
            #expect(!imported.text.contains("hidden"))
            let snapshot = try await fixture.client.snapshot()
            #expect(snapshot.clusters.map(\.name) == ["shop", "carts"])
            #expect(snapshot.organizations.map(\.name) == ["Acme"])
            #expect(snapshot.projects.map(\.name) == ["web"])
            try "shop\n".write(toFile: file, atomically: false, encoding: .utf8)
            let wrong = try await fixture.run(["clusters", "import", file])
            #expect(wrong.status == 2)
            #expect(wrong.text.contains("a name and a connection string"))
            try "new \(uri)\nshop \(uri)\n"
                .write(toFile: file, atomically: false, encoding: .utf8)
            let twice = try await fixture.run(
                ["clusters", "import", file, "--organization", "Acme", "--project", "web"])
            #expect(twice.status == 1)
            #expect(twice.text.contains("shop: "), "\(twice.text)")
            #expect(twice.text.contains("what stands before it in the file is added"))
            #expect(try await fixture.client.snapshot().clusters.count == 3)
        }
    }

    /// The store cannot be written while the migration runs, as on a full disk.
    @Test func aMigrationGoesOnWhileItsStoreCannotBeWritten() async throws {
        try await with { fixture, source, setup, agent in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1]]], on: "shop")
            let id = try await begin(fixture, setup)
            try await fixture.limitFiles(of: agent, to: 0)
            _ = try await wait(fixture, id, until: "it is ready") { $0.cutover.isReady }
            let trouble = try #require(try await fixture.client.snapshot().agent.trouble)
            #expect(trouble.code == .store)
            #expect(trouble.message.contains(fixture.folder.store))
            #expect(trouble.remedy?.hasPrefix("they go on meanwhile") == true)
            try await fixture.limitFiles(of: agent, to: nil)
            try await eventually("all is written down", within: .seconds(60)) {
                try await fixture.client.snapshot().agent.trouble == nil
            }
            agent.send(signal: SIGKILL)
            try await agent.ended(within: .seconds(20))
            let stored = try await Store(fixture.folder.store).load().migrations
            #expect(stored.map(\.live.phase) == [.inSync])
            #expect(stored.map(\.hasBegun) == [true])
        }
    }

    @Test func anOpenTransactionIsShownBeforeTheCutover() async throws {
        try await with { fixture, source, setup, _ in
            _ = try await source.lane.run(
                ["insert": "orders", "documents": [["_id": 1]]], on: "shop")
            let id = try await begin(fixture, setup)
            _ = try await wait(fixture, id, until: "it is ready") { $0.cutover.isReady }
            _ = try await source.cluster().lane().run(
                [
                    "insert": "orders", "documents": [["_id": 2]], "txnNumber": .int64(1),
                    "autocommit": false, "startTransaction": true,
                ], on: "shop")
            let live = try await wait(fixture, id, until: "the transaction is seen") {
                $0.cutover.openTransactions?.isEmpty == false
            }
            #expect(live.cutover.openTransactions?.count == 1)
        }
    }

    @Test func theCommandsKeepTheInventory() async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            // Nothing listens there: the cluster is added all the same.
            let uri = "mongodb://anna:hidden@127.0.0.1:1/?serverSelectionTimeoutMS=300"
            let added = try await fixture.run(["clusters", "add", "shop", "--uri", uri])
            #expect(added.status == 0, "\(added.text)")
            #expect(!added.text.contains("hidden"))
            let list = try await fixture.run(["clusters", "list"])
            #expect(list.text.contains("shop"))
            #expect(!list.text.contains("hidden"))
            #expect(try await fixture.run(["clusters", "test", "shop"]).status == 1)
            #expect(try await fixture.run(["clusters", "add", "shop", "--uri", uri]).status == 1)
            #expect(try await fixture.run(["clusters", "remove", "shop"]).status == 0)
            #expect(try await fixture.run(["clusters", "show", "shop"]).status == 2)
            #expect(try await fixture.run(["agent", "status"]).text.contains("0 clusters"))
            let second = try await fixture.run(["agent", "run"])
            #expect(second.status == 6)
            #expect(second.text.contains("running already"))
            #expect(try await fixture.run(["agent", "stop"]).status == 0)
            #expect(try await fixture.run(["agent", "status"]).status == 1)
        }
    }
}
