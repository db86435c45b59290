package import BSON

/// One moment of a migration. Nil means unknown, never zero.
package struct MigrationProgress: Sendable {
    package var phase: Phase
    /// Cluster time up to which every change of the source is on the destination.
    package var appliedThrough: Timestamp?
    package var lagSeconds: Double?
    /// Whether the destination holds, or may hold, state of this migration.
    package var hasBegun = false
    /// Whether what was copied and applied is known; zero means nothing before.
    package var areCountsKnown = false
    package var bytesCopied: Int
    package var bytesTotal: Int?
    package var documentsCopied: Int
    package var collectionsCopied = 0
    /// Documents that were made equal after changes; changes of one that were gathered into one write count once.
    package var eventsApplied: Int
    /// Whether `backlog` is known; zero means nothing before.
    package var isBacklogKnown = false
    /// Documents that changed and are not applied yet.
    package var backlog: Int
    /// Those of them that are kept on this host's disk, as the destination takes no writes.
    package var onDisk: Int
    /// How far the stored position is ahead of the oldest entry of the source's oplog.
    package var oplogHeadroomSeconds: Int?
    package var indexesBuilt = 0
    package var indexesTotal = 0
    /// Writes of the last 10 s, the busiest namespace first; nil before the stream is read.
    package var recentWrites: [SeenWrites.Write]?
    /// Until when the cutover must have begun; nil before the migration was in sync.
    package var deadline: ContinuousClock.Instant?
    /// The same by this host's clock, milliseconds since 1970.
    package var deadlineAt: Int64?
    /// Ready for the cutover.
    package var isReady: Bool
    /// What stands before the cutover, in words; empty when nothing does, or when it is not known yet.
    package var missing = ""
    /// Differences that keep the cutover from beginning.
    package var differences = 0
    /// The sides on which writes are, or may be, blocked by this migration.
    package var blocked: Set<Side.Role> = []
    /// What is being done or waited for, in one line.
    package var message: String
}

/// What is said at the end.
package struct MigrationReport: Sendable {
    package struct Verification: Sendable {
        package var mode: MigrationOptions.Verify
        /// What was compared so far; nil where nothing was looked at.
        package var collections: Int?
        package var documents: Int?
        /// Whether everything was compared.
        package var isComplete = false
        /// How many differences were found; nil where nothing was looked at.
        package var differences: Int?
        /// Every difference by name, each with where it is and what differs. Beyond 10,000 documents only their number is
        /// kept, in a line for each collection.
        package var mismatches: [String] = []

        package init(mode: MigrationOptions.Verify) { self.mode = mode }
    }

    package var phase: Phase
    /// From the last write seen on the source to the destination accepting writes; nil when no write was seen in the
    /// hour before.
    package var applicationDowntimeSeconds: Double?
    package var durationSeconds: Double
    /// Whether what was copied and applied is known; zero means nothing before.
    package var areCountsKnown = true
    package var bytesCopied: Int
    package var documentsCopied: Int
    package var collectionsCopied: Int
    /// Documents that were made equal after changes; changes of one that were gathered into one write count once.
    package var eventsApplied: Int
    package var verification: Verification
    /// What could not be done after the point of no return, each with its remedy.
    package var problems: [String]
}

/// A line of the event log.
package struct LogEntry: Sendable {
    /// Milliseconds since 1970, by this host's clock.
    package var time: Int64
    package var text: String

    package init(time: Int64, text: String) {
        self.time = time
        self.text = text
    }
}
