import BSON
import Migration
import Mongo
import Sandbox
import Testing

@Suite struct MigrationServerTests {
    @Test func aStillClusterIsCopied() async throws {
        try await Pair.with { pair in
            let lane = pair.source.lane
            for index in 0..<10 {
                _ = try await lane.insert(index, into: "shop", "items")
            }
            _ = try await lane.run(
                ["createIndexes": "items", "indexes": [["key": ["n": 1], "name": "n_1"]]], on: "shop")
            let report = try await pair.migrate()
            #expect(report.phase == .complete)
            #expect(try await pair.differences() == [])
        }
    }
}

extension Lane {
    func insert(_ number: Int, into database: String, _ collection: String) throws(MongoError) -> Document {
        try run(
            ["insert": .string(collection), "documents": [["_id": .integer(number), "n": .integer(number % 3)]]],
            on: database)
    }
}
