import BSON
import ControlAPI
import Foundation
import GRDB
import Migration
import Mongo
import Sandbox
import Synchronization
import Testing

@testable import Agent

/// A migration between real servers that has failed and is ended for good, in a supervisor of this process. Nobody looks
/// at it but the test.
@Suite(.serialized, .timeLimit(.minutes(10))) struct EndingServerTests {
    private static let root = Credentials(username: "root", password: "root-geheim")
    private let asker = Asker(wizard: Identifier(at: 1), name: "test")

    /// With a migration that is in sync.
    private func with(_ body: (EndingLab) async throws -> Void) async throws {
        let scratch = try ScratchFolder()
        var sets: [ReplicaSet] = []
        func stop() async {
            for set in sets {
                set.members[0].process.thaw()
                try? await set.stop()
            }
            try? await scratch.remove()
        }
        do {
            for name in ["old", "new"] {
                var options = ReplicaSetOptions()
                options.name = name
                options.root = Self.root
                options.parameters["enableTestCommands"] = "1"
                sets.append(try await ReplicaSet.start(options))
            }
            let agent = try await Supervisor(
                AgentFolder(path: scratch.path), version: "1",
                owner: Lease.Owner(host: "here", boot: "1", process: 1), isRunning: { _ in true })
            var ids: [Identifier] = []
            for set in sets {
                let cluster = try await agent.add(
                    NewCluster(
                        name: ids.isEmpty ? "old" : "new", organization: "Acme", project: "shop",
                        connectionString: Secret(set.uri)))
                ids.append(cluster.id)
            }
            try await SampleData(.small, count: 100)
                .insert(into: Namespace("shop", "items"), through: [sets[0].lane])
            let setup = MigrationSetup(source: ids[0], destination: ids[1])
            var run = ValidationRun(id: Identifier(at: 20), setup: setup, startedAt: Clock.now)
            run.isPassed = true
            await agent.publish(.validation(run))
            let id = try await agent.start(setup, by: asker)
            let lab = EndingLab(
                agent: agent, id: id, setup: setup, source: sets[0], destination: sets[1])
            try await lab.reachSync()
            do {
                try await body(lab)
            } catch {
                await lab.stop()
                throw error
            }
            await lab.stop()
        } catch {
            await stop()
            throw error
        }
        await stop()
    }

    private func cancel(_ lab: EndingLab) async throws -> LiveMigration {
        try await lab.agent.cancel(lab.id, confirmedName: "new", by: asker)
        try await eventually("the ending is over") { await lab.agent.endings[lab.id] == nil }
        return try await lab.agent.migration(lab.id)
    }

    private func expectConflict(
        _ words: String, _ body: () async throws -> Void
    ) async throws {
        let error = await #expect(throws: ControlError.self) { try await body() }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    private func edited(_ uri: String) -> ClusterChange {
        var change = ClusterChange()
        change.connectionString = Secret(uri)
        return change
    }

    /// A refresh is suspended, as the store is busy, while the migration comes to its end.
    @Test func aRefreshThatComesLateDoesNotTakeTheEndBack() async throws {
        try await with { lab in
            let agent = lab.agent
            let run = try #require(await agent.runs[lab.id])
            let busy = BusyStore(await agent.store)
            try await eventually("the store is busy") { busy.isBusy }
            let refresh = Task { await agent.refresh(lab.id) }
            try await eventually("the refresh knows whose migration it is") {
                await agent.identities[lab.id]?.epoch != nil
            }
            let end = Task { try await agent.end(lab.id, as: .cancelled) }
            try await eventually("it is cancelled") {
                try await agent.migration(lab.id).phase == .cancelled
            }
            busy.letGo()
            await refresh.value
            try await end.value
            #expect(try await agent.migration(lab.id).phase == .cancelled)
            let stored = try #require(try await agent.store.load().migrations.first)
            #expect(stored.live.phase == .cancelled && stored.identity?.epoch != nil)
            run.task.cancel()
            await run.task.value
        }
    }

    @Test func aCancellationThatIsLostHalfWayHindersNeitherARetryNorAnother() async throws {
        try await with { lab in
            try await lab.fail(isRetryPossible: true)
            let epoch = try #require(await lab.agent.identities[lab.id]?.epoch)
            try await lab.setFailPoint(
                on: lab.destination,
                ["mode": ["skip": 1], "data": ["failCommands": ["update"], "errorCode": 6]])
            let half = try await cancel(lab)
            #expect(half.phase == .failed && half.cancellation?.error != nil)
            try await lab.setFailPoint(on: lab.destination, ["mode": "off"])
            #expect(try await lab.isBlocked())

            try await lab.agent.retry(lab.id, by: asker)
            try await lab.reachSync()
            try await lab.fail(isRetryPossible: false)
            #expect(try #require(await lab.agent.identities[lab.id]?.epoch) == epoch + 2)
            try await lab.setFailPoint(
                on: lab.destination,
                ["mode": ["skip": 1], "data": ["failCommands": ["update"], "errorCode": 6]])
            #expect(try await cancel(lab).phase == .failed)
            try await lab.setFailPoint(on: lab.destination, ["mode": "off"])
            let ended = try await cancel(lab)
            #expect(ended.phase == .cancelled, "\(ended.cancellation?.error?.message ?? "")")
            #expect(try await !lab.isBlocked())
        }
    }

    @Test func theClustersStayUntilNothingOfTheMigrationIsLeftOnThem() async throws {
        try await with { lab in
            let agent = lab.agent
            try await lab.fail(isRetryPossible: false)
            #expect(try await lab.isBlocked())
            let clusters = [lab.setup.source, lab.setup.destination]
            let other = "mongodb://root:x@127.0.0.1:1/?serverSelectionTimeoutMS=200"
            for id in clusters {
                try await expectConflict("blocks writes: old to new") {
                    _ = try await agent.edit(cluster: id, edited(other))
                }
                try await expectConflict("blocks writes: old to new") {
                    try await agent.remove(cluster: id)
                }
            }

            let server = lab.destination.members[0].process
            server.freeze()
            try await agent.cancel(lab.id, confirmedName: "new", by: asker)
            // Not even where nothing is blocked, and not by another user.
            try await agent.update(lab.id) { $0.cutover.isDestinationBlocked = false }
            for id in clusters {
                let same = try await agent.cluster(id).connectionString + "&appName=x"
                try await expectConflict("runs over this connection") {
                    _ = try await agent.edit(cluster: id, edited(same))
                }
                try await expectConflict("is being cancelled: old to new") {
                    try await agent.remove(cluster: id)
                }
            }
            server.thaw()
            try await eventually("the ending is over") { await agent.endings[lab.id] == nil }
            if try await agent.migration(lab.id).phase == .failed { _ = try await cancel(lab) }
            #expect(try await agent.migration(lab.id).phase == .cancelled)
            #expect(try await !lab.isBlocked())
            for id in clusters { try await agent.remove(cluster: id) }
        }
    }
}

