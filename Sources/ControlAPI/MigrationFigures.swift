/// What is measured of a migration. Nil means unknown, never zero.
package struct MigrationFigures: Codable, Sendable, Hashable {
    package var bytesCopied: Int?
    package var bytesTotal: Int?
    /// Over the last seconds.
    package var bytesPerSecond: Double?
    /// Since the copy began in this run of the agent.
    package var bytesPerSecondOverall: Double?
    package var documentsCopied: Int?
    package var collectionsCopied: Int?
    package var indexesBuilt: Int?
    package var indexesTotal: Int?
    /// Changes of the source that were read from its change stream, in this run of the agent.
    package var eventsRead: Int?
    /// Documents that were made equal after changes; changes of one that were gathered into one write count once.
    package var eventsApplied: Int?
    /// Documents that changed and are not applied yet.
    package var backlog: Int?
    /// Writes that the change stream shows, over the last seconds.
    package var writesPerSecond: Double?
    /// How far the reading of the change stream is behind the source's newest write.
    package var streamLagSeconds: Double?
    /// How far the destination is behind the source. Meaningful from `catchingUp` on, nil before.
    package var lagSeconds: Double?
    package var lagMaximumLastHour: Double?
    /// The maximum of each minute of the last hour, oldest first; the present minute is the last.
    package var lagByMinute: [Double] = []
    /// How far the stored position is ahead of the oldest entry of the source's oplog.
    package var oplogHeadroomSeconds: Int?
    /// Whether that oplog has dropped entries already: before it has, the headroom only grows.
    package var isOplogFull: Bool?
    /// Cluster time up to which every change is on the destination, `seconds.increment`.
    package var appliedThrough: String?
    package var verification: VerificationFigures?

    package init() {}
}

/// Where the verification stands.
package struct VerificationFigures: Codable, Sendable, Hashable {
    package var mode: MigrationSetup.Verify
    /// Every collection was compared, and every document that seemed to differ was looked at again.
    package var isFirstPassDone = false
    /// Of the documents there are; nil while they are not counted.
    package var fraction: Double?
    package var collections: Int?
    package var collectionsDone: Int?
    /// Documents that were found equal.
    package var documents: Int?
    /// Differences, repaired ones included.
    package var mismatches: Int?

    package init(mode: MigrationSetup.Verify) { self.mode = mode }
}
