/// The numbers of the verification.
extension Tuning {
    // MARK: The pass over whole collections

    /// Ranges of one collection, at most: their bounds are found by random reads.
    static let verifyRanges = 200
    /// Bytes a batch of each side is meant to have. Two batches a side and range are held. With a half of it the servers
    /// took 8 % more of CPU for the same documents; twice as much, or more batches read ahead, was not faster. The driver
    /// takes blocks of powers of two: with just 8 MB it would take those of 16 MB.
    static let verifyBatchBytes = 7 << 20
    /// Documents in a batch, at most.
    static let verifyBatchDocuments = 50_000
    /// Ranges compared at once, each with a connection to each side.
    static let verifyWorkers = 2
    /// What the cells of the difference of one collection take, bytes: 53,000 documents with an `_id` of up to 24 bytes,
    /// two for each that has changed. Each worker holds one; with 16 MB the process reached 270 MB.
    static let differenceBytes = 4 << 20
    /// Cells in each third beyond those that are needed: two documents in the same three cells do not come out, which
    /// happens in small tables.
    static let differenceCells = 1_024
    /// Documents that are added to the cells together: one by one that took 25 % of the engine's CPU, so 9 %.
    static let differenceItems = 64
    /// Bytes of the longest `_id` that is kept of documents that differ: the longer, the fewer cells.
    static let differenceIDBytes = 256
    /// Collections up to this many bytes are compared in natural order, whatever that is: one scan takes about half a
    /// minute, and what changes in that time fits into the difference up to some 900 documents a second.
    static let naturalBytes = 4 << 30
    /// How often a comparison in natural order begins again before the ranges do it, which go on where they were.
    static let naturalAttempts = 3
    /// How long a service sleeps that has nothing left to do.
    static let idle = Duration.seconds(3_600)
    /// How often the verifier looks for collections that are new or gone.
    static let verifyLook = Duration.seconds(1)
    /// How often the natural order of a capped collection is looked at while it keeps changing; after
    /// that the cutover decides.
    static let verifyOrderAttempts = 5

    /// What is read of capped collections in a cutover for their order alone, where documents are not verified: some ten
    /// seconds without writes.
    static let orderBytes = 2 << 30

    /// Older documents of a capped collection of the destination that are deleted at once in a cutover, but for a batch:
    /// their ids are held in memory.
    static let cappedHead = 100_000

    // MARK: Keys that are compared again

    /// Documents compared again by one read on each side.
    static let recheckKeys = 1_000
    /// Bytes of ids, and of documents as far as their average says, in such a read.
    static let recheckReadBytes = 4 << 20
    /// What all keys that wait may take in memory, bytes; beyond that whole collections are compared
    /// again.
    static let recheckBytes = 24 << 20
    /// What a key costs beside its id, bytes: table, queue, key and id storage.
    static let recheckOverhead = 240
    /// How long a key waits after it was applied, so that a document that changes all the time is
    /// compared once in this time.
    static let recheckDelay = Duration.seconds(1)
    /// How long a key waits whose document was being changed while it was compared.
    static let recheckRetryDelay = Duration.milliseconds(200)
    /// Above this many waiting keys they are compared without pauses.
    static let recheckBacklog = 10_000

    /// How long the cutover waits for a document that is being changed before it looks again.
    static let finishPatience = Duration.milliseconds(20)

    /// How often a capped collection is copied again because its order differs, before that is a difference.
    static let copiesForOrder = 2

    // MARK: What was found

    /// Differences that are kept by name; the others are only counted.
    static let namedMismatches = 10_000
    /// Differences of one read of which it is said what differs: each costs a read more.
    static let detailedMismatches = 20
    /// Characters of an id in the name of a difference.
    static let mismatchIDLength = 200
}
