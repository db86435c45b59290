/// One migration, running or past, as every wizard shows it.
package struct LiveMigration: Codable, Sendable, Hashable, Identifiable {
    package var id: Identifier
    package var setup: MigrationSetup
    /// Of the clusters, as they were when the migration began.
    package var sourceName: String
    package var destinationName: String
    /// The destination's connection string, redacted: what the application is pointed at.
    package var destinationConnectionString: String
    package var phase: MigrationPhase
    /// Where it goes on after a pause; nil unless it is paused.
    package var pausedFrom: MigrationPhase?
    /// Milliseconds since 1970.
    package var startedAt: Int64
    /// Nil until it is over.
    package var endedAt: Int64?
    package var figures = MigrationFigures()
    package var cutover = CutoverState()
    /// What is done or waited for, in one line; empty where there is nothing to say.
    package var message = ""
    /// What the work waits for, such as a server that does not answer; empty when it goes on.
    package var waitingFor: [String] = []
    /// Why it failed, was paused or expired; nil otherwise.
    package var error: ControlError?
    /// What could not be done, each with its remedy.
    package var problems: [String] = []
    /// Differences that the verification found, by name.
    package var mismatches: [String] = []
    /// Whether the operator has taken note of the mismatches.
    package var areMismatchesAcknowledged = false
    /// How the ending of one that has failed goes on; nil where nobody has asked for it.
    package var cancellation: Cancellation?
    /// Whether `retry` can take it up again.
    package var isRetryPossible = false
    /// Whether `retry` clears the destination first, since what failed had not begun; nil where nothing can be retried.
    package var clearsOnRetry: Bool?
    /// Whether the source refuses writes until `releaseSource`.
    package var isSourceHeld = false
    /// Whether the agent runs it now.
    package var isRunning = false
    /// Nil where nobody drives it.
    package var driver: Driver?
    /// Nil until it is over.
    package var report: FinalReport?

    package init(
        id: Identifier, setup: MigrationSetup, sourceName: String, destinationName: String,
        destinationConnectionString: String, phase: MigrationPhase, startedAt: Int64
    ) {
        self.id = id
        self.setup = setup
        self.sourceName = sourceName
        self.destinationName = destinationName
        self.destinationConnectionString = destinationConnectionString
        self.phase = phase
        self.startedAt = startedAt
    }

    /// Whether the cutover has opened the destination.
    package var isDestinationOpen: Bool {
        cutover.steps.contains { $0.name == .openDestination && $0.state == .done }
    }

    /// Whether one that has failed is being ended.
    package var isBeingCancelled: Bool { cancellation.map { $0.error == nil } ?? false }

    /// Whether the cutover can only be finished.
    package var isPastPointOfNoReturn: Bool {
        cutover.isPastPointOfNoReturn == true || isDestinationOpen
    }

    /// Whether a cutover was under way when its agent was lost, and no engine has read since how far that had come: it may
    /// be undone, finished, or half done.
    package var isCutoverInDoubt: Bool {
        cutover.begunAt != nil && cutover.isSourceBlocked == nil && !isPastPointOfNoReturn
    }
}

/// How far the ending of a failed migration is; once that has succeeded the migration is cancelled.
package struct Cancellation: Codable, Sendable, Hashable {
    /// Why it did not succeed; nil while it is under way. It can be asked for again, and so can `retry`.
    package var error: ControlError?

    package init(error: ControlError? = nil) { self.error = error }
}

/// What is said at the end.
package struct FinalReport: Codable, Sendable, Hashable {
    package var phase: MigrationPhase
    /// From the last write seen on the source to the destination accepting writes; nil where no write was seen in the
    /// hour before.
    package var applicationDowntimeSeconds: Double?
    package var durationSeconds: Double
    package var bytesCopied: Int
    package var documentsCopied: Int
    package var collectionsCopied: Int
    /// Documents that were made equal after changes; changes of one that were gathered into one write count once.
    package var eventsApplied: Int
    package var verification: VerificationFigures
    package var mismatches: [String] = []
    package var problems: [String] = []

    package init(
        phase: MigrationPhase, durationSeconds: Double, bytesCopied: Int, documentsCopied: Int,
        collectionsCopied: Int, eventsApplied: Int, verification: VerificationFigures
    ) {
        self.phase = phase
        self.durationSeconds = durationSeconds
        self.bytesCopied = bytesCopied
        self.documentsCopied = documentsCopied
        self.collectionsCopied = collectionsCopied
        self.eventsApplied = eventsApplied
        self.verification = verification
    }
}

/// A line of a migration's event log.
package struct LogLine: Codable, Sendable, Hashable {
    /// Rises by one from line to line of a migration, from 1.
    package var sequence: Int
    /// Milliseconds since 1970.
    package var time: Int64
    package var text: String

    package init(sequence: Int, time: Int64, text: String) {
        self.sequence = sequence
        self.time = time
        self.text = text
    }
}
