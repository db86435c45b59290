import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// The engine ends between a change on the destination and the note of it.
@Suite struct CatalogCrashServerTests {
    @Test(arguments: [MemoryJournal.Moment.intend, .pair, .claim])
    func whatWasBegunIsFoundAgain_D6(moment: MemoryJournal.Moment) async throws {
        let lab = try await CatalogLab("crash_\(moment)")
        try await lab.onSource(["create": "a", "collation": ["locale": "de"]])
        try await lab.onSource(["create": "s", "timeseries": ["timeField": "t"]])
        try await lab.onSource([
            "create": "v", "viewOn": "a", "pipeline": [], "collation": ["locale": "de"],
        ])
        lab.journal.crash(at: moment)
        await #expect(throws: Crash.self) { try await lab.reconcile() }
        let left = try await lab.destinationUUID("a")
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(try await lab.differences() == [])
        if moment == .pair { #expect(try await lab.destinationUUID("a") == left) }
        #expect(lab.gate.areAllOpen)
    }

    @Test(arguments: [MemoryJournal.Moment.unpair, .release, .pair])
    func whatWasBegunToGoGoes_D6(moment: MemoryJournal.Moment) async throws {
        let lab = try await CatalogLab("gone_\(moment)")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "b"])
        try await lab.onSource(["create": "v", "viewOn": "a", "pipeline": []])
        try await lab.reconcile()
        let b = try await lab.destinationUUID("b")
        try await lab.onSource(["drop": "a"])
        try await lab.onSource(["drop": "v"])
        try await lab.renameOnSource("gone_\(moment).b", "gone_\(moment).a")
        lab.journal.crash(at: moment)
        await #expect(throws: Crash.self) { try await lab.reconcile() }
        #expect(lab.gate.areAllOpen)
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.destinationUUID("a") == b)
        #expect(try await lab.differences() == [])
        #expect(lab.journal.state.entries.count == 1 && lab.journal.state.views.isEmpty)
    }

    @Test func aSwapInterruptedHalfwayIsFinished_D6() async throws {
        let lab = try await CatalogLab("halfway")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "b"])
        try await lab.reconcile()
        let (a, b) = (try await lab.destinationUUID("a"), try await lab.destinationUUID("b"))
        try await lab.renameOnSource("halfway.a", "halfway.t")
        try await lab.renameOnSource("halfway.b", "halfway.a")
        try await lab.renameOnSource("halfway.t", "halfway.b")
        lab.journal.crash(at: .pair)
        await #expect(throws: Crash.self) { try await lab.reconcile() }
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.destinationUUID("a") == b)
        #expect(try await lab.destinationUUID("b") == a)
    }

    @Test func aCollectionThatHoldsSomethingIsNotAdopted() async throws {
        let lab = try await CatalogLab("full")
        try await lab.onSource(["create": "a"])
        lab.journal.crash(at: .pair)
        await #expect(throws: Crash.self) { try await lab.reconcile() }
        _ = try await lab.destination.write(["insert": "a", "documents": [["_id": 1]]], on: "full")
        let report = try await lab.reconcile()
        #expect(report.problems == [.foreign(Namespace("full", "a"), isView: false)])
    }

    @Test func aCreationNobodyNeedsAnyMoreIsTakenBack_D6() async throws {
        let lab = try await CatalogLab("unneeded")
        try await lab.onSource(["create": "a"])
        lab.journal.crash(at: .pair)
        await #expect(throws: Crash.self) { try await lab.reconcile() }
        try await lab.onSource(["drop": "a"])
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.destinationCatalog().collections.isEmpty)
        #expect(lab.journal.state.entries.isEmpty)
    }

    @Test func everyChangeCanBePerformedTwice() async throws {
        let lab = try await CatalogLab("twice")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "s", "timeseries": ["timeField": "t"]])
        try await lab.reconcile()
        let executor = CatalogExecutor(lanes: lab.lanes, journal: lab.journal)
        let a = try #require(try await lab.destinationUUID("a"))
        let s = try #require(try await lab.destinationUUID("system.buckets.s"))
        let (from, to) = (Namespace("twice", "a"), Namespace("twice", "b"))
        let actions: [CatalogAction] = [
            .rename(a, from: from, to: to, source: uuid(1)),
            .drop(a, .collection, to, source: uuid(1)),
            .drop(s, .buckets, Namespace("twice", "system.buckets.s"), source: uuid(2)),
            .dropView(Namespace("twice", "v")),
        ]
        for action in actions {
            for _ in 0..<2 {
                guard case .done = try await executor.perform([action])[0] else {
                    Issue.record("\(action)")
                    continue
                }
            }
        }
        #expect(try await lab.destinationCatalog().collections.isEmpty)
    }

    @Test func anActionPlannedForAnotherCatalogDoesNothing() async throws {
        let lab = try await CatalogLab("outdated")
        try await lab.onDestination(["create": "a"])
        try await lab.onDestination(["create": "b"])
        let executor = CatalogExecutor(lanes: lab.lanes, journal: lab.journal)
        let (a, b) = (Namespace("outdated", "a"), Namespace("outdated", "b"))
        let actions: [CatalogAction] = [
            .rename(uuid(5), from: a, to: Namespace("outdated", "c"), source: uuid(1)),
            .modify(uuid(5), a, ["validationLevel": "off"], changes: [], source: uuid(1)),
            .dropIndexes(uuid(5), a, ["x"], source: uuid(1)),
            .dropView(b), .create(CollectionInfo(namespace: a, uuid: uuid(1))),
        ]
        for action in actions {
            guard case .outdated = try await executor.perform([action])[0] else {
                Issue.record("\(action)")
                continue
            }
        }
        #expect(try await lab.destinationCatalog().collections.count == 2)
    }

    /// Of a process that was stopped between its plan and its changes, and replaced meanwhile.
    @Test func f4WhoWasReplacedChangesNothingMore() async throws {
        let lab = try await CatalogLab("replaced")
        try await lab.onDestination(["create": "a"])
        try await lab.onDestination(
            ["createIndexes": "a", "indexes": [["key": ["n": 1], "name": "n"]]])
        let a = try #require(try await lab.destinationUUID("a"))
        let name = Namespace("replaced", "a")
        let executor = CatalogExecutor(
            lanes: lab.lanes, journal: lab.journal, mayChange: { throw Lease.lost })
        let actions: [CatalogAction] = [
            .dropIndexes(a, name, ["n"], source: uuid(1)),
            .drop(a, .collection, name, source: uuid(1)),
            .create(CollectionInfo(namespace: Namespace("replaced", "b"), uuid: uuid(2))),
        ]
        for action in actions {
            await #expect(throws: MigrationError.self) { try await executor.perform([action]) }
        }
        let spec: Document = ["key": ["m": 1], "name": "m"]
        let build = IndexBuild(
            source: uuid(1), destination: a, namespace: name,
            specs: [try #require(IndexSpec(spec))])
        await #expect(throws: MigrationError.self) {
            try await IndexBuilder(lanes: lab.lanes, mayChange: { throw Lease.lost })
                .run([build]) { _, _ in }
        }
        let found = try await lab.destinationCatalog()
        #expect(Array(found.collections.keys) == [name])
        #expect(found[name]?.indexes.map(\.name).sorted() == ["_id_", "n"])
    }
}
