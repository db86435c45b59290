import BSON
import Mongo
import Sandbox
import Synchronization
import Testing

@testable import Migration

/// The comparison in natural order.
@Suite(.serialized)
struct NaturalComparerServerTests {
    /// What a comparer has told.
    private final class Told: Sendable {
        let matched = Mutex(0)
        let candidates = Mutex<[RawValue]>([])

        func tell(_ number: Int, _ ids: [RawValue]) {
            matched.withLock { $0 += number }
            candidates.withLock { $0 += ids }
        }

        var all: (matched: Int, candidates: Set<RawValue>) {
            (matched.withLock { $0 }, Set(candidates.withLock { $0 }))
        }
    }

    private static func documents(_ range: Range<Int>) -> [Document] {
        VerifyServerTests.documents(range)
    }

    @Test func findsWhatDiffersBetweenSidesInDifferentOrders() async throws {
        let fixture = try await VerifyFixture("natural_orders", ["c": [:]])
        try await fixture.register("c")
        var random = SplitMix64(seed: 3)
        let documents = Self.documents(0..<50_000)
        try await fixture.insert(documents, into: "c", [fixture.source])
        try await fixture.insert(
            documents.shuffled(using: &random), into: "c", [fixture.destination])
        let (lane, verifier) = (fixture.destination, fixture.verifier)
        try await fixture.update("c", ["_id": 4_711], ["$set": ["n": 1]], lane)
        try await fixture.delete("c", ["_id": 31_000], lane)
        try await fixture.insert([["_id": "extra"]], into: "c", [lane])
        try await fixture.running {
            let found = Set(try await verifier.finish().map { "\($0.kind) \($0.id ?? "")" })
            #expect(found == ["changed 4711", "missing 31000", "extra \"extra\""])
            #expect(verifier.progress.documents == 49_998)
        }
    }

