import BSON
import Glibc
import Mongo
import Sandbox
import Testing

@testable import lagzero

/// What someone else changes on the destination ends `lagzero migrate` with status 4, by name.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DifferencesServerTests {
    private static let items = Namespace("shop", "items")

    private func clusters() async throws -> SandboxClusters {
        let clusters = try await SandboxClusters.start()
        try await SampleData(.small, count: 500).insert(
            into: Self.items, through: [clusters.source.lane])
        _ = try await clusters.source.lane.run(
            [
                "insert": "items",
                "documents": [["_id": "seven"], ["_id": "eight"]],
            ], on: "shop")
        _ = try await clusters.source.lane.run(
            ["createIndexes": "items", "indexes": [["key": ["n": 1], "name": "n"]]], on: "shop")
        return clusters
    }

    private func start(_ clusters: SandboxClusters, _ arguments: [String]) throws -> LagzeroProcess
    {
        try LagzeroProcess(
            ["migrate", "--lag-hold", "0"] + arguments,
            environment: [
                "LAGZERO_SOURCE": clusters.sourceURI,
                "LAGZERO_DESTINATION": clusters.destinationURI,
            ])
    }

    private func isBlocked(_ set: ReplicaSet) async throws -> Bool {
        let status = try await set.lane.run(["serverStatus": 1])["repl"]?.document
        return status?["userWriteBlockMode"]?.integer == 2
    }

    /// Documents that were changed, removed and added while no process ran.
    @Test func documentsThatDifferAreNamedAndNothingIsStopped() async throws {
        let clusters = try await clusters()
        let first = try start(clusters, [])
        try await first.said("Ready for the cutover")
        first.send(SIGINT)
        #expect(try await first.status() == 130)
        #expect(first.errors.contains("run on the destination: \(StandingBlocks.command)"))
        let lane = clusters.destination.lane
        for command: Document in [
            ["update": "items", "updates": [["q": ["_id": "seven"], "u": ["$set": ["v": -1]]]]],
            ["delete": "items", "deletes": [["q": ["_id": "eight"], "limit": 1]]],
            ["insert": "items", "documents": [["_id": "extra"]]],
        ] { #expect(try await lane.write(command, on: "shop").count == 1) }
        let second = try start(clusters, ["--resume", "--cutover", "when-in-sync", "--json"])
        #expect(try await second.status() == 4, "\(second.errors)")
        for name in [
            "shop.items: document \\\"seven\\\" differs: field",
            "document \\\"eight\\\" is missing",
            "document \\\"extra\\\" is on the destination only",
        ] { #expect(second.output.contains(name), "\(second.output)") }
        #expect(second.output.split(separator: "(repaired since)\"").count == 4)
        #expect(second.output.contains("\"complete\": true, \"mismatches\": 3}, \"mismatches\": ["))
        #expect(second.output.contains("\"collections\": 1, \"documents\": 5"))
        #expect(!second.errors.contains("finalizing"))
        #expect(try await !isBlocked(clusters.source))
        #expect(try await isBlocked(clusters.destination))
        // Everything is written once more, and compared again.
        let third = try start(clusters, ["--resume", "--cutover", "when-in-sync"])
        #expect(try await third.status() == 0, "\(third.errors)")
        #expect(third.output.contains("no differences\n"))
        #expect(third.errors.contains("run on the source: \(StandingBlocks.command)"))
        await clusters.stop()
    }

    /// `isUnrelated`: something else changes on the source meanwhile, which explains nothing of it.
    @Test(arguments: [false, true])
    func indexesAndOptionsThatDifferAreNamed(isUnrelated: Bool) async throws {
        let clusters = try await clusters()
        let run = try start(clusters, ["--json"])
        try await run.said("Ready for the cutover")
        let (source, lane) = (clusters.source.lane, clusters.destination.lane)
        _ = try await lane.run(["dropIndexes": "items", "index": "n"], on: "shop")
        _ = try await lane.run(["collMod": "items", "validator": ["v": ["$gt": 5]]], on: "shop")
        if isUnrelated {
            _ = try await source.run(["create": "unrelated"], on: "shop")
            try await eventually("it is on the destination") {
                try await !lane.open(
                    ["listCollections": 1, "filter": ["name": "unrelated"]], on: "shop"
                ).isEmpty
            }
        }
        run.send(SIGUSR1)
        #expect(try await run.status() == 4, "\(run.errors)")
        #expect(run.output.contains("\"mismatches\": 2}, \"mismatches\": ["), "\(run.output)")
        #expect(run.output.contains("shop.items: index n was missing on the destination"))
        #expect(run.output.contains("needed to change validator of shop.items"))
        await clusters.stop()
    }

    /// With differences the operator is not told to cut over; asking all the same ends with their names.
    @Test func knownDifferencesAreNoReadiness() async throws {
        let clusters = try await clusters()
        let first = try start(clusters, [])
        try await first.said("Ready for the cutover")
        first.send(SIGINT)
        #expect(try await first.status() == 130)
        let update: Document = [
            "update": "items", "updates": [["q": ["_id": "seven"], "u": ["$set": ["v": -1]]]],
        ]
        #expect(try await clusters.destination.lane.write(update, on: "shop").count == 1)
        let second = try start(clusters, ["--resume"])
        try await second.said("not ready: verification found 1 difference, the first: shop.items")
        #expect(!second.errors.contains("Ready for"))
        second.send(SIGUSR1)
        #expect(try await second.status() == 4, "\(second.errors)")
        #expect(second.output.contains("1 difference\n    shop.items: document \"seven\" differs"))
        #expect(!second.errors.contains("finalizing"))
        await clusters.stop()
    }

    @Test func countsAreReportedAsWhatTheyAre() async throws {
        let clusters = try await clusters()
        let run = try start(clusters, ["--verify", "counts", "--cutover", "when-in-sync"])
        #expect(try await run.status() == 0, "\(run.errors)")
        #expect(run.output.contains("counts: 1 collection, 502 documents, no differences\n"))
        await clusters.stop()
    }
}
