import Migration
import Mongo
import Sandbox

/// The demo without a terminal: one migration in the foreground, with its report.
struct UnattendedDemo {
    let shop: Shop
    /// Writes a second.
    let rate: Int
    let mongod: String?
    let surroundings: Surroundings

    private var console: Console { surroundings.console }

    func run() async throws -> ExitStatus {
        console.say("Starting two replica sets")
        let clusters = try await SandboxClusters.start(mongod: mongod)
        console.say(
            "  \(clusters.source.members[0].process.binary.name), each on a port of this machine")
        let status = try await migrate(clusters)
        await clusters.stop()
        console.say("Both replica sets are stopped, and their data removed.")
        return status
    }

    private func migrate(_ clusters: SandboxClusters) async throws -> ExitStatus {
        let (source, destination) = (clusters.sourceURI, clusters.destinationURI)
        console.hide([source, destination])
        console.say("Filling the source with \(shop.megabytes) MB")
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
            try await moveOver(workload, to: clusters)
        } else {
            await workload.stop()
        }
        return status
    }

    /// What the operator does after a cutover: the application gets its new address.
    private func moveOver(_ workload: Workload, to clusters: SandboxClusters) async throws {
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
