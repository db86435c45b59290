/// The numbers of the engine.
package enum Tuning {
    // MARK: Failures

    /// Delays between attempts grow from the first to the last one by doubling.
    static let firstRetryDelay = Duration.milliseconds(100)
    static let lastRetryDelay = Duration.seconds(5)

    // MARK: Ownership

    /// How often the owner shows that it is alive.
    package static let heartbeat = Duration.seconds(5)
    /// How long the owner's counter must stand still, on the own clock, before it may be replaced.
    package static let takeoverPatience = Duration.seconds(30)
    /// How old the last heartbeat may be when a batch is written; well below the patience of others.
    package static let heartbeatLimit = Duration.seconds(20)

    // MARK: The end

    /// How long servers may take to be told, at the end, that cursors are not needed any more.
    static let closingLimit = Duration.seconds(3)

    // MARK: Tail

    /// What a dirty entry costs in memory beside its id, bytes: table, queue, key and id storage.
    static let dirtyEntryOverhead = 240
    /// Batches of the stream that are told apart one by one; beyond that, one a second for each such number.
    static let fineGenerations = 1_000
    /// How many bytes of dirty keys are held before they are spilled to the destination.
    package static let dirtyBytes = 64 << 20
    /// How many times as many may be held at most: a lot can come before they are spilled. No more is read then.
    static let dirtyBytesFactor = 2
    /// How long the source waits for an event before it answers with an empty batch, milliseconds: bounds how old the
    /// position on an idle source is, and how long a stop takes.
    static let streamWait = 500
    /// Events a batch of the stream may hold. Small ones arrive in large numbers after a pause.
    static let streamBatch = 10_000
    /// A batch of the stream of this many bytes may have been cut by the server, which sends at most 16 MB.
    static let fullStreamBatch = 8 << 20

    /// A batch of more bytes is not followed by a larger one where connections were lost.
    static let largestGrowingBatch = 1 << 20

    /// After a batch with fewer events than this the tail waits for `streamGathering`, so that events gather.
    static let smallStreamBatch = 200
    static let streamGathering = Duration.milliseconds(20)
    /// Pause before a broken stream is opened again; twice as long each time that nothing was read, up to the limit.
    static let streamReopenDelay = Duration.milliseconds(200)
    static let streamReopenLimit = Duration.seconds(5)

    /// How often the source is asked for its newest write, and every how many polls for its oldest oplog entry.
    static let lagPoll = Duration.milliseconds(250)
    static let headroomPolls = 40
    /// How far the source's majority may be behind its newest write before that is said, seconds: as far as servers let it
    /// come before they slow down writes (`flowControlTargetLagSeconds`), and as long as a cutover waits for it
    /// (`majorityLimit`).
    static let majorityLag = 10.0
    /// How often is looked whether keys are to be set aside, or can be brought back.
    static let spillLook = Duration.milliseconds(500)
    /// Keys that are spilled with one command, and brought back at once.
    static let spillKeys = 2_000
    /// Bytes of ids that are spilled with one command, which holds 16 MB: half, as what stands around them can be as much.
    static let spillBytes = 8 << 20
    static let restoredKeys = 5_000
    /// What may be kept on this host's disk while the destination takes nothing, bytes: some ten million keys.
    static let spillFileBytes = 1 << 30
    /// Keys up to this length are their own id in the spill, bytes.
    static let spilledKeyBytes = 200

    // MARK: Apply

    /// Documents a worker takes at once: `$in` of more gains nothing (measured 1,000 against 10,000).
    static let applyKeys = 1_000
    /// Documents that are held at once where they must be, until their size is known: 160 MB if they are as large as can
    /// be.
    static let heldDocuments = 10
    /// Bytes of ids a worker takes at once: a command holds 16 MB.
    static let applyIDBytes = 6 << 20
    /// Statements an update or delete command may hold; servers accept 100,000.
    static let writeStatements = 1_000
    /// Bytes of documents in one write command. Servers accept 16 MiB + 16 KiB for the whole command.
    static let writeBytes = 16_000_000
    /// The largest command a server accepts, bytes, less what the driver adds to it.
    static let commandLimit = (16 << 20) + (12 << 10)

    // MARK: Catalog

    /// How often the catalogs are compared when nothing says that they differ.
    static let reconcileInterval = Duration.seconds(60)
    /// Pause before a run that could not do everything is repeated.
    static let reconcileRetry = Duration.seconds(2)
    /// How often whoever waits for builds of indexes looks at the time.
    static let settleLook = Duration.seconds(1)
    /// Lanes to each side for listing catalogs, and for building indexes of several collections at once.
    static let catalogLanes = 4
    static let indexLanes = 2

    // MARK: Copy

    /// A collection above this many bytes is split by `_id`, into partitions of about this size.
    static let partitionBytes = 64 << 20
    /// Ids drawn for each boundary: more of them make parts more alike; and how many of them altogether, unless there are
    /// more boundaries.
    static let samples = 10
    static let mostSamples = 20_000
    /// Of this many documents at most one is drawn: servers read whole collections for more than 5 %.
    static let sampling = 25
    /// Partitions that are noted with one command.
    static let foundPartitions = 500
    /// Bytes a batch is meant to have. Servers answer with 16 MB at most; half of it is hardly slower and keeps the process
    /// small. The driver takes blocks of powers of two: a little less than 8 MB leaves room for documents that are larger
    /// than most.
    static let copyBatchBytes = 7 << 20
    /// What a document of a batch costs beside its own bytes: its place in the array.
    static let batchOverhead = 8
    /// Ids that tell whether those of a collection come in an order.
    static let scatterSample = 1_000
    /// Documents an insert command may hold.
    static let insertDocuments = 100_000

    // MARK: State

    /// How often the stored position is moved.
    static let checkpointInterval = Duration.seconds(2)
    /// Lines of the log that whoever takes up a migration of others reads at most, the newest ones: the story of weeks, and
    /// less than a megabyte.
    static let recalledLines = 5_000

    // MARK: Cutover

    /// How long a write block may wait for open transactions, milliseconds. Everything on the source hangs meanwhile.
    static let blockLimit = 3_000
    /// How long a block whose answer was lost may still come, once the server answers again: as long as it waits for open
    /// transactions, and a way.
    static let lateBlock = Duration.milliseconds(blockLimit + 2_000)
    /// How long the newest write may take to be held by a majority.
    static let majorityLimit = Duration.seconds(10)
    /// How long draining may take before the cutover is given up.
    static let drainLimit = Duration.seconds(60)
    /// How long the source is waited for after the cutover, when nothing but its block is left.
    static let farewellLimit = Duration.seconds(20)
    /// Statements of one command that writes the state, in bytes and in number: well below the 16 MB and the 100,000 that
    /// a command may have.
    static let stateBytes = 4 << 20
    static let stateStatements = 1_000
    /// How long each of the steps may take in which catalogs and documents are compared while the source takes no writes.
    static let comparisonLimit = Duration.seconds(60)
    /// How long indexes that are being built are waited for before anything is stopped.
    static let buildPatience = Duration.seconds(10)
    /// Seconds by which an event may be behind the source's newest write and still count as read at once.
    static let lateRead = 3
    /// How often a source whose writes cannot be blocked is looked at for writes; their number in that time is told.
    static let quietLook = Duration.seconds(1)
    /// How often a cutover looks whether everything is applied, and whether the destination still answers.
    static let cutoverLook = Duration.milliseconds(100)
    /// Pause before a refused cutover is tried again in `when-in-sync`.
    static let cutoverRetry = Duration.seconds(5)
    /// A write seen longer ago than this says nothing about the downtime.
    static let downtimeHorizon = Duration.seconds(3_600)
    /// How long a migration stays in sync before it expires.
    package static let syncDuration = Duration.seconds(120 * 3_600)
    /// How much later it expires each time this is asked for.
    package static let syncExtension = Duration.seconds(24 * 3_600)

    /// How often is looked at unique indexes that are new.
    static let uniqueInterval = Duration.seconds(60)

    /// How often the source is asked what it would say to a cutover.
    static let outlookInterval = Duration.seconds(5)

    // MARK: Readiness

    /// How often is looked whether the migration is ready, cancelled or expired.
    static let readinessLook = Duration.milliseconds(250)
    /// How long the operator's wish for a cutover is kept while readiness is lost for a moment: a new collection is
    /// copied within that.
    static let wishLife = Duration.seconds(10)

    /// The lag up to which a migration counts as in sync, seconds, and for how long it must hold.
    package static let lagThreshold = 10.0
    package static let lagHold = 10.0

    // MARK: Load

    /// Over how many seconds writes of the source are shown.
    static let recentSeconds: Int64 = 10

    /// Most workers of the copy, and of apply, at the load levels 1 to 4; each has a lane to either side.
    static let loadLevels = [1, 2, 4, 8]
    static var mostWorkers: Int { loadLevels.max() ?? firstWorkers }
    /// Workers that begin, and that no trial goes below: two keep both cores of a small server busy.
    static let firstWorkers = 2
    /// How often is looked what they do.
    static let climbLook = Duration.seconds(1)
    /// What one measure of their speed takes at least: seconds, and bytes copied or documents applied.
    static let climbSeconds = 3.0
    static let climbBytes = 48 << 20
    static let climbDocuments = 5_000
    /// Documents that wait for being applied from which on the workers are never idle.
    static let climbBacklog = 10_000
    /// How many times as fast one worker more must be, and one fewer may be.
    static let climbGain = 1.1
    static let climbLoss = 0.97
    /// Measures between two trials: doubles with each that fails.
    static let firstClimbPatience = 2
    static let lastClimbPatience = 32
}
