import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Line W of the checklists: writes of an application in every phase, up to the moment in which the
/// cutover blocks them.
@Suite(.serialized) struct WritesServerTests {
    @Test func w1EveryKindOfWriteIsKept() async throws {
        try await migrate { lane, round in
            for statement in EveryWrite(round: round).statements {
                try await lane.perform(statement, on: "shop")
            }
        }
    }

    @Test func w2ChangesOfArraysAreKept() async throws {
        try await migrate { lane, round in
            for statement in ArrayWrites(round: round).statements {
                try await lane.perform(statement, on: "shop")
            }
        }
    }

    @Test func w5AHotDocumentIsKeptInStep() async throws {
        try await Pair.withHolds { pair in
            let lanes = try await pair.application(lanes: 2)
            let increments = Value.array(
                Document(
                    array: (0..<1_000).map { _ in
                        ["q": ["_id": "hot"], "u": ["$inc": ["n": 1]], "upsert": true]
                    }))
            let applications = lanes.map { lane in
                Application { _ in
                    try await lane.perform(["update": "hot", "updates": increments], on: "shop")
                }
            }
            let report = try await pair.migrate { _ in try await applications[0].does(3) }
            for application in applications { try await application.stop() }
            let document = try #require(
                try await pair.destination.lane.open(["find": "hot"], on: "shop").documents
                    .first { _ in true })
            let updates = document["n"]?.integer ?? 0
            trace("\(updates) updates, \(report.eventsApplied) applied")
            // Those that were blocked in the middle of a round count too.
            #expect(updates >= 1_000 * applications.reduce(0) { $0 + $1.rounds })
            #expect(report.eventsApplied < updates / 2, "updates of one document are not gathered")
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }

    @Test func w6ADeletedAndReinsertedIdSurvives() async throws {
        try await migrate(lanes: 2) { lane, round in
            let id = Value.integer(round % 7)
            try await lane.perform(
                ["delete": "phoenix", "deletes": [["q": ["_id": id], "limit": 1]]], on: "shop")
            try await lane.perform(
                [
                    "update": "phoenix",
                    "updates": [
                        ["q": ["_id": id], "u": ["round": .integer(round)], "upsert": true]
                    ],
                ], on: "shop")
            // Every other id is left deleted.
            if id.integer.map({ $0 % 2 == 0 }) ?? false {
                try await lane.perform(
                    ["delete": "phoenix", "deletes": [["q": ["_id": id], "limit": 1]]], on: "shop")
            }
        }
    }

    @Test func w7AUniqueValueMovesBetweenDocuments() async throws {
        try await migrate { pair in
            try await pair.source.lane.perform(
                [
                    "createIndexes": "seats",
                    "indexes": [["key": ["seat": 1], "name": "seat", "unique": true]],
                ], on: "shop")
            try await pair.source.lane.perform(
                [
                    "insert": "seats",
                    "documents": [["_id": 1, "seat": "a"], ["_id": 2, "seat": "b"]],
                ], on: "shop")
        } write: { lane, round in
            let (from, to): (Value, Value) = round % 2 == 0 ? (1, 2) : (2, 1)
            // Both change places by way of a third value.
            for (id, seat) in [(from, Value("c")), (to, "a"), (from, "b")] {
                try await lane.perform(
                    [
                        "update": "seats",
                        "updates": [["q": ["_id": id], "u": ["$set": ["seat": seat]]]],
                    ], on: "shop")
            }
        }
    }

    @Test func w9AnEventBetweenARefetchAndItsAcknowledgementIsKept() async throws {
        try await Pair.withHolds { pair in
            try await SampleData(.small, count: 3_000, ids: .integers).insert(
                into: Namespace("shop", "items"), through: [pair.source.lane])
            let lanes = try await pair.application(lanes: 2)
            let constant = Application { round in
                try await lanes[0].perform(
                    [
                        "update": "items",
                        "updates": [
                            ["q": ["_id": .int64(7)], "u": ["$set": ["round": .integer(round)]]]
                        ],
                    ], on: "shop")
            }
            // Every batch that is read again holds the constant document and many others.
            let others = Application { round in
                let updates = (0..<200).map { number -> Value in
                    let id = Int64((round * 200 + number) % 3_000)
                    return ["q": ["_id": .int64(id)], "u": ["$set": ["by": .integer(round)]]]
                }
                try await lanes[1].perform(
                    ["update": "items", "updates": .array(Document(array: updates))], on: "shop")
            }
            let report = try await pair.migrate { phase in
                try await others.does(phase == .inSync ? 10 : 3)
            }
            try await constant.stop()
            try await others.stop()
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }

    /// A whole migration of a collection with sample data, while an application goes on writing in
    /// every phase until it is stopped by the cutover.
    private func migrate(
        lanes: Int = 1, prepare: (Pair) async throws -> Void = { _ in },
        write: @escaping @Sendable (Lane, Int) async throws -> Void
    ) async throws {
        try await Pair.withHolds { pair in
            try await SampleData(.small, count: 1_000).insert(
                into: Namespace("shop", "items"), through: [pair.source.lane])
            try await prepare(pair)
            let lanes = try await pair.application(lanes: lanes)
            let applications = lanes.map { lane in
                Application { round in try await write(lane, round) }
            }
            let report = try await pair.migrate { _ in
                for application in applications { try await application.does(5) }
            }
            for application in applications { try await application.stop() }
            #expect(report.phase == .complete)
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }
}
