internal import BSON
internal import Mongo

/// The first steps of a migration: what an earlier owner left is taken over, or a new one is begun.
struct Preparation: Sendable {
    let source: Side
    let destination: Side
    let options: MigrationOptions
    let lease: Lease
    let retry: Retry
    let status: Status
    let log: EventLog
    /// Throws `validationFailed` where a new migration must not begin.
    var validateAgain: @Sendable () async throws -> Void = {}

    var store: StateStore { StateStore(lane: destination.lane(), retry: retry, epoch: lease.epoch) }

    func stored() async throws -> StoredMigration {
        StoredMigration(try await store.loadMigration() ?? [:])
    }

    /// Begins a new migration or takes up the one that is stored. Nothing of the source is read before the stream's
    /// first token is stored.
    func makeContext(
        gate: Gate, workers: Workers,
        pause: @escaping @Sendable (MigrationError, _ opening: Int) async -> Void
    ) async throws -> Context {
        let store = store
        let existing = try await store.loadMigration()
        let earlier = StoredMigration(existing ?? [:])
        guard source.isReached || earlier.isPastPointOfNoReturn else {
            throw noSource
        }
        // What this one has begun is gone on with, though nobody here has seen it begin.
        let isOurs = options.clearing?.hasBegun(earlier) ?? false
        let isResumed = options.resume || isOurs && existing?["token"] != nil
        // To finish a cutover nothing more is asked of the source, and nothing of the filters.
        let isOver = isResumed && earlier.isPastPointOfNoReturn
        let subject =
            isOver ? nil : try await Subject(source, filter: options.filter, retry: retry)
        let token: ResumeToken
        if earlier.phase == .cancelled, isResumed {
            throw MigrationError(
                .destinationHeld,
                "the migration on this destination was cancelled: begin anew \(options.wording.anew)"
            )
        }
        if let existing, let stored = existing["token"]?.document, isResumed {
            guard let begun = existing["subject"]?.document.flatMap(Subject.init) else {
                throw MigrationError(
                    .destinationHeld,
                    "the migration on this destination does not say what its source is: "
                        + "begin anew \(options.wording.anew)"
                )
            }
            if let reason = subject?.refusal(resuming: begun, options.wording) {
                throw MigrationError(.destinationHeld, reason)
            }
            token = ResumeToken(stored)
            status.update { $0.hasBegun = true }
            try await log.recall(from: store)
            log.note("resumed by \(lease.owner.words)")
            if earlier.phase == .expired {
                try await store.save(["deadline": .null, "phase": .null])
                log.note("the time for the cutover had passed: it begins anew")
            }
        } else if let subject {
            log.release()
            if existing?["token"] != nil, !options.drop {
                throw MigrationError(
                    .destinationHeld,
                    "the destination holds a migration already: \(options.wording.resume) goes on with it; or begin "
                        + "anew \(options.wording.anew)"
                )
            }
            if earlier.isDropped, !options.drop, !options.resume {
                throw MigrationError(
                    .destinationHeld,
                    "the destination was not cleared to the end: \(options.wording.resume) goes on with that, and with "
                        + "the migration"
                )
            }
            if options.drop, let refusal = options.clearing?.refusal(of: earlier) { throw refusal }
            // What is being cleared was validated before.
            if !earlier.isDropped { try await validateAgain() }
            if options.drop || earlier.isDropped {
                try await clear(existing ?? [:])
            } else if options.resume {
                log.note("nothing to resume: a new migration begins")
            }
            token = try await Tail.begin(source, retry: retry)
            let isSameSource =
                existing?["subject"]?.document.flatMap(Subject.init)?.hasSameSource(as: subject)
                ?? false
            if earlier.isSourceBlocked, !isSameSource {
                log.note("the earlier migration had another source, which goes on refusing writes")
            }
            let begun: Document = [
                "token": .document(token.document), "subject": .document(subject.document),
                "startedAt": .date(try await ServerTime(of: destination, retry).time),
                // Blocks that an earlier migration set are still ours.
                "sourceBlocked": .bool(earlier.isSourceBlocked && isSameSource),
                "destinationBlocked": .bool(earlier.isDestinationBlocked),
            ]
            try await begin(
                options.clearing.map { begun.setting("clearing", to: .int64($0.number)) } ?? begun)
            log.note("begun by \(lease.owner.words)")
        } else {
            throw noSource
        }
        status.update { $0.storedThrough = token.time }
        try await dropTrials()
        guard let time = token.time else {
            throw MigrationError(
                .unexpected, "the resume token of the source's change stream holds no time")
        }
        // How it came to this is the first that whoever goes on has to know, however soon this run ends.
        try await log.write(to: store)
        var writing = retry
        writing.mayWrite = { [lease] in try await lease.check() }
        return Context(
            options: options, source: source, destination: destination,
            // The token of a stream that has just been opened names the time after the newest one.
            dirty: DirtySet(token: token, time: time.predecessor), registry: CollectionRegistry(),
            status: status,
            retry: writing, lease: lease, store: store, gate: gate, workers: workers,
            reconcile: Signal(),
            pause: pause)
    }

    /// Makes these the only fields of the migration's state. Without an answer they may be there.
    private func begin(_ fields: Document) async throws {
        status.update { $0.hasBegun = true }
        try await store.begin(fields)
    }

    private var noSource: MigrationError {
        MigrationError(
            .destinationHeld,
            "the migration on this destination has begun anew meanwhile: \(options.wording.resume) goes on with that "
                + "one")
    }

