import ArgumentParser
import Migration

extension MigrationOptions.Verify: ExpressibleByArgument {}
extension MigrationOptions.CutoverMode: ExpressibleByArgument {}

/// What is asked of the migration.
struct MigrationArguments: ParsableArguments {
    @Flag(help: "Drop every user database of the destination first.")
    var drop = false

    @Option(
        help: ArgumentHelp(
            "Confirms --drop: the name of the destination's replica set.", valueName: "name"))
    var dropConfirm: String?

    @Option(
        help: ArgumentHelp(
            "Migrate only this: db.* or db.collection; may be repeated.", valueName: "namespace"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Do not migrate this; may be repeated.", valueName: "namespace"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "How the destination is compared with the source before the cutover.", valueName: "mode"
        ))
    var verify: MigrationOptions.Verify = .full

    @Option(
        help: ArgumentHelp(
            "Wait for Enter or SIGUSR1 once in sync, or cut over by itself.", valueName: "mode"))
    var cutover: MigrationOptions.CutoverMode = .manual

    @Option(
        help: ArgumentHelp("From 1, gentle, to 4, all that the servers bear.", valueName: "1-4"))
    var loadLevel = MigrationOptions().loadLevel

    @Flag(help: "Go on with the migration that the destination holds the state of.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "How long no write must have been seen on a source whose writes cannot be blocked.",
            valueName: "seconds"))
    var quietPeriod = MigrationOptions().quietPeriod

    @Flag(help: "Lift the source's write block after the cutover.")
    var keepSourceWritable = false

    @Option(help: .hidden)
    var lagHold: Double?

    @Option(help: .hidden)
    var leaseScale: Double?

    /// Throws `UsageError` where a value is out of its bounds or two contradict each other.
    func options() throws(UsageError) -> MigrationOptions {
        var options = MigrationOptions()
        options.validatesAgain = true
        options.filter = try NamespaceArguments.filter(include: include, exclude: exclude)
        if drop, dropConfirm == nil {
            throw UsageError(
                "--drop deletes every user database of the destination: confirm it with --drop-confirm and the name of its replica set"
            )
        }
        if drop, resume {
            throw UsageError(
                "--drop begins anew and --resume goes on with what is there: give one of them")
        }
        if dropConfirm != nil, !drop { throw UsageError("--drop-confirm is given without --drop") }
        options.drop = drop
        options.dropConfirmation = dropConfirm
        options.verify = verify
        options.cutover = cutover
        options.loadLevel = try Self.within(Tuning.loadLevels, loadLevel, "--load-level")
        options.resume = resume
        options.quietPeriod = try Self.within(Tuning.quietPeriods, quietPeriod, "--quiet-period")
        options.keepSourceWritable = keepSourceWritable
        if let lagHold { options.lagHold = max(0, lagHold) }
        if let leaseScale { options.lease = Lease.Timing(scale: leaseScale) }
        return options
    }

    private static func within(
        _ bounds: ClosedRange<Int>, _ value: Int, _ name: String
    ) throws(UsageError) -> Int {
        guard bounds.contains(value) else {
            throw UsageError(
                "\(name) \(value): it must be from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }
}
