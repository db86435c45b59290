import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Index builds that last: servers of their own are held in the middle of them.
@Suite(.serialized) struct CatalogBuildServerTests {
    private static let holdPoint = "hangAfterStartingIndexBuild"

    private func lab(_ name: String) async throws -> CatalogLab {
        let lab = try await CatalogLab(name, group: "builds")
        _ = try await lab.source.write(["insert": "a", "documents": [["x": 1]]], on: name)
        _ = try await lab.source.run(["create": "other"], on: name)
        return lab
    }

    private func hold(_ lane: Lane, _ isOn: Bool) async throws {
        _ = try await lane.run([
            "configureFailPoint": .string(CatalogBuildServerTests.holdPoint),
            "mode": isOn ? "alwaysOn" : "off",
        ])
    }

    private func createIndex(_ lane: Lane, in database: String) async throws {
        _ = try await lane.run(
            ["createIndexes": "a", "indexes": [["key": ["x": 1], "name": "x", "unique": true]]],
            on: database)
    }

    /// A lab whose destination is held while it builds the index of collection `a`.
    private func held(_ name: String) async throws -> (CatalogLab, IndexBuild) {
        let lab = try await lab(name)
        _ = try await lab.reconciler().run(indexable: [])
        _ = try await lab.destination.write(["insert": "a", "documents": [["x": 1]]], on: name)
        try await createIndex(lab.source, in: name)
        try await hold(lab.destination, true)
        let report = try await lab.reconciler().run(indexable: lab.journal.sources)
        return (lab, try #require(report.builds.first))
    }

    private func isBuilding(_ catalog: Catalog, _ name: String) -> Bool {
        catalog[Namespace(name, "a")]?.indexes.contains { !$0.isFinished } ?? false
    }

    @Test func anUnfinishedBuildOnTheSourceIsWaitedFor_X10() async throws {
        let lab = try await lab("unfinished")
        try await hold(lab.source, true)
        let lane = try await CatalogServers.shared.source(group: "builds").cluster().lane()
        let build = Task { try await createIndex(lane, in: "unfinished") }
        try await eventually("the build has begun") {
            isBuilding(try await lab.sourceCatalog(), "unfinished")
        }
        _ = try await lab.reconciler().run(indexable: [])
        let report = try await lab.reconciler().run(indexable: lab.journal.sources)
        #expect(report.isSettled && report.builds.isEmpty)
        try await hold(lab.source, false)
        try await build.value
        let later = try await lab.reconciler().run(indexable: lab.journal.sources)
        #expect(later.builds.map { $0.specs.map(\.name) } == [["x"]])
    }

    @Test func aRenameWaitsForTheBuildAndNothingElseDoes_D3_D6() async throws {
        let (lab, build) = try await held("busy")
        let running = Task { try await IndexBuilder.run(build, lab.lanes[3]) }
        try await eventually("the build has begun") {
            isBuilding(try await lab.destinationCatalog(), "busy")
        }
        try await lab.renameOnSource("busy.a", "busy.b")
        try await lab.renameOnSource("busy.other", "busy.a")
        try await lab.onSource(["create": "new"])
        let report = try await lab.reconciler().run(indexable: lab.journal.sources)
        #expect(!report.isSettled)
        #expect(report.waiting.map(\.description) == ["rename busy.a to busy.b"])
        #expect(report.created.map(\.namespace.collection) == ["new"])
        try await hold(lab.destination, false)
        _ = try await running.value
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
    }

    @Test func aBuildOfALostProcessIsJoined_D6() async throws {
        let (lab, build) = try await held("joined")
        let first = Task { try await IndexBuilder.run(build, lab.lanes[2]) }
        try await eventually("the build has begun") {
            isBuilding(try await lab.destinationCatalog(), "joined")
        }
        let report = try await lab.reconciler().run(indexable: lab.journal.sources)
        #expect(report.builds == [build])
        let second = Task { try await IndexBuilder.run(build, lab.lanes[3]) }
        try await hold(lab.destination, false)
        for outcome in [try await first.value, try await second.value] {
            guard case .done = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(try await lab.differences() == [])
    }

    @Test(arguments: ["index", "collection"])
    func aBuildOfWhatIsGoneEnds_X9_D1(gone: String) async throws {
        let (lab, build) = try await held("gone_\(gone)")
        let running = Task { try await IndexBuilder.run(build, lab.lanes[3]) }
        try await eventually("the build has begun") {
            isBuilding(try await lab.destinationCatalog(), "gone_\(gone)")
        }
        try await lab.onSource(
            gone == "index" ? ["dropIndexes": "a", "index": "x"] : ["drop": "a"])
        let report = try await lab.reconciler().run(indexable: lab.journal.sources)
        #expect(report.isSettled)
        try await hold(lab.destination, false)
        guard case .outdated = try await running.value else {
            Issue.record("not noticed")
            return
        }
        #expect(try await lab.differences() == [])
    }
}
