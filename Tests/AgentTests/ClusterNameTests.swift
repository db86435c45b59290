import ControlAPI
import GRDB
import Sandbox
import Testing

@testable import Agent

/// No two clusters of a project have one name. Nothing listens on the ports.
@Suite(.serialized) struct ClusterNameTests {
    private func with(_ body: (Supervisor, AgentFolder) async throws -> Void) async throws {
        let scratch = try ScratchFolder()
        do {
            let folder = AgentFolder(path: scratch.path)
            try await body(try await Supervisor.alone(folder), folder)
        } catch {
            try? await scratch.remove()
            throw error
        }
        try await scratch.remove()
    }

    private func new(_ name: String) -> NewCluster {
        NewCluster(
            name: name, organization: "Acme", project: "shop",
            connectionString: Secret("mongodb://u:p@127.0.0.1:1/?serverSelectionTimeoutMS=100"))
    }

    /// Asks all at the same time; returns how many were not refused.
    private func count(
        _ asked: [@Sendable () async throws -> ControlAPI.Cluster]
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for ask in asked {
                group.addTask {
                    do { _ = try await ask() } catch let error as ControlError {
                        #expect(error.code == .conflict, "\(error)")
                        #expect(error.message.contains("has a cluster"), "\(error)")
                        return false
                    }
                    return true
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test func ofSeveralThatAreAddedAtTheSameTimeOneIsTaken() async throws {
        try await with { agent, folder in
            let new = new("rs0")
            let taken = try await count(Array(repeating: { try await agent.add(new) }, count: 8))
            #expect(taken == 1)
            let known = await agent.state.clusters
            #expect(known.map(\.name) == ["rs0"])
            #expect(await agent.state.organizations.map(\.name) == ["Acme"])
            #expect(await agent.state.projects.map(\.name) == ["shop"])
            #expect(try await agent.store.load().clusters.map(\.id) == known.map(\.id))
            #expect(try SecretFile(folder.secrets).load().keys.map(\.self) == known.map(\.id))
        }
    }

    @Test func ofSeveralThatAreRenamedAtTheSameTimeOneHasTheName() async throws {
        try await with { agent, _ in
            var ids: [Identifier] = []
            for number in 1...6 { ids.append(try await agent.add(new("rs\(number)")).id) }
            var change = ClusterChange()
            change.name = "shop"
            let asked = ids.map { id in
                { @Sendable [change] in try await agent.edit(cluster: id, change) }
            }
            #expect(try await count(asked) == 1)
            let known = await agent.state.clusters
            #expect(known.count { $0.name == "shop" } == 1)
            let stored = try await agent.store.load().clusters
            #expect(Set(stored.map(\.name)) == Set(known.map(\.name)))
        }
    }

    /// A store from before names were looked at when they are written.
    @Test func twinsOfAnOlderStoreAreToldApart() async throws {
        try await with { agent, folder in
            var ids: [Identifier] = []
            for name in ["one", "two", "three"] { ids.append(try await agent.add(new(name)).id) }
            try await agent.store.queue.write { database in
                try database.execute(
                    sql: """
                        DROP INDEX clusterNames;
                        ALTER TABLE clusters DROP COLUMN name;
                        DELETE FROM grdb_migrations WHERE identifier = '2';
                        UPDATE clusters SET body = CAST(
                            replace(replace(CAST(body AS TEXT), '"two"', '"one"'), '"three"', '"one"')
                            AS BLOB);
                        """)
            }
            let clusters = try await Store(folder.store).load().clusters
            #expect(Set(clusters.map(\.id)) == Set(ids))
            #expect(clusters.map(\.name).filter { $0 == "one" }.count == 1)
            #expect(Set(clusters.map(\.name)).count == 3)
            #expect(clusters.allSatisfy { $0.name.hasPrefix("one") })
        }
    }
}