    /// Drops every user database of the destination, and the state of an earlier migration but for what says that this
    /// is under way and which blocks are ours: whoever goes on after a crash must not take that migration for its own.
    private func clear(_ earlier: Document) async throws {
        var kept = DocumentBuilder()
        for name in ["subject", "sourceBlocked", "destinationBlocked"] {
            if let value = earlier.raw(name) { kept.append(name, raw: value) }
        }
        kept.append("dropping", true)
        if let clearing = options.clearing { kept.append("clearing", .int64(clearing.number)) }
        try await begin(kept.finish())
        let lane = destination.catalogCluster.lane()
        let answer = try await retry("listing the destination's databases") {
            try await lane.run(["listDatabases": 1, "nameOnly": true, "authorizedDatabases": false])
        }
        let names = (answer["databases"]?.elements ?? []).compactMap {
            $0.document?["name"]?.string
        }
        for name in names where !NamespaceFilter.internalDatabases.contains(name) {
            try await retry("dropping \(name)") {
                try await Lane.outlast([lane])
                try await lease.check()
                _ = try await lane.run(
                    ["dropDatabase": 1, "writeConcern": ["w": "majority"]], on: name)
            }
            log.note("dropped database \(name) of the destination")
        }
        for collection in StateStore.collections where collection != "state" {
            try await dropState(collection, lane)
        }
    }

    /// What a check for unique indexes that was killed left behind: documents of users.
    private func dropTrials() async throws {
        let lane = destination.catalogCluster.lane()
        let found = try await retry("reading the migration's state") {
            try await lane.open(
                ["listCollections": 1, "nameOnly": true, "authorizedCollections": true],
                on: StateStore.database)
        }
        for name in found.documents.compactMap({ $0["name"]?.string })
        where name.hasPrefix(UniqueCheck.trialPrefix) {
            try await dropState(name, lane)
        }
    }

    private func dropState(_ collection: String, _ lane: Lane) async throws {
        try await retry("clearing what an earlier run left") {
            try await Lane.outlast([lane])
            try await lease.check()
            do throws(MongoError) {
                _ = try await lane.run(
                    ["drop": .string(collection), "writeConcern": ["w": "majority"]],
                    on: StateStore.database)
            } catch {
                guard error.isNamespaceNotFound else { throw error }
            }
        }
    }
}

/// What is stored of a migration, as far as the engine decides by it.
struct StoredMigration: Sendable {
    /// How far a cutover came.
    enum CutoverStep: String, Sendable {
        /// Writes may be blocked and unique indexes prepared; all of it can be undone.
        case begun
        /// The point of no return: the destination accepts writes.
        case accepted
        case finished
    }

    let startedAt: Int64?
    /// By the destination's clock, milliseconds since 1970.
    let deadline: Int64?
    /// Present where the migration ended for good.
    let phase: Phase?
    let cutover: CutoverStep?
    /// The destination is being cleared for a new one; nothing else of it counts but the blocks.
    let isDropped: Bool
    /// See `ClearingConfirmation.number`; nil where nothing was confirmed for it.
    let clearing: Int64?
    let isSourceBlocked: Bool
    let isDestinationBlocked: Bool
    /// Seconds, up to the opening of the destination, or as far as it was known at the point of no return.
    let downtime: Double?
    /// The newest write for which applications wait, by the destination's clock, milliseconds since 1970; present from the
    /// point of no return on, where one was seen.
    let newestWriteAt: Int64?
    /// The source's newest write that is on the destination; present from the point of no return on.
    let finalTime: Timestamp?
    /// How many collections `StateStore.saveFinal` has kept; present from the point of no return on.
    let finalCollections: Int?
    /// See `Status.Figures.counts`.
    let counts: Document
    /// What was compared; present from the point of no return on.
    let verification: MigrationReport.Verification?
    /// Capped collections whose order was not compared; from the point of no return on.
    let unlooked: [String]
    /// Present where the migration is complete.
    let report: StoredReport?

    init(_ document: Document) {
        func date(_ name: String) -> Int64? {
            guard case .date(let time)? = document[name] else { return nil }
            return time
        }
        startedAt = date("startedAt")
        deadline = date("deadline")
        phase = document["phase"]?.string.flatMap(Phase.init)
        cutover = document["cutover"]?.string.flatMap(CutoverStep.init)
        isDropped = document["dropping"]?.bool ?? false
        clearing = document["clearing"]?.integer.map(Int64.init)
        isSourceBlocked = document["sourceBlocked"]?.bool ?? false
        isDestinationBlocked = document["destinationBlocked"]?.bool ?? false
        finalTime = document["finalTime"]?.timestamp
        finalCollections = document["finalCollections"]?.integer
        counts = document["counts"]?.document ?? [:]
        // Also stored by an attempt to record that point that was undone.
        let isPast = cutover == .accepted || cutover == .finished
        downtime = isPast ? document["downtime"]?.double : nil
        newestWriteAt = isPast ? date("newestWriteAt") : nil
        verification =
            isPast
            ? document["verification"]?.document.flatMap(MigrationReport.Verification.init) : nil
        unlooked = document.texts("unlooked")
        report = document["report"]?.document.flatMap(StoredReport.init)
    }

    var isPastPointOfNoReturn: Bool { cutover == .accepted || cutover == .finished }

    /// Whether whoever takes it up undoes or finishes a cutover first.
    var isInCutover: Bool {
        !isDropped && phase != .cancelled && (cutover != nil || isSourceBlocked)
    }
}
