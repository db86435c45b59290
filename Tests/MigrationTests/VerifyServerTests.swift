import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite(.serialized)
struct VerifyServerTests {
    /// Documents numbered from 0, some hundred bytes each.
    static func documents(_ range: Range<Int>) -> [Document] {
        let filler = String(repeating: "x", count: 60)
        return range.map { number in
            [
                "_id": .integer(number), "n": .integer(number * 7), "text": .string(filler),
                "tags": ["a", "b"],
            ]
        }
    }

    @Test func findsWhatWasChangedBehindItsBackAmongManyDocuments() async throws {
        let fixture = try await VerifyFixture("verify_many", ["c": [:]])
        try await fixture.register("c")
        try await fixture.insert(Self.documents(0..<100_000), into: "c")
        let (lane, verifier) = (fixture.destination, fixture.verifier)
        try await fixture.update("c", ["_id": 4_711], ["$set": ["n": 1]], lane)
        try await fixture.delete("c", ["_id": 99_999], lane)
        try await fixture.delete("c", ["_id": 31_000], lane)
        try await fixture.insert([["_id": 50_000.5]], into: "c", [lane])
        try await fixture.insert([["_id": "extra"]], into: "c", [lane])
        try await fixture.running {
            try await eventually("the first pass is done") { verifier.isReady }
            try await eventually("everything is repaired") {
                verifier.mismatches.allSatisfy(\.isRepaired)
            }
            let found = verifier.mismatches.map(\.description).sorted()
            #expect(
                found == [
                    "verify_many.c: document \"extra\" is on the destination only (repaired since)",
                    "verify_many.c: document 31000 is missing on the destination (repaired since)",
                    "verify_many.c: document 4711 differs: field \"n\" (repaired since)",
                    "verify_many.c: document 50000.5 is on the destination only (repaired since)",
                    "verify_many.c: document 99999 is missing on the destination (repaired since)",
                ])
            #expect(try await verifier.finish().count == 5)
            verifier.acknowledge(found)
            #expect(try await verifier.finish() == [])
        }
        #expect(fixture.context.status.figures.documentsVerified >= 99_997)
    }

    @Test func anIDOfAnotherTypeIsADifference() async throws {
        let fixture = try await VerifyFixture("verify_types", ["c": [:]])
        try await fixture.register("c")
        try await fixture.insert(Self.documents(0..<100), into: "c")
        try await fixture.insert([["_id": .int32(1_000)]], into: "c", [fixture.source])
        try await fixture.insert([["_id": .int64(1_000)]], into: "c", [fixture.destination])
        let verifier = fixture.verifier
        try await fixture.running {
            let found = try await verifier.finish()
            #expect(found.count == 1)
            #expect(found.first?.kind == .changed)
            #expect(found.first?.detail.contains("$numberLong") ?? false)
            try await eventually("it is repaired") { verifier.mismatches.allSatisfy(\.isRepaired) }
        }
        let repaired = try await fixture.destination.open(
            ["find": "c", "filter": ["_id": 1_000]], on: "verify_types"
        ).documents.first { _ in true }
        #expect(repaired?.raw("_id")?.type == BSONType.int32)
    }

    @Test func findsDifferencesInCollatedAndClusteredCollections() async throws {
        let collation: Value = ["locale": "en", "strength": 2]
        let fixture = try await VerifyFixture(
            "verify_kinds",
            [
                "collated": ["collation": collation],
                "clustered": ["clusteredIndex": ["key": ["_id": 1], "unique": true]],
            ])
        try await fixture.register("collated", isCollated: true)
        try await fixture.register("clustered", isClustered: true)
        try await fixture.insert(
            (0..<5_000).map { ["_id": .string("Key\($0)")] } + [["_id": 7]], into: "collated")
        try await fixture.insert(Self.documents(0..<5_000), into: "clustered")
        try await fixture.delete("collated", ["_id": "key77"], fixture.destination)
        try await fixture.insert([["_id": "KEY77"]], into: "collated", [fixture.destination])
        try await fixture.update(
            "collated", ["_id": "key5"], ["$set": ["x": 1]], fixture.destination)
        try await fixture.delete("clustered", ["_id": ["$lt": 3]], fixture.destination)
        let verifier = fixture.verifier
        try await fixture.running {
            let found = Set(try await verifier.finish().map { "\($0.kind) \($0.id ?? "")" })
            #expect(
                found == [
                    "missing \"Key77\"", "extra \"KEY77\"", "changed \"Key5\"", "missing 0",
                    "missing 1", "missing 2",
                ])
            try await eventually("all is repaired") {
                verifier.mismatches.allSatisfy(\.isRepaired)
            }
        }
    }

    @Test func buckets() async throws {
        let series: Document = ["timeseries": ["timeField": "t", "metaField": "m"]]
        let fixture = try await VerifyFixture("verify_series", ["series": series])
        try await fixture.register("system.buckets.series", kind: .buckets, isClustered: true)
        let points = (0..<2_000).map { number -> Document in
            [
                "t": .date(1_700_000_000_000 + Int64(number) * 60_000),
                "m": .integer(number % 5), "v": .integer(number),
            ]
        }
        try await fixture.insert(points, into: "series", [fixture.source])
        let buckets = try await fixture.source.open(
            ["find": "system.buckets.series", "batchSize": 10_000], on: "verify_series"
        ).documents.map { $0 }
        try await fixture.insert(buckets, into: "system.buckets.series", [fixture.destination])
        let verifier = fixture.verifier
        try await fixture.running {
            #expect(try await verifier.finish() == [])
            try await fixture.update(
                "system.buckets.series", ["_id": .objectID(try #require(buckets[0].objectID))],
                ["$set": ["control.max.v": -1]], fixture.destination)
            verifier.forgetPassForTests()
            let found = try await verifier.finish()
            #expect(found.map(\.kind) == [.changed])
            #expect(found.first?.detail == "field \"control\"")
        }
    }

    @Test func theOrderOfACappedCollectionCounts() async throws {
        let capped: Document = ["capped": true, "size": 1_000_000]
        let fixture = try await VerifyFixture("verify_capped", ["same": capped, "other": capped])
        try await fixture.register("same", kind: .capped)
        try await fixture.register("other", kind: .capped)
        let documents = Self.documents(0..<1_000)
        try await fixture.insert(Self.documents(2_000..<2_010), into: "same", [fixture.destination])
        try await fixture.insert(documents, into: "same")
        try await fixture.insert(documents, into: "other", [fixture.source])
        let swapped = documents[..<500] + [documents[501], documents[500]] + documents[502...]
        try await fixture.insert(swapped, into: "other", [fixture.destination])
        let verifier = fixture.verifier
        try await fixture.running {
            let found = try await verifier.finish()
            #expect(found.map(\.kind) == [.order])
            #expect(found.first?.namespace == Namespace("verify_capped", "other"))
        }
    }

    /// `isOnSource`: what stands before the source's first documents is there, too, at another place.
    @Test(arguments: [false, true]) func aLongHeadOfACappedCollectionGoesInParts(
        isOnSource: Bool
    ) async throws {
        var options = MigrationOptions()
        options.cappedHead = 10
        let fixture = try await VerifyFixture(
            "verify_head", ["c": ["capped": true, "size": 100_000_000]], options: options)
        try await fixture.register("c", kind: .capped)
        // More than a part of either.
        let head = (0..<60).map { Document([("_id", Value.integer($0))]) }
        let rest = (60..<115).map { Document([("_id", Value.integer($0))]) }
        try await fixture.insert(head + rest, into: "c", [fixture.destination])
        try await fixture.insert(isOnSource ? rest + head : rest, into: "c", [fixture.source])
        let verifier = fixture.verifier
        try await fixture.running {
            let found = try await verifier.finish()
            #expect(found.map(\.kind) == (isOnSource ? [.order] : []))
        }
        let left = try await fixture.destination.run(["count": "c"], on: "verify_head")
        #expect(left["n"]?.integer == (isOnSource ? 115 : 55))
    }

    /// While documents come, nothing can be said about their number: it is asked for until it can.
    @Test func countsThatMoveAreNotTakenForEqual() async throws {
        var options = MigrationOptions()
        options.verify = .counts
        let fixture = try await VerifyFixture("verify_moving", ["c": [:]], options: options)
        try await fixture.register("c")
        try await fixture.insert(Self.documents(0..<100), into: "c")
        try await fixture.insert([["_id": -1]], into: "c", [fixture.destination])
        let verifier = fixture.verifier
        try await fixture.running {
            async let found = verifier.finish()
            for document in Self.documents(100..<400) {
                try await fixture.insert([document], into: "c", [fixture.source])
            }
            #expect(try await found.map(\.kind) == [.count])
        }
    }

    @Test func countsAreComparedInTheirMode() async throws {
        var options = MigrationOptions()
        options.verify = .counts
        let fixture = try await VerifyFixture(
            "verify_counts", ["equal": [:], "more": [:]], options: options)
        try await fixture.register("equal")
        try await fixture.register("more")
        try await fixture.insert(Self.documents(0..<100), into: "equal")
        try await fixture.insert(Self.documents(0..<100), into: "more")
        try await fixture.insert([["_id": -1]], into: "more", [fixture.destination])
        let verifier = fixture.verifier
        try await fixture.running {
            try await eventually("it has looked") { verifier.isReady }
            let found = try await verifier.finish().map(\.description)
            #expect(
                found == [
                    "verify_counts.more: the number of documents differs: "
                        + "100 on the source, 101 on the destination"
                ])
        }
    }

    /// A count reads the whole collection, and applications wait for those of a cutover.
    @Test func whatHasNotChangedSinceItWasCountedIsNotCountedAgain() async throws {
        var options = MigrationOptions()
        options.verify = .counts
        let fixture = try await VerifyFixture(
            "verify_recount", ["still": [:], "written": [:]], options: options)
        try await fixture.register("still")
        try await fixture.register("written")
        try await fixture.insert(Self.documents(0..<100), into: "still")
        try await fixture.insert(Self.documents(0..<100), into: "written")
        let verifier = fixture.verifier
        try await fixture.running {
            try await eventually("it has looked") { verifier.isReady }
            try await fixture.insert([["_id": -1]], into: "written", [fixture.source])
            try await fixture.settle()
            _ = try await fixture.source.run(["profile": 2], on: "verify_recount")
            #expect(try await verifier.finish() == [])
            _ = try await fixture.source.run(["profile": 0], on: "verify_recount")
            let counted = try await fixture.source.open(
                [
                    "find": "system.profile",
                    "filter": ["command.pipeline.$count": ["$exists": true]],
                ], on: "verify_recount"
            ).documents.compactMap { $0["ns"]?.string }
            #expect(counted == ["verify_recount.written"])
            #expect(verifier.summary.documents == 201)
        }
    }

    @Test func writesThatGoOnAreNoDifference() async throws {
        let fixture = try await VerifyFixture(
            "verify_live", ["a": [:], "b": ["collation": ["locale": "en", "strength": 1]]])
        try await fixture.register("a")
        try await fixture.register("b", isCollated: true)
        try await fixture.insert(Self.documents(0..<50_000), into: "a")
        let (verifier, context) = (fixture.verifier, fixture.context)
        let writer = try await VerifyServers.started.value.source
        try await fixture.running(loadLevel: 1) {
            let application = Task {
                try await Workload(lane: try writer.cluster().lane(), database: "verify_live").run()
            }
            try await eventually("the first pass is done") {
                verifier.isReady
            }
            try await eventually("much has been applied") {
                context.status.figures.eventsApplied > 20_000
            }
            #expect(verifier.mismatches == [])
            application.cancel()
            try await application.value
            try await fixture.settle()
            let start = ContinuousClock.now
            #expect(try await verifier.finish() == [])
            let pending = verifier.progress.pendingRechecks
            #expect(pending == 0)
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func aCollectionThatIsRenamedOrDroppedOrNewIsFollowed() async throws {
        let fixture = try await VerifyFixture("verify_names", ["c": [:], "gone": [:]])
        let uuid = try await fixture.register("c")
        let gone = try await fixture.register("gone")
        try await fixture.insert(Self.documents(0..<1_000), into: "c")
        try await fixture.insert(Self.documents(0..<1_000), into: "gone", [fixture.source])
        for lane in [fixture.source, fixture.destination] {
            _ = try await lane.run(
                ["renameCollection": "verify_names.c", "to": "verify_names.d"])
            _ = try await lane.run(["drop": "gone"], on: "verify_names")
        }
        let verifier = fixture.verifier
        try await fixture.running {
            async let found = verifier.finish()
            try await eventually("the new name is known") {
                fixture.context.registry[uuid]?.sourceName.collection == "d"
            }
            fixture.context.registry.remove(gone)
            #expect(try await found == [])
            #expect(verifier.progress.collections == 1)
            #expect(verifier.progress.documents == 1_000)
        }
    }
}

/// Inserts, updates and deletes in the collections `a` and `b` until cancelled.
private struct Workload {
    let lane: Lane
    let database: String

    func run() async throws {
        var random = SystemRandomNumberGenerator()
        var round = 0
        while !Task.isCancelled {
            round += 1
            let updates = (0..<100).map { _ -> Value in
                [
                    "q": ["_id": .integer(Int.random(in: 0..<60_000, using: &random))],
                    "u": ["$set": ["round": .integer(round)]], "upsert": true,
                ]
            }
            _ = try await lane.write(
                ["update": "a", "updates": .array(Document(array: updates))], on: database)
            let deletes = (0..<20).map { _ -> Value in
                [
                    "q": ["_id": .integer(Int.random(in: 0..<60_000, using: &random))], "limit": 1,
                ]
            }
            _ = try await lane.write(
                ["delete": "a", "deletes": .array(Document(array: deletes))], on: database)
            let letters = ["a", "A", "b", "B", "ä", "c"]
            for _ in 0..<5 {
                let name = letters.randomElement(using: &random) ?? "a"
                _ = try await lane.write(
                    ["delete": "b", "deletes": [["q": ["_id": .string(name)], "limit": 1]]],
                    on: database)
                _ = try? await lane.write(
                    ["insert": "b", "documents": [["_id": .string(name), "r": .integer(round)]]],
                    on: database)
            }
        }
    }
}

extension Document {
    fileprivate var objectID: ObjectID? {
        guard case .objectID(let id) = self["_id"] else { return nil }
        return id
    }
}

extension Verifier {
    /// Has everything compared once more.
    fileprivate func forgetPassForTests() {
        for collection in context.registry.all {
            withState { $0.plan.wantAgain(collection.source) }
        }
    }
}