/// A migration that can be made to fail.
private struct EndingLab: Sendable {
    let agent: Supervisor
    let id: Identifier
    let setup: MigrationSetup
    let source: ReplicaSet
    let destination: ReplicaSet

    func reachSync() async throws {
        try await eventually("it is in sync", within: .seconds(120)) {
            await agent.runs[id]?.engine.progress().phase == .inSync
        }
    }

    /// The source has lost its history. That may be met where it counts as a failure of another kind: `isRetryPossible`.
    func fail(isRetryPossible: Bool) async throws {
        try await setFailPoint(
            on: source,
            [
                "mode": "alwaysOn",
                "data": ["failCommands": ["aggregate", "getMore"], "errorCode": 286],
            ])
        try await eventually("it has failed", within: .seconds(60)) {
            await agent.runs[id] == nil
        }
        try await setFailPoint(on: source, ["mode": "off"])
        #expect(try await agent.migration(id).phase == .failed)
        try await agent.update(id) { $0.isRetryPossible = isRetryPossible }
    }

    func setFailPoint(on set: ReplicaSet, _ fields: Document) async throws {
        var command = DocumentBuilder()
        command.append("configureFailPoint", "failCommand")
        command.append(contentsOf: fields)
        _ = try await set.lane.run(command.finish())
    }

    /// Whether the destination refuses the writes of applications.
    func isBlocked() async throws -> Bool {
        let status = try await destination.lane.run(["serverStatus": 1])
        return status["repl"]?.document?["userWriteBlockMode"]?.integer == 2
    }

    func stop() async {
        let task = await agent.runs[id]?.task
        task?.cancel()
        await task?.value
    }
}

extension Supervisor {
    /// As an ending does it.
    fileprivate func end(_ id: Identifier, as phase: MigrationPhase) async throws {
        runs[id] = nil
        try await update(id) { $0.phase = phase }
    }
}

/// A store that does nothing for anybody else until it is let go.
private final class BusyStore: Sendable {
    private let free = DispatchSemaphore(value: 0)
    private let hasBegun = Mutex(false)

    init(_ store: Store) {
        let queue = store.queue
        Thread.detachNewThread { [self] in
            try? queue.write { _ in
                hasBegun.withLock { $0 = true }
                free.wait()
            }
        }
    }

    var isBusy: Bool { hasBegun.withLock { $0 } }

    func letGo() { free.signal() }
}
