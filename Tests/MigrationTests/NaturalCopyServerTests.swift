import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Copies in natural order that are interrupted, and those that are made a second time.
@Suite struct NaturalCopyServerTests {
    private static let scattered = Namespace("shop", "scattered")
    private static let data = SampleData(.medium, bytes: 56 << 20, ids: .scattered)

    /// A source whose cache is far smaller than its one collection.
    private func withSource(_ body: (Pair) async throws -> Void) async throws {
        try await Pair.with { pair in
            let lanes = [pair.source.lane, try pair.source.cluster().lane()]
            try await NaturalCopyServerTests.data.insert(
                into: NaturalCopyServerTests.scattered, through: lanes)
            try await shrinkCache(pair)
            try await body(pair)
        }
    }

    private func shrinkCache(_ pair: Pair) async throws {
        try await pair.source.lane.perform(
            ["setParameter": 1, "wiredTigerEngineRuntimeConfig": "cache_size=32M"], on: "admin")
    }

    /// What the state says of the collection.
    private func state(_ pair: Pair) async throws -> Document {
        let found = try await pair.destination.lane.open(
            ["find": "collections", "filter": ["coll": "scattered"]], on: "lagzero_internal"
        ).documents.first { _ in true }
        return try #require(found?.copied())
    }

    private func hasPosition(_ pair: Pair) async throws -> Bool {
        try await !pair.destination.lane.open(
            ["find": "collections", "filter": ["natural": ["$exists": true]]],
            on: "lagzero_internal"
        ).isEmpty
    }

    /// Stops a copy behind its first position; returns the bytes that were copied by then.
    private func interrupt(_ pair: Pair) async throws -> Int {
        let live = try LiveMigration(pair)
        try await live.isTrue("a position is stored") {
            guard live.phase == .copying else { return false }
            return try await hasPosition(pair)
        }
        await live.kill()
        #expect(try await state(pair)["copied"] == nil)
        return live.engine.progress().bytesCopied
    }

    /// Goes on and expects that nothing is missing.
    private func resume(_ pair: Pair) async throws -> MigrationReport {
        let report = try await pair.migrate { $0.resume = true }
        try await pair.expectEqual(report)
        return report
    }

    /// The second copy does not go on where the first one ended.
    @Test func aCollectionThatWasDroppedOnTheDestinationIsCopiedWhole() async throws {
        try await withSource { pair in
            let report = try await pair.migrating({ $0.verify = .off }) { migration in
                try await migration.reached(.inSync)
                #expect(try await hasPosition(pair))
                let first = try await state(pair)["destination"]?.uuid
                try await pair.destination.lane.perform(["drop": "scattered"], on: "shop")
                try await pair.source.lane.perform(["create": "nudge"], on: "shop")
                try await migration.isTrue("it is copied again") {
                    guard let state = try? await state(pair), let copied = state["copied"]?.uuid
                    else { return false }
                    return copied != first && copied == state["destination"]?.uuid
                }
                // Nobody dropped it on the source.
                try await migration.isTrue("it is named") {
                    migration.engine.progress().differences == 1
                }
                let found = await migration.engine.details().mismatches
                await migration.engine.acknowledgeMismatches(found)
                return try await migration.cutOver()
            }
            #expect(report.documentsCopied >= 2 * NaturalCopyServerTests.data.count)
            try await pair.expectEqual(report)
        }
    }

    /// The token names a place far behind what was copied: nobody goes on there.
    @Test func aTokenOfAnotherMemberIsNotUsed() async throws {
        try await withSource { pair in
            _ = try await interrupt(pair)
            try await pair.destination.lane.perform(
                [
                    "update": "collections",
                    "updates": [
                        [
                            "q": ["coll": "scattered"],
                            "u": [
                                "$set": [
                                    "natural.member": "another",
                                    "natural.token": ["$recordId": .int64(1 << 40)],
                                ]
                            ],
                        ]
                    ],
                ], on: "lagzero_internal")
            _ = try await resume(pair)
        }
    }

    @Test func aTokenFromBeforeARestartIsNotUsed() async throws {
        try await withSource { pair in
            _ = try await interrupt(pair)
            let member = pair.source.members[0]
            try await member.process.stop()
            try await member.process.start()
            try await eventually("the source is back") { (try? await shrinkCache(pair)) != nil }
            let report = try await resume(pair)
            #expect(report.documentsCopied >= NaturalCopyServerTests.data.count)
        }
    }

    @Test func aTokenOfADeletedDocumentIsNotUsed() async throws {
        try await withSource { pair in
            _ = try await interrupt(pair)
            let token = try #require(try await state(pair)["natural"]?.document?["token"]?.document)
            let lane = pair.source.lane
            let found = try await lane.open(
                [
                    "aggregate": "scattered",
                    "pipeline": [
                        ["$project": ["record": ["$meta": "recordId"]]],
                        ["$match": ["record": token["$recordId"] ?? .null]],
                    ], "cursor": [:],
                ], on: "shop"
            ).documents.first { _ in true }
            let id = try #require(found?["_id"])
            try await lane.perform(
                ["delete": "scattered", "deletes": [["q": ["_id": id], "limit": 1]]], on: "shop")
            _ = try await resume(pair)
        }
    }

    /// The server is another one than it was when it was asked who it is.
    @Test func aReadFromAnotherMemberThanAskedIsDropped() async throws {
        let set = try await ReplicaSet.start()
        _ = try await set.lane.write(["insert": "a", "documents": [["_id": 1]]], on: "shop")
        let lane = try set.cluster().lane()
        let context = try await VerifyFixture("natural_open", [:]).context
        var asked: [NaturalOrder.Member?] = []
        let process = set.members[0].process
        let opened = try await NaturalOrder(context: context, lane: lane).open { member in
            asked.append(member)
            if asked.count == 1 {
                try await process.stop()
                try await process.start()
            }
            var batch: Batch?
            try await eventually("the server answers") {
                batch = try? await lane.open(["find": "a", "batchSize": 0], on: "shop")
                return batch != nil
            }
            return try #require(batch)
        }
        #expect(asked.count == 2)
        #expect(asked[0] != asked[1])
        #expect(opened.member == asked[1])
        try await set.stop()
    }
}
