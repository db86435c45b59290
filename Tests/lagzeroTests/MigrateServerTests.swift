import BSON
import Foundation
import Glibc
import Mongo
import Sandbox
import Testing

@testable import lagzero

/// `lagzero migrate` between real servers.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MigrateServerTests {
    /// Two sets with a few documents on the source; they end with the test.
    private func clusters() async throws -> SandboxClusters {
        let clusters = try await SandboxClusters.start()
        try await SampleData(.small, count: 2_000)
            .insert(into: Namespace("shop", "customers"), through: [clusters.source.lane])
        return clusters
    }

    private func environment(_ clusters: SandboxClusters) -> [String: String] {
        ["LAGZERO_SOURCE": clusters.sourceURI, "LAGZERO_DESTINATION": clusters.destinationURI]
    }

    private func copied(_ clusters: SandboxClusters) async throws -> Int? {
        try await clusters.destination.lane.run(["count": "customers"], on: "shop")["n"]?.integer
    }

    @Test func itMigratesAndReports() async throws {
        let clusters = try await clusters()
        let run = try await LagzeroProcess.run(
            ["migrate", "--cutover", "when-in-sync", "--lag-hold", "3", "--json"],
            environment: environment(clusters))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("{\"phase\": \"complete\", "))
        #expect(run.output.split(separator: "\n").count == 1)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\": ") })
        #expect(lines.first?.contains("\"bytesCopied\": null, ") == true)
        // The first one tells of the validation, the last one maybe of the end.
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let times = try lines.dropFirst().filter { !$0.contains("\"phase\": \"complete\"") }
            .map { try format.parse(String($0.dropFirst(10).prefix(24))) }
        #expect(times.count > 1)
        // But for what two clocks differ by.
        #expect(
            zip(times, times.dropFirst()).allSatisfy { $1.timeIntervalSince($0) > 0.99 }, "\(times)"
        )
        #expect(try await copied(clusters) == 2_000)
        await clusters.stop()
    }

    /// The pairs that the README names. Before 6.0 writes cannot be blocked: a quiet time is waited
    /// for.
    @Test(arguments: [
        (MongodBinary.Version.v4_4_2, MongodBinary.Version.v6_0_27), (.v5_0_4, .v6_0_27),
        (.v6_0_5, .v6_0_27), (.v6_0_27, .v6_0_5),
    ])
    func everyTestedPairOfVersionsMigrates(
        source: MongodBinary.Version, destination: MongodBinary.Version
    ) async throws {
        let clusters = try await SandboxClusters.start {
            $0.version = $0.name == "source" ? source : destination
        }
        try await SampleData(.small, count: 2_000)
            .insert(into: Namespace("shop", "customers"), through: [clusters.source.lane])
        let run = try await LagzeroProcess.run(
            ["migrate", "--cutover", "when-in-sync", "--lag-hold", "0", "--quiet-period", "1"],
            environment: environment(clusters))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("no differences"))
        #expect(try await copied(clusters) == 2_000)
        await clusters.stop()
    }

    @Test func itMigratesOverTLSAsUsersOfBothMechanisms() async throws {
        let clusters = try await SandboxClusters.start { $0.usesTLS = true }
        try await SampleData(.small, count: 2_000)
            .insert(into: Namespace("shop", "customers"), through: [clusters.source.lane])
        let user = Credentials(username: "mechanic", password: "pass word:@/")
        var uris: [String] = []
        for (set, mechanism) in [
            (clusters.source, "SCRAM-SHA-1"), (clusters.destination, "SCRAM-SHA-256"),
        ] {
            _ = try await set.lane.run([
                "createUser": .string(user.username), "pwd": .string(user.password),
                "roles": ["root", "restore"], "mechanisms": [.string(mechanism)],
            ])
            uris.append(set.uri(as: user))
        }
        let run = try await LagzeroProcess.run(
            ["migrate", "--cutover", "when-in-sync", "--lag-hold", "0"],
            environment: ["LAGZERO_SOURCE": uris[0], "LAGZERO_DESTINATION": uris[1]])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("no differences"))
        #expect(try await copied(clusters) == 2_000)
        await clusters.stop()
    }

    @Test func itOnlyValidatesWhenAsked() async throws {
        let clusters = try await clusters()
        let run = try await LagzeroProcess.run(
            ["migrate", "--validate-only"], environment: environment(clusters))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("pass "))
        #expect(try await copied(clusters) == 0)
        await clusters.stop()
    }

    @Test func aValidationThatFailsEndsIt() async throws {
        let clusters = try await clusters()
        _ = try await clusters.destination.lane.run(
            ["insert": "customers", "documents": [["_id": 1]]], on: "shop")
        let run = try await LagzeroProcess.run(["migrate"], environment: environment(clusters))
        #expect(run.status == 3)
        #expect(run.errors.contains("shop.customers"))
        #expect(run.errors.contains("nothing was changed"))
        #expect(run.output.isEmpty)
        await clusters.stop()
    }

    @Test func enterBeginsTheCutoverAndTheEndOfTheInputDoesNot() async throws {
        let clusters = try await clusters()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let process = try LagzeroProcess(
            ["migrate", "--lag-hold", "0"], environment: environment(clusters), input: ends[0])
        close(ends[0])
        try await process.said("press Enter or send SIGUSR1 to process \(process.pid)")
        #expect(write(ends[1], "\n", 1) == 1)
        #expect(try await process.status() == 0, "\(process.errors)")
        #expect(process.output.hasPrefix("Migration complete"))
        close(ends[1])
        await clusters.stop()
    }

    /// A migration that was in sync and has been stopped.
    private func stopped(_ clusters: SandboxClusters) async throws -> LagzeroProcess {
        let process = try LagzeroProcess(
            ["migrate", "--lag-hold", "0"], environment: environment(clusters))
        try await process.said("Ready for the cutover")
        process.send(SIGINT)
        #expect(try await process.status() == 130)
        return process
    }

    @Test func itStopsCleanlyAndGoesOnWithTheCutoverBySignal() async throws {
        let clusters = try await clusters()
        let first = try await stopped(clusters)
        #expect(first.errors.contains("stopped; go on with the same command and --resume\n"))
        #expect(first.output.isEmpty)
        let second = try LagzeroProcess(
            ["migrate", "--lag-hold", "0", "--resume"], environment: environment(clusters))
        try await second.said("Ready for the cutover")
        second.send(SIGUSR1)
        #expect(try await second.status() == 0, "\(second.errors)")
        #expect(try await copied(clusters) == 2_000)
        await clusters.stop()
    }

    /// While an owner before is waited for, nothing is stored that could be resumed.
    @Test func whatHadNotBegunIsStartedAgainAndNotResumed() async throws {
        let clusters = try await clusters()
        let lane = clusters.destination.lane
        let owner: Value = ["host": "elsewhere", "boot": "1", "pids": "1", "process": 7]
        let lease: Value = ["_id": "owner", "epoch": 1, "counter": 5, "owner": owner]
        let taken: Document = ["insert": "lease", "documents": [lease]]
        #expect(try await lane.write(taken, on: "lagzero_internal").count == 1)
        let arguments = ["migrate", "--lag-hold", "0", "--cutover", "when-in-sync"]
        let first = try LagzeroProcess(arguments, environment: environment(clusters))
        try await first.said("process 7 on elsewhere ran this migration last")
        first.send(SIGINT)
        #expect(try await first.status() == 130)
        #expect(
            first.errors.contains(
                "stopped; nothing was begun: start it again with the same command\n"),
            "\(first.errors)")
        let state = try await lane.run(["count": "state"], on: "lagzero_internal")
        #expect(state["n"]?.integer == 0)
        let given: Document = ["delete": "lease", "deletes": [["q": [:], "limit": 1]]]
        #expect(try await lane.write(given, on: "lagzero_internal").count == 1)
        let second = try await LagzeroProcess.run(arguments, environment: environment(clusters))
        #expect(second.status == 0, "\(second.errors)")
        #expect(try await copied(clusters) == 2_000)
        await clusters.stop()
    }

    /// Whatever a validation would find, applications wait until the source takes writes again.
    @Test func anInterruptedCutoverIsUndoneBeforeAnythingIsValidated() async throws {
        let clusters = try await clusters()
        _ = try await stopped(clusters)
        func change(_ step: Value) async throws {
            let change: Value = ["q": ["_id": "migration"], "u": ["$set": ["cutover": step]]]
            let reply = try await clusters.destination.lane.run(
                ["update": "state", "updates": [change]], on: "lagzero_internal")
            #expect(reply["n"]?.integer == 1)
        }
        func goOn() async throws -> LagzeroProcess {
            let process = try LagzeroProcess(
                ["migrate", "--json", "--lag-hold", "0", "--resume"],
                environment: environment(clusters))
            try await process.said("Ready for the cutover")
            process.send(SIGINT)
            #expect(try await process.status() == 130)
            // What the first run has copied is unknown until it is read.
            #expect(!process.errors.contains("\"bytesCopied\": 0,"))
            return process
        }
        #expect(try await goOn().errors.contains("\"validation\""))
        try await change("begun")
        let second = try await goOn()
        #expect(!second.errors.contains("\"validation\""))
        let state = try await clusters.destination.lane.open(
            ["find": "state", "filter": ["_id": "migration"]], on: "lagzero_internal")
        #expect(state.documents.map { $0["cutover"] } == [.null])
        await clusters.stop()
    }

    @Test func aMigrationWhoseTimeHasPassedExpires() async throws {
        let clusters = try await clusters()
        _ = try await stopped(clusters)
        let change: Value = [
            "q": ["deadline": ["$exists": true]], "u": ["$set": ["deadline": .date(0)]],
        ]
        let reply = try await clusters.destination.lane.run(
            ["update": "state", "updates": [change]], on: "lagzero_internal")
        #expect(reply["nModified"]?.integer == 1)
        let second = try await LagzeroProcess.run(
            ["migrate", "--resume"], environment: environment(clusters))
        #expect(second.status == 5, "\(second.errors)")
        #expect(second.errors.contains("the time for the cutover has passed"), "\(second.errors)")
        await clusters.stop()
    }

    /// A destination that is lost cannot be told anything; the operator still learns what is left on it.
    @Test func aHardStopSaysWhatStaysBlocked() async throws {
        let clusters = try await clusters()
        let process = try LagzeroProcess(
            ["migrate", "--lag-hold", "0"], environment: environment(clusters))
        try await process.said("Ready for the cutover")
        clusters.destination.members[0].process.freeze()
        process.send(SIGINT)
        try await process.said("Stopping cleanly")
        process.send(SIGINT)
        #expect(try await process.status() == 130)
        #expect(process.errors.hasSuffix("run on the destination: \(StandingBlocks.command)\n"))
        await clusters.stop()
    }

    @Test func noPasswordIsInAnyOutput() async throws {
        let clusters = try await clusters()
        let run = try await LagzeroProcess.run(
            ["migrate", "--cutover", "when-in-sync", "--lag-hold", "0"],
            environment: environment(clusters))
        #expect(run.status == 0)
        for uri in [clusters.sourceURI, clusters.destinationURI] {
            let password = try #require(try ConnectionString(uri).password)
            #expect(!run.errors.contains(password))
            #expect(!run.output.contains(password))
        }
        await clusters.stop()
    }

    /// Its user loses its roles while it runs, and is gone when it is to go on.
    @Test(arguments: [[], ["--json"]])
    func noPasswordIsInTheOutputOfARunThatFails(form: [String]) async throws {
        let clusters = try await clusters()
        let mover = Credentials(username: "mover", password: "hunter2/hunter2")
        let sets = [clusters.source, clusters.destination]
        for set in sets { try await set.createUser(mover, roles: ["root"]) }
        let environment = [
            "LAGZERO_SOURCE": clusters.source.uri(as: mover),
            "LAGZERO_DESTINATION": clusters.destination.uri(as: mover),
        ]
        let arguments = ["migrate", "--lag-hold", "0", "--progress-interval", "0.1"] + form
        let first = try LagzeroProcess(arguments, environment: environment)
        try await first.said(form.isEmpty ? "Ready for the cutover" : "\"phase\": \"inSync\"")
        for set in sets { _ = try await set.lane.run(["updateUser": "mover", "roles": []]) }
        try await first.said("not authorized")
        for set in sets { _ = try await set.lane.run(["dropUser": "mover"]) }
        first.send(SIGINT)
        #expect(try await first.status() == 130)
        let second = try await LagzeroProcess.run(
            arguments + ["--resume"], environment: environment)
        #expect(second.status == 3)
        #expect(second.errors.contains("The username or password is not correct"))
        var texts = [first.errors, first.output, second.errors, second.output]
        let state = clusters.destination.lane
        let names = try await state.open(["listCollections": 1], on: "lagzero_internal").documents
            .compactMap { $0["name"]?.string }
        #expect(names.contains("state"))
        for name in names {
            texts += try await state.open(["find": .string(name)], on: "lagzero_internal")
                .documents.map(\.json)
        }
        for text in texts { #expect(!text.contains("hunter2"), "\(text)") }
        await clusters.stop()
    }
}
