import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct CatalogReaderServerTests {
    @Test func whatNoMajorityHasIsNotShown() async throws {
        var options = ReplicaSetOptions(members: 3)
        options.parameters["enableTestCommands"] = "true"
        let set = try await ReplicaSet.start(options)
        let secondaries = await set.secondaries()
        #expect(secondaries.count == 2)
        for member in secondaries { try await pause(member, true) }
        _ = try await set.lane.run(["create": "a", "writeConcern": ["w": 1]], on: "majority")
        let cluster = try set.cluster()
        let lanes = [cluster.lane(), cluster.lane()]
        let impatient = CatalogReader(lanes: lanes, patience: .milliseconds(200))
        let error = await #expect(throws: MongoError.self) { try await impatient.read() }
        #expect(error?.kind == .writeConcern && error?.isWaitedFor == true)
        for member in secondaries { try await pause(member, false) }
        let catalog = try await CatalogReader(lanes: lanes).read()
        #expect(catalog[Namespace("majority", "a")] != nil)
        #expect(catalog.reflects <= catalog.operationTime)
        try await set.stop()
    }

    /// All members say who they are: a lane that is asked nothing else must find out, too, that its member is no primary.
    @Test(.timeLimit(.minutes(1))) func itIsReadAfterAnElection() async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions(members: 3))
        let cluster = try set.cluster()
        let reader = CatalogReader(lanes: (0..<3).map { _ in cluster.lane() })
        _ = try await set.lane.run(["create": "a"], on: "election")
        let name = Namespace("election", "a")
        #expect(try await reader.read()[name] != nil)
        try await set.stepDown()
        try await eventually("the catalog is read") {
            do {
                return try await reader.read()[name] != nil
            } catch let error as MongoError where error.isTransient {
                return false
            }
        }
        try await set.stop()
    }

    private func pause(_ member: Member, _ isOn: Bool) async throws {
        _ = try await member.lane.run([
            "configureFailPoint": "rsSyncApplyStop", "mode": isOn ? "alwaysOn" : "off",
        ])
    }

    @Test func indexesBelongToTheCollectionEvenWhileNamesAreSwapped_D3() async throws {
        let lab = try await CatalogLab("swapping")
        for name in ["a", "b"] {
            try await lab.onSource([
                "createIndexes": .string(name),
                "indexes": [["key": ["x": 1], "name": .string("index of \(name)")]],
            ])
        }
        let a = try await lab.sourceUUID("a")
        let reader = CatalogReader(
            lanes: [try await CatalogServers.shared.source().cluster().lane()])
        for _ in 0..<40 {
            async let catalog = reader.read(databases: ["swapping"])
            for (from, to) in [("a", "t"), ("b", "a"), ("t", "b")] {
                try await lab.renameOnSource("swapping.\(from)", "swapping.\(to)")
            }
            let found = try await catalog.sorted
            #expect(found.count == 2)
            for info in found {
                let expected = info.uuid == a ? "index of a" : "index of b"
                #expect(info.indexes.map(\.name) == ["_id_", expected])
            }
        }
    }

    @Test func internalDatabasesAndOtherDatabasesAreLeftOut() async throws {
        let lab = try await CatalogLab("wanted", "unwanted")
        try await lab.onSource(["create": "v", "viewOn": "a", "pipeline": []])
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "b"], in: "unwanted")
        let reader = CatalogReader(
            lanes: [try await CatalogServers.shared.source().cluster().lane()])
        let catalog = try await reader.read(databases: ["wanted", "admin", "local"])
        #expect(catalog.sorted.map(\.namespace.description) == ["wanted.a", "wanted.v"])
        let filter = NamespaceFilter(
            include: [NamespaceFilter.Pattern("unwanted.b")].compactMap(\.self))
        #expect(
            try await reader.read(filter: filter).collections.keys.map(\.description)
                == ["unwanted.b"])
    }
}
