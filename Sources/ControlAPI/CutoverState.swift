/// What is known about a cutover: before it, during it, after it.
package struct CutoverState: Codable, Sendable, Hashable {
    /// Writes to one namespace of the source.
    package struct Writes: Codable, Sendable, Hashable {
        package var namespace: String
        /// In the last 10 s.
        package var count: Int

        package init(namespace: String, count: Int) {
            self.namespace = namespace
            self.count = count
        }
    }

    /// A transaction that is open on the source.
    package struct Transaction: Codable, Sendable, Hashable {
        package var client: String
        package var seconds: Int

        package init(client: String, seconds: Int) {
            self.client = client
            self.seconds = seconds
        }
    }

    /// The steps, in the order in which they are taken.
    package enum StepName: String, Codable, CaseIterable, Sendable {
        case checkTransactions, checkUniqueIndexes, stopWrites, applyLastChanges, compareCatalogs
        case verify, prepareUniqueIndexes, checkForStrayWrites
        /// The point of no return: the destination accepts writes.
        case openDestination
        case finishIndexes
    }

    package struct Step: Codable, Sendable, Hashable {
        package enum State: String, Codable, CaseIterable, Sendable {
            case waiting, running, done, failed
        }

        package var name: StepName
        package var state: State = .waiting
        /// How long it took, or has taken so far; nil before it begins.
        package var seconds: Double?

        package init(_ name: StepName) { self.name = name }
    }

    /// Whether the cutover can begin now.
    package var isReady = false
    /// What stands before it, in words; empty where nothing does.
    package var missing: [String] = []
    /// When the time for the cutover is over, milliseconds since 1970 by the agent's clock; nil before the migration
    /// was in sync.
    package var deadlineAt: Int64?
    /// How many seconds of the time for the cutover pass in one, in a demo; nil where they are seconds like others.
    package var clockSpeed: Int?
    /// Writes seen on the source in the last 10 s, the busiest namespace first; nil while the stream is not read.
    package var sourceWrites: [Writes]?
    /// Transactions open on the source; nil where the user may not ask, or nobody did yet.
    package var openTransactions: [Transaction]?
    /// Whether lagzero can block the writes of applications on the source; nil where that is not known.
    package var canBlockSource: Bool?
    /// Indexes that cannot be made unique, by index and namespace; nil until they were looked at.
    package var uniqueViolations: [String]?
    /// Whether lagzero blocks the source's writes now; nil until an engine has read what an earlier one has done.
    package var isSourceBlocked: Bool?
    /// Whether the last attempt that looked found them blocked by somebody else, whose block stays; nil before there was
    /// one.
    package var isSourceBlockedByOthers: Bool?
    /// Whether lagzero blocks the writes of others on the destination; also after a failure.
    package var isDestinationBlocked: Bool?
    /// When the cutover that is under way was begun, milliseconds since 1970 by the agent's clock; kept until it is over,
    /// also where its engine is lost.
    package var begunAt: Int64?
    /// When the last attempt was begun, milliseconds since 1970: tells attempts apart. Nil before there was one.
    package var lastAttemptAt: Int64?
    /// Whether the cutover can only be finished, as the destination is the cluster to use; kept until the engine says
    /// otherwise. Nil where that is not known.
    package var isPastPointOfNoReturn: Bool?
    /// Empty unless a cutover is under way or over.
    package var steps: [Step] = []
    /// From the last write seen on the source to now, or to the destination accepting writes; nil outside of a cutover
    /// or where no write was seen.
    package var downtimeSeconds: Double?
    package var isBackOutPossible = false
    /// Why the last attempt of this engine did not succeed; everything was undone then.
    package var refusal: String?

    package init() {}
}
