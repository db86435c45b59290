import ArgumentParser
import Migration
import Mongo

/// `lagzero migrate`: one migration in the foreground.
struct Migrate: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one migration in the foreground, with plain progress lines.",
        discussion: """
            Connection strings may also be given in files that nobody else can read, or in the \
            environment as LAGZERO_SOURCE and LAGZERO_DESTINATION. Progress goes to stderr, the \
            report to stdout.

            Exit status: 0 done, 1 failed, 2 usage, 3 validation failed, 4 verification found \
            differences, 5 expired, 130 interrupted, and resumable once begun.
            """)

    @OptionGroup(title: "Clusters") var clusters: ClusterArguments
    @OptionGroup(title: "Migration") var migration: MigrationArguments

    @Flag(help: "Progress and report as JSON, one object a line.")
    var json = false

    @Flag(help: "Check both clusters, say what was found, and stop.")
    var validateOnly = false

    @Option(help: .hidden)
    var progressInterval: Double?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let options = try migration.options()
        let (source, destination) = try clusters.connectionStrings(in: surroundings)
        let run = ForegroundMigration(
            source: source, destination: destination, options: options,
            output: Output(
                isJSON: json,
                interval: progressInterval.map { .seconds($0) } ?? Tuning.progressInterval),
            validateOnly: validateOnly, surroundings: surroundings)
        return await run.run()
    }
}
