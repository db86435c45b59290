import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// What a server answers only after a long scan is not given up and asked for again, for ever.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LongReadsServerTests {
    /// Every `aggregate` of the source takes longer than the source's answers may.
    private func withSlowAnswers(
        _ database: String, _ body: (VerifyFixture, MigratedCollection) async throws -> Void
    ) async throws {
        let fixture = try await VerifyFixture(
            database, ["items": [:]], sourceURI: ["socketTimeoutMS": "300"])
        try await fixture.insert((0..<2_000).map { ["_id": .integer($0)] }, into: "items")
        let uuid = try await fixture.register("items")
        let collection = try #require(fixture.context.registry[uuid])
        let source = try await VerifyServers.started.value.source.members[0]
        try await source.setFailPoint(
            "failCommand",
            [
                "mode": "alwaysOn",
                "data": [
                    "failCommands": ["aggregate"], "namespace": .string("\(database).items"),
                    "blockConnection": true, "blockTimeMS": 1_000,
                ],
            ])
        do {
            try await body(fixture, collection)
        } catch {
            try await source.setFailPoint("failCommand", ["mode": "off"])
            throw error
        }
        try await source.setFailPoint("failCommand", ["mode": "off"])
    }

    @Test func aCountTakesItsTime() async throws {
        try await withSlowAnswers("long_count") { fixture, collection in
            let lanes = VerifyLanes(context: fixture.context)
            let counted = try await lanes.count(
                collection, on: .source, after: fixture.context.dirty.seenThrough, within: nil)
            #expect(counted.count == 2_000)
        }
    }

    /// In a cutover the source is blocked meanwhile: the server ends it.
    @Test func aCountInACutoverEnds() async throws {
        let fixture = try await VerifyFixture("long_count_limited", ["items": [:]])
        try await fixture.insert([["_id": 1]], into: "items")
        let uuid = try await fixture.register("items")
        let collection = try #require(fixture.context.registry[uuid])
        let source = try await VerifyServers.started.value.source.members[0]
        try await source.setFailPoint("maxTimeAlwaysTimeOut", ["mode": ["times": 1]])
        let lanes = VerifyLanes(context: fixture.context)
        let counted = try await lanes.count(
            collection, on: .source, after: fixture.context.dirty.seenThrough, within: .seconds(5))
        #expect(counted.count == 1)
        // It was the limit that the first one has met.
        let status = try await fixture.source.run(
            ["configureFailPoint": "maxTimeAlwaysTimeOut", "mode": "off"], on: "admin")
        #expect(try #require(status["count"]?.integer) > 0)
    }

    @Test func aSampleTakesItsTime() async throws {
        try await withSlowAnswers("long_sample") { fixture, collection in
            let survey = SourceSurvey(
                context: fixture.context, lane: fixture.context.source.lane())
            let bounds = try await survey.bounds(of: collection, parts: 4, samples: 10)
            #expect(try #require(bounds).count == 3)
        }
    }
}