    @Test func writesThatGoOnAreNoDifferenceInAnyOrder() async throws {
        let fixture = try await VerifyFixture("natural_live", ["c": [:]])
        try await fixture.register("c")
        let documents = Self.documents(0..<50_000)
        try await fixture.insert(documents, into: "c", [fixture.source])
        try await fixture.insert(documents.reversed(), into: "c", [fixture.destination])
        let (verifier, uuid) = (fixture.verifier, try #require(fixture.context.registry.all.first))
        let writer = try await VerifyServers.started.value.source.cluster().lane()
        try await fixture.running(loadLevel: 1) {
            let application = Task {
                var round = 0
                while !Task.isCancelled {
                    round += 1
                    // Updates, documents that are deleted and come back at the end, and new ones.
                    let some = (0..<100).map { Value.integer((round * 499 + $0 * 491) % 50_000) }
                    _ = try await writer.write(
                        [
                            "update": "c",
                            "updates": [
                                [
                                    "q": ["_id": ["$in": .array(Document(array: some))]],
                                    "u": ["$set": ["round": .integer(round)]], "multi": true,
                                ]
                            ],
                        ], on: "natural_live")
                    let again = Document(documents: Self.documents(round..<round + 20))
                    _ = try await writer.write(
                        [
                            "delete": "c",
                            "deletes": [
                                [
                                    "q": [
                                        "_id": [
                                            "$gte": .integer(round), "$lt": .integer(round + 20),
                                        ]
                                    ], "limit": 0,
                                ]
                            ],
                        ], on: "natural_live")
                    _ = try await writer.write(
                        ["insert": "c", "documents": .array(again)], on: "natural_live")
                    _ = try await writer.write(
                        ["insert": "c", "documents": [["_id": .integer(100_000 + round)]]],
                        on: "natural_live")
                }
            }
            for _ in 0..<5 {
                verifier.withState { $0.plan.wantAgain(uuid.source) }
                try await eventually("a pass is done") { verifier.isReady }
            }
            #expect(verifier.mismatches == [])
            application.cancel()
            try await application.value
            try await fixture.settle()
            #expect(try await verifier.finish() == [])
            try await fixture.update("c", ["_id": 40_000], ["$set": ["n": 1]], fixture.destination)
            verifier.withState { $0.plan.wantAgain(uuid.source) }
            #expect(try await verifier.finish().map(\.kind) == [.changed])
        }
    }

    @Test func largeCollectionsAreComparedInNaturalOrderWhereBothSidesHaveTheSame() async throws {
        let fixture = try await VerifyFixture("natural_plan", ["a": [:], "b": [:]])
        let documents = Self.documents(0..<1_000)
        var random = SplitMix64(seed: 4)
        let (alike, other) = (
            try await fixture.register("a"), try await fixture.register("b")
        )
        try await fixture.insert(documents, into: "a")
        try await fixture.insert(documents, into: "b", [fixture.destination])
        try await fixture.insert(
            documents.shuffled(using: &random), into: "b", [fixture.source])
        func isNatural(_ uuid: BinaryUUID, _ bytes: Int, inRanges: Bool = false) async throws
            -> Bool
        {
            let collection = try #require(fixture.context.registry[uuid])
            let lanes = VerifyLanes(context: fixture.context)
            let plan = try await RangePlanner(lanes: lanes, naturalBytes: bytes).plan(
                collection, inRanges: inRanges)
            if case .natural = plan.work.first { return true }
            return false
        }
        #expect(try await isNatural(alike, 0))
        #expect(try await isNatural(other, 0) == false)
        #expect(try await isNatural(other, 1 << 30))
        #expect(try await isNatural(other, 1 << 30, inRanges: true) == false)
    }

    @Test func goesOnInRangesWhereTheDifferenceCannotBeTold() async throws {
        let fixture = try await VerifyFixture("natural_ranges", ["c": [:]])
        try await fixture.register("c")
        let filler = String(repeating: "i", count: 2 * Tuning.differenceIDBytes)
        let documents = (0..<1_000).map { ["_id": .string("\($0)" + filler)] as Document }
        try await fixture.insert(documents, into: "c")
        let collection = try #require(fixture.context.registry.all.first)
        func compare(_ told: Told) async throws -> Bool {
            let lanes = VerifyLanes(context: fixture.context)
            return try await NaturalComparer(lanes: lanes) { told.tell($0, $1) }.compare(
                collection, documents: 1_000, batchSize: 100)
        }
        let equal = Told()
        let isDone = try await compare(equal)
        #expect(isDone)
        #expect(equal.all == (1_000, []))
        let id = documents[7]["_id"] ?? .null
        try await fixture.update("c", ["_id": id], ["$set": ["n": 1]], fixture.destination)
        let other = Told()
        let isDoneAgain = try await compare(other)
        #expect(!isDoneAgain)
        #expect(other.all == (0, []))
        let verifier = fixture.verifier
        try await fixture.running {
            let found = try await verifier.finish()
            #expect(found.map(\.kind) == [.changed])
            #expect(verifier.progress.documents == 999)
        }
    }

    @Test func beginsAgainWhenItsCursorsAreGone() async throws {
        let fixture = try await VerifyFixture("natural_cursors", ["c": [:]])
        try await fixture.register("c")
        try await fixture.insert(Self.documents(0..<20_000), into: "c")
        try await fixture.delete("c", ["_id": 100], fixture.destination)
        let collection = try #require(fixture.context.registry.all.first)
        let told = Told()
        let calls = Mutex(0)
        let servers = try await VerifyServers.started.value
        let killers = [servers.source.lane, servers.destination.lane]
        let comparer = NaturalComparer(lanes: VerifyLanes(context: fixture.context)) {
            told.tell($0, $1)
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            guard call == 5 else { return }
            for lane in killers { _ = try? await lane.run(["killAllSessions": []]) }
        }
        let isDone = try await comparer.compare(collection, documents: 20_000, batchSize: 1_000)
        #expect(isDone)
        #expect(told.all == (19_999, [rawID(100)]))
        #expect(calls.withLock { $0 } > 25)
    }
}
