/// What the operator asks of a migration.
package struct MigrationOptions: Hashable, Sendable {
    /// How the destination is compared with the source before the cutover.
    package enum Verify: String, CaseIterable, Sendable {
        case full, counts, off
    }

    package enum CutoverMode: String, CaseIterable, Sendable {
        /// Waits for the operator once in sync.
        case manual
        /// Cuts over as soon as it is in sync and ready.
        case whenInSync = "when-in-sync"
    }

    package var filter = NamespaceFilter()
    /// Drop every user database of the destination first.
    package var drop = false
    /// The destination's replica set name, typed by the operator to confirm `drop`.
    package var dropConfirmation: String?
    /// What `drop` was confirmed for; nil where it is confirmed by whoever begins the migration now, whatever is there.
    package var clearing: ClearingConfirmation?
    package var verify: Verify = .full
    package var cutover: CutoverMode = .manual
    /// 1 (gentle) to 4 (all that the servers bear): how many workers there may be. Between 1 and that number it is as many
    /// as are seen to pay.
    package var loadLevel = 3
    /// Go on with the migration that the destination holds the state of; `drop` counts only where there is none.
    package var resume = false
    /// Seconds without a write that are required of a source whose writes cannot be blocked.
    package var quietPeriod = 10
    /// Lift the source's write block after the cutover.
    package var keepSourceWritable = false
    /// How long the lag must hold before the migration counts as in sync, seconds.
    package var lagHold = Tuning.lagHold
    /// How long the migration may stay in sync before it expires, from the first time on.
    package var syncDuration = Tuning.syncDuration
    /// How many seconds of that time, and of its extensions, pass in one; more than 1 in a demo only.
    package var clockSpeed = 1
    /// How many bytes of dirty keys are held in memory before they are set aside.
    package var dirtyBytes = Tuning.dirtyBytes
    /// Collections above this many bytes are copied and compared in parts of about this size.
    package var partitionBytes = Tuning.partitionBytes
    /// How many bytes of capped collections are read in a cutover for their order alone, where documents are not verified.
    package var orderBytes = Tuning.orderBytes
    /// How many older documents of a capped collection are deleted at once in a cutover.
    package var cappedHead = Tuning.cappedHead
    package var lease = Lease.Timing()
    /// Whether differences end the migration when the cutover is asked for, as a script wants it. Where they do not, the
    /// cutover is refused until the operator has taken note of them.
    package var endsOnDifferences = true
    /// Whether a new migration asks again, under its lease and before anything is touched, for what blocks it: that may
    /// have changed since it was validated.
    package var validatesAgain = false
    /// Whose texts errors and remedies are.
    package var wording: Wording = .command

    package init() {}
}
