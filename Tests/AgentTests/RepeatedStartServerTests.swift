import BSON
import ControlAPI
import Migration
import Mongo
import Sandbox
import Testing

@testable import Agent

/// An agent that was stopped before its migration began is started again, and the destination has become another's.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RepeatedStartServerTests {
    private static let items = Namespace("shop", "items")
    private static let count = 200

    private func supervisor(_ scratch: ScratchFolder) async throws -> Supervisor {
        try await Supervisor(
            AgentFolder(path: scratch.path), version: "1",
            owner: Lease.Owner(host: "here", boot: "1", process: 1), isRunning: { _ in false })
    }

    private func with(
        _ body: (ScratchFolder, ReplicaSet, ReplicaSet) async throws -> Void
    ) async throws {
        let scratch = try ScratchFolder()
        var sets: [ReplicaSet] = []
        do {
            for name in ["old", "new"] {
                var options = ReplicaSetOptions()
                options.name = name
                options.root = Credentials(username: "root", password: "root-geheim")
                options.parameters["enableTestCommands"] = "1"
                sets.append(try await ReplicaSet.start(options))
            }
            try await SampleData(.small, count: Self.count).insert(
                into: Self.items, through: [sets[0].lane])
            try await body(scratch, sets[0], sets[1])
        } catch {
            for set in sets { try? await set.stop() }
            try? await scratch.remove()
            throw error
        }
        for set in sets { try await set.stop() }
        try await scratch.remove()
    }

    private func setFailPoint(
        on set: ReplicaSet, mode: Value, _ data: Value = [:]
    ) async throws {
        _ = try await set.lane.run([
            "configureFailPoint": "failCommand", "mode": mode, "data": data,
        ])
    }

    /// Starts a migration that clears the destination, as confirmed now, and stops the agent before anything was touched.
    private func beginAndStop(
        _ scratch: ScratchFolder, _ source: ReplicaSet, _ destination: ReplicaSet
    ) async throws -> Identifier {
        let agent = try await supervisor(scratch)
        var ids: [Identifier] = []
        for set in [source, destination] {
            let cluster = try await agent.add(
                NewCluster(
                    name: set.options.name, organization: "Acme", project: "shop",
                    connectionString: Secret(set.uri)))
            ids.append(cluster.id)
        }
        var setup = MigrationSetup(source: ids[0], destination: ids[1])
        (setup.clear, setup.clearConfirmedName) = (true, "new")
        var run = ValidationRun(id: Identifier(at: 20), setup: setup, startedAt: Clock.now)
        run.isPassed = true
        await agent.publish(.validation(run))
        // WriteConflict: waited for.
        try await setFailPoint(
            on: source, mode: "alwaysOn",
            ["failCommands": ["replSetGetConfig"], "errorCode": 112])
        let asker = Asker(wizard: Identifier(at: 1), name: "test")
        let id = try await agent.start(setup, by: asker)
        let engine = try #require(await agent.runs[id]?.engine)
        try await eventually("it waits for the source", within: .seconds(60)) {
            await engine.details().waitingFor.contains { $0.contains("asking the source") }
        }
        let work = try #require(await agent.runs[id]?.task)
        work.cancel()
        await work.value
        try await setFailPoint(on: source, mode: "off")
        #expect(try await agent.store.load().migrations.map(\.live.phase) == [.preparing])
        return id
    }

    @Test func itLeavesAloneWhatHasBeenCutOverSince() async throws {
        try await with { scratch, source, destination in
            let id = try await beginAndStop(scratch, source, destination)
            var options = MigrationOptions()
            options.cutover = .whenInSync
            options.lagHold = 0.3
            options.drop = true
            let other = MigrationEngine(
                source: try ConnectionString(source.uri),
                destination: try ConnectionString(destination.uri), options: options,
                owner: Lease.Owner(host: "elsewhere", boot: "2", process: 2),
                isRunning: { _ in false })
            #expect(try await other.run().phase == .complete)

            let agent = try await supervisor(scratch)
            let work = Task { await agent.run() }
            try await eventually("it has ended", within: .seconds(120)) {
                try await agent.migration(id).phase.isFinal
            }
            let live = try await agent.migration(id)
            #expect(live.phase == .failed)
            #expect(live.error?.message.contains("which has cut over") == true)
            #expect(live.clearsOnRetry == true)
            // Nor is it cleared where that is asked for once more without a look at it.
            try await agent.retry(id, by: Asker(wizard: Identifier(at: 1), name: "test"))
            try await eventually("it has ended again", within: .seconds(120)) {
                let live = try await agent.migration(id)
                return live.phase.isFinal && !live.isRunning
            }
            #expect(try await agent.migration(id).phase == .failed)
            work.cancel()
            await work.value
            let kept = try await destination.lane.run(["count": "items"], on: "shop")
            #expect(kept["n"]?.integer == Self.count)
        }
    }

    /// It is begun as it was confirmed.
    @Test func itBeginsWhereNothingHasChanged() async throws {
        try await with { scratch, source, destination in
            let id = try await beginAndStop(scratch, source, destination)
            let agent = try await supervisor(scratch)
            let work = Task { await agent.run() }
            try await eventually("it is copied", within: .seconds(120)) {
                let live = try await agent.migration(id)
                try #require(live.phase != .failed, "\(live.error?.message ?? "")")
                return live.phase == .catchingUp || live.phase == .inSync
            }
            work.cancel()
            await work.value
        }
    }
}
