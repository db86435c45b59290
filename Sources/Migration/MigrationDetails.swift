/// What is known of a migration beside its progress. Nil means unknown, never zero.
package struct MigrationDetails: Sendable {
    package var pausedFrom: Phase?
    /// Why it is paused; nil where the operator has paused it, or nobody.
    package var pauseError: String?
    /// What the work waits for, in words.
    package var waitingFor: [String]
    /// What stands before the cutover, in words.
    package var missing: [String] = []
    package var deadline: ContinuousClock.Instant?
    package var verification: VerifyProgress?
    package var mismatches: [String] = []
    /// Writes of the last 10 s, the busiest namespace first.
    package var recentWrites: [SeenWrites.Write]?
    package var newestWriteAt: ContinuousClock.Instant?
    package var eventsRead: Int?
    /// How far the reading of the stream is behind the source's newest write, seconds.
    package var streamLagSeconds: Double?
    package var steps: [CutoverSteps.Step] = []
    /// When the last attempt to cut over was begun by this run, milliseconds since 1970; nil before there was one.
    package var lastAttemptAt: Int64?
    /// Why the last attempt of this run was undone; nil before that, and from the next attempt on.
    package var refusal: String?
    /// Whether the cutover can only be finished; nil until the stored state is read.
    package var isPastPointOfNoReturn: Bool?
    /// Whether this migration blocks the source's writes now.
    package var isSourceBlocked: Bool?
    /// Whether somebody else was found to block them, by the last attempt to cut over of this run; nil before one.
    package var isSourceBlockedByOthers: Bool?
    /// Whether this migration blocks the writes of others on the destination.
    package var isDestinationBlocked: Bool?
    package var identity = MigrationIdentity()
    /// Open on the source; nil where the user may not ask, or nobody did yet.
    package var openTransactions: [OpenTransactions.Transaction]?
    /// Whether the writes of applications on the source can be blocked; nil until it is known.
    package var canBlockSource: Bool?
    /// Indexes that cannot be made unique, by index and namespace; nil until they were looked at.
    package var uniqueViolations: [String]?
    package var isBackOutPossible = false
    package var figures: Status.Figures

    /// From the last write seen on the source to the destination accepting writes, or to now: seconds; nil where none was
    /// seen in the hour before, as in the report.
    package var downtime: Double? {
        let opened = steps.first { $0.name == .openDestination }?.ended
        return SeenWrites.downtime(from: newestWriteAt, until: opened ?? .now)
    }
}
