import BSON
import ControlAPI
import Migration
import MigrationTesting
import Mongo
import Sandbox
import Testing

@testable import Agent

/// The event log says who has done what to a migration.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WhoDidWhatServerTests {
    private let anna = Asker(wizard: Identifier(at: 1), name: "anna@bastion pts/3")
    private let ben = Asker(wizard: Identifier(at: 2), name: "ben@bastion pts/4")

    /// With a migration that anna has started. Its cutover waits for a silence that does not come.
    private func with(_ body: (Supervisor, Identifier, ReplicaSet, ReplicaSet) async throws -> Void)
        async throws
    {
        let scratch = try ScratchFolder()
        var sets: [ReplicaSet] = []
        func stop() async {
            for set in sets { try? await set.stop() }
            try? await scratch.remove()
        }
        do {
            for name in ["old", "new"] {
                var options = ReplicaSetOptions()
                options.name = name
                sets.append(try await ReplicaSet.start(options))
            }
            _ = try await sets[0].lane.run(
                ["insert": "items", "documents": [["_id": 1]]], on: "shop")
            let agent = try await Supervisor(
                AgentFolder(path: scratch.path), version: "1",
                owner: Lease.Owner(host: "here", boot: "1", process: 1), isRunning: { _ in true },
                lagHold: 0.3)
            var ids: [Identifier] = []
            for set in sets {
                let cluster = try await agent.add(
                    NewCluster(
                        name: set.options.name, organization: "Acme", project: "shop",
                        connectionString: Secret(set.uri)))
                ids.append(cluster.id)
            }
            var setup = MigrationSetup(source: ids[0], destination: ids[1])
            setup.quietPeriod = 3_600
            var run = ValidationRun(id: Identifier(at: 20), setup: setup, startedAt: Clock.now)
            run.isPassed = true
            await agent.publish(.validation(run))
            let work = Task { await agent.run() }
            do {
                let id = try await agent.start(setup, by: anna)
                try await body(agent, id, sets[0], sets[1])
            } catch {
                work.cancel()
                await work.value
                throw error
            }
            work.cancel()
            await work.value
        } catch {
            await stop()
            throw error
        }
        await stop()
    }

    private func wait(
        _ agent: Supervisor, _ id: Identifier, until what: String,
        _ isMet: (LiveMigration) -> Bool
    ) async throws {
        try await eventually(what, within: .seconds(120)) { isMet(try await agent.migration(id)) }
    }

    /// What the log says of these two.
    private func deeds(_ agent: Supervisor, _ id: Identifier) async throws -> [String] {
        try await agent.log(of: id, after: 0, limit: 1_000).map(\.text).filter {
            $0.hasPrefix(anna.name) || $0.hasPrefix(ben.name)
        }
    }

    /// What goes by way of an engine is there a moment later.
    private func expect(_ expected: [String], _ agent: Supervisor, _ id: Identifier) async throws {
        var found: [String] = []
        try await eventually("\(expected), found \(found)", within: .seconds(60)) {
            found = try await deeds(agent, id)
            return found.count >= expected.count
        }
        #expect(found == expected)
    }

    /// All that a driver can ask for; each as somebody who may not, or at the wrong time.
    private func expectRefusals(
        _ agent: Supervisor, _ id: Identifier, by asker: Asker
    ) async throws {
        let actions: [() async throws -> Void] = [
            { try await agent.pause(id, by: asker) }, { try await agent.resume(id, by: asker) },
            { try await agent.setLoadLevel(id, to: 2, by: asker) },
            {
                try await agent.beginCutover(
                    id, confirmedName: "new", writesStopped: true, by: asker)
            }, { try await agent.backOut(id, by: asker) },
            { try await agent.cancel(id, confirmedName: "new", by: asker) },
            { _ = try await agent.extendSync(id, by: asker) },
            { try await agent.retry(id, by: asker) },
            { try await agent.acknowledgeMismatches(id, ["x"], by: asker) },
        ]
        for action in actions {
            let error = await #expect(throws: ControlError.self) { try await action() }
            #expect(error?.code == .drivenByAnother)
        }
    }

    @Test func eachActionIsWrittenWithItsActorAndNoRefusalIs() async throws {
        try await with { agent, id, source, destination in
            try await wait(agent, id, until: "it is ready") { $0.cutover.isReady }
            try await agent.claim(id, by: anna)
            try await expectRefusals(agent, id, by: ben)
            await #expect(throws: ControlError.self) {
                try await agent.setLoadLevel(id, to: 9, by: anna)
            }
            await #expect(throws: ControlError.self) {
                try await agent.beginCutover(
                    id, confirmedName: "new", writesStopped: false, by: anna)
            }
            await #expect(throws: ControlError.self) {
                try await agent.cancel(id, confirmedName: "old", by: anna)
            }
            // Nothing comes of these.
            try await agent.resume(id, by: anna)
            try await agent.backOut(id, by: anna)
            try await agent.setLoadLevel(id, to: 3, by: anna)
            var expected = ["\(anna.name) started the migration"]
            try await expect(expected, agent, id)

            try await agent.pause(id, by: anna)
            try await agent.pause(id, by: anna)
            try await agent.resume(id, by: anna)
            try await agent.setLoadLevel(id, to: 2, by: anna)
            _ = try await agent.extendSync(id, by: anna)
            try await agent.acknowledgeMismatches(id, ["x"], by: anna)
            try await agent.claim(id, by: anna)
            expected += [
                "\(anna.name) paused the migration", "\(anna.name) resumed the migration",
                "\(anna.name) set the load level to 2",
                "\(anna.name) extended the time for the cutover by 24 hours",
                "\(anna.name) took note of 1 difference",
            ]
            try await expect(expected, agent, id)

            // Whoever comes back is no news.
            try await agent.yield(id, by: anna)
            try await agent.claim(id, by: anna)
            try await agent.yield(id, by: anna)
            try await agent.claim(id, by: ben)
            _ = try await source.lane.run(
                ["insert": "items", "documents": [["_id": 2]]], on: "shop")
            try await eventually("the cutover begins", within: .seconds(60)) {
                (try? await agent.beginCutover(
                    id, confirmedName: "new", writesStopped: true, by: ben)) != nil
            }
            try await wait(agent, id, until: "it can be backed out of") {
                $0.phase == .finalizing && $0.cutover.isBackOutPossible
            }
            try await agent.backOut(id, by: ben)
            let begun =
                "\(ben.name) began the cutover, and confirmed that the source's writes stopped"
            expected += [
                "\(ben.name) took the wheel from \(anna.name)", begun,
                "\(ben.name) backed out of the cutover",
            ]
            try await expect(expected, agent, id)

            // Another host seems to have taken it over.
            for end in ["retried", "cancelled"] {
                try await destination.lane.changeState(
                    "lease", "owner", ["$inc": ["epoch": 1], "$unset": ["owner": true]])
                try await wait(agent, id, until: "it has failed") {
                    $0.phase == .failed && !$0.isRunning
                }
                guard end == "retried" else { break }
                try await agent.retry(id, by: ben)
                try await wait(agent, id, until: "it goes on") { $0.phase == .inSync }
            }
            try await agent.cancel(id, confirmedName: "new", by: ben)
            try await agent.update(id) { ($0.phase, $0.isSourceHeld) = (.complete, true) }
            // Nobody gives the wheel of what is over away.
            #expect(try await agent.migration(id).driver?.wizard == ben.wizard)
            try await agent.releaseSource(id, by: anna)
            expected += [
                "\(ben.name) retried the migration", "\(ben.name) cancelled the migration",
                "\(anna.name) released the source",
            ]
            try await expect(expected, agent, id)
        }
    }
}
