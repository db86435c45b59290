import ArgumentParser
import Migration
import Mongo
import Sandbox

/// `lagzero demo`: the migration of a small shop between two replica sets of this machine, while
/// customers use it.
struct Demo: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Migrate between two local replica sets, with sample data and a running application.")

    @Option(help: ArgumentHelp("Sample data, in MB.", valueName: "mb"))
    var size = Tuning.demoMegabytes

    @Option(help: ArgumentHelp("What the application writes, per second.", valueName: "writes"))
    var rate = Tuning.demoWritesPerSecond

    @Option(
        help: ArgumentHelp(
            "The server to use, instead of the ones that `make deps` fetches.", valueName: "path"))
    var mongod: String?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        guard Tuning.demoSizes.contains(size) else {
            throw UsageError(
                "--size \(size): it must be from \(Tuning.demoSizes.lowerBound) to \(Tuning.demoSizes.upperBound)"
            )
        }
        guard Tuning.demoRates.contains(rate) else {
            throw UsageError(
                "--rate \(rate): it must be from \(Tuning.demoRates.lowerBound) to \(Tuning.demoRates.upperBound)"
            )
        }
        let console = surroundings.console
        console.say("Starting two replica sets")
        let clusters = try await SandboxClusters.start(mongod: mongod)
        console.say(
            "  \(clusters.source.members[0].process.binary.name), each on a port of this machine")
        let status = try await perform(clusters, in: surroundings)
        await clusters.stop()
        console.say("Both replica sets are stopped, and their data removed.")
        return status
    }

    private func perform(
        _ clusters: SandboxClusters, in surroundings: Surroundings
    ) async throws -> ExitStatus {
        let console = surroundings.console
        let (source, destination) = (clusters.sourceURI, clusters.destinationURI)
        console.hide([source, destination])
        console.say("Filling the source with \(size) MB")
        let shop = Shop(megabytes: size)
        try await shop.fill(clusters.source)
        console.say("Starting an application that writes \(rate) times a second")
        let workload = Workload(
            on: try clusters.sourceForApplication(), shop.application(writesPerSecond: rate))
        var options = MigrationOptions()
        options.cutover = .whenInSync
        let status = await ForegroundMigration(
            source: try ConnectionString(source), destination: try ConnectionString(destination),
            options: options,
            output: Output(
                isJSON: false, interval: Tuning.progressInterval,
                resumeHint: "the demo begins anew next time"),
            validateOnly: false, surroundings: surroundings
        ).run()
        if status == .done {
            try await moveOver(workload, to: clusters, console)
        } else {
            await workload.stop()
        }
        return status
    }

    /// What the operator does after a cutover: the application gets its new address.
    private func moveOver(
        _ workload: Workload, to clusters: SandboxClusters, _ console: Console
    ) async throws {
        let before = workload.counts
        console.say(
            "The application wrote \(Units.count(before.writes)) times to the source; now it is sent to the destination"
        )
        workload.move(to: try clusters.destinationForApplication())
        try await eventually("the application writes to the destination", within: .seconds(10)) {
            rate == 0 || workload.counts.writes > before.writes
        }
        let after = await workload.stop()
        console.say(
            "  it has written \(Units.count(after.writes - before.writes)) times there, after \(Units.count(after.blocked)) writes that the source refused"
        )
    }
}
