internal import BSON
internal import Mongo
internal import Synchronization

/// Who owns the migration: a document on the destination that names the owner and counts its heartbeats.
///
/// A second owner is refused while the counter moves; after it stood still for 30 s on the own monotonic clock, or
/// when the owner is a process that can be seen from here to have ended, it is replaced, and the epoch is raised.
package final class Lease: Sendable {
    package struct Owner: Hashable, Sendable {
        package var host: String
        package var boot: String
        /// The PID namespace: in another one the number means another process, or none.
        package var pids: String
        package var process: Int

        /// As an operator would look for it.
        var words: String { "process \(process) on \(host)" }

        package init(host: String, boot: String, pids: String = "", process: Int) {
            self.host = host
            self.boot = boot
            self.pids = pids
            self.process = process
        }

        /// Whether both see the same processes under the same numbers. Names alone do not tell: other machines may have
        /// the same one.
        func sees(_ other: Owner) -> Bool {
            host == other.host && boot == other.boot && pids == other.pids
        }
    }

    /// When an owner counts as alive.
    package struct Timing: Hashable, Sendable {
        /// How often the owner shows that it is alive.
        package var heartbeat = Tuning.heartbeat
        /// How long the owner's counter must stand still, on the own clock, before it may be replaced.
        package var patience = Tuning.takeoverPatience
        /// How old the last heartbeat may be when a batch is written; well below the patience of others.
        package var limit = Tuning.heartbeatLimit

        package init() {}

        /// For tests: all of it shorter in proportion.
        package init(scale: Double) {
            heartbeat = heartbeat * scale
            patience = patience * scale
            limit = limit * scale
        }
    }

    static let namespace = Namespace(NamespaceFilter.stateDatabase, "lease")

    /// What this process holds, or is asking for.
    private static let claims = Mutex<Set<Int64>>([])

    let owner: Owner
    let epoch: Int64
    private let claim: Int64
    private let lane: Lane
    private let timing: Timing
    private let lastBeat = Mutex(ContinuousClock.now)
    private let isLost = Mutex(false)

    private init(owner: Owner, epoch: Int64, claim: Int64, lane: Lane, timing: Timing) {
        self.owner = owner
        self.epoch = epoch
        self.claim = claim
        self.lane = lane
        self.timing = timing
    }

    /// Takes the lease, waiting for as long as `timing` says for a silent owner to be given up. Throws `destinationHeld`
    /// when another owner is alive, or another part of this process holds it.
    ///
    /// - `claim`: tells this holding from every other one. Who asks again with the same number gets what it has taken
    ///   without hearing so.
    /// - `last`: the epoch of whoever may be followed; throws `ownershipLost` where somebody else has had it since.
    static func acquire(
        as owner: Owner, isRunning: (Owner) -> Bool, claim: Int64 = newClaim(),
        after last: Int64? = nil, lane: Lane, retry: Retry, timing: Timing = Timing()
    ) async throws -> Lease {
        claims.withLock { _ = $0.insert(claim) }
        do {
            let epoch = try await take(
                as: owner, isRunning: isRunning, claim: claim, after: last, lane: lane,
                retry: retry, timing: timing)
            return Lease(owner: owner, epoch: epoch, claim: claim, lane: lane, timing: timing)
        } catch {
            claims.withLock { _ = $0.remove(claim) }
            throw error
        }
    }

    static func newClaim() -> Int64 { .random(in: 1...Int64.max) }

    /// The epoch from which on it is held.
    private static func take(
        as owner: Owner, isRunning: (Owner) -> Bool, claim: Int64, after last: Int64?, lane: Lane,
        retry: Retry, timing: Timing
    ) async throws -> Int64 {
        let clock = ContinuousClock()
        var watched: (counter: Int, since: ContinuousClock.Instant)?
        let activity = "waiting for the owner before"
        defer { retry.status.goOn(activity) }
        while true {
            try Task.checkCancellation()
            guard let found = try await read(lane, retry) else {
                if try await insert(owner, claim, lane: lane, retry) { return 1 }
                continue
            }
            let epoch = Int64(found["epoch"]?.integer ?? 0)
            if let last, !mayFollow(found, after: last, claim) { throw lost }
            let counter = found["counter"]?.integer ?? 0
            let holder = found["owner"]?.document.map(Owner.init)
            let isOver =
                holder.map {
                    owner.sees($0) && !isRunning($0)
                        || $0 == owner && !isHeldHere(found, but: claim)
                } ?? true
            let now = clock.now
            if watched?.counter != counter { watched = (counter, now) }
            let isSilent = watched.map { now - $0.since >= timing.patience } ?? false
            if isOver || isSilent {
                if try await replace(
                    epoch: epoch, counter: counter, with: owner, claim, lane: lane, retry)
                {
                    return epoch + 1
                }
                watched = nil
                continue
            }
            if let holder, owner.sees(holder) {
                throw MigrationError(
                    .destinationHeld,
                    "process \(holder.process) on this host is running a migration to this destination: stop it first"
                )
            }
            if let holder {
                retry.status.wait(
                    activity,
                    for:
                        "\(holder.words) ran this migration last: it is taken over once "
                        + "that one has been silent for \(timing.patience.components.seconds) s")
            }
            try await Task.sleep(for: min(timing.heartbeat / 4, .milliseconds(500)))
            let later = try await read(lane, retry)
            // The owner may also have given it back meanwhile.
            if let holder, let later, later["owner"] != nil, later["epoch"]?.integer == Int(epoch),
                later["counter"]?.integer != counter
            {
                throw held(by: holder)
            }
        }
    }

    /// Whether a stored lease is as it was left at that epoch, or was taken with this claim since.
    static func mayFollow(_ found: Document, after last: Int64, _ claim: Int64?) -> Bool {
        found["epoch"]?.integer == Int(last) || claim != nil && self.claim(of: found) == claim
    }

    /// Whether a part of this process holds a stored lease that names this process; not one that could not be given back,
    /// nor what was taken with the same claim.
    private static func isHeldHere(_ found: Document, but own: Int64) -> Bool {
        guard let claim = claim(of: found), claim != own else { return false }
        return claims.withLock { $0.contains(claim) }
    }

    /// With which it was taken; nil where its owner knew of no claims.
    private static func claim(of found: Document) -> Int64? {
        guard let claim = found["claim"]?.document,
            claim["epoch"]?.integer == found["epoch"]?.integer
        else { return nil }
        return claim["number"]?.integer.map(Int64.init)
    }

    private static func held(by holder: Owner) -> MigrationError {
        MigrationError(
            .destinationHeld,
            "\(holder.words) is running a migration to this destination: stop it first"
        )
    }

    /// Whether a batch may be written now: the last heartbeat is recent. Waits for one otherwise; throws
    /// `ownershipLost` when another owner has taken over.
    func check() async throws {
        while true {
            if isLost.withLock({ $0 }) { throw Lease.lost }
            if !isDoubtful { return }
            try await beat()
        }
    }

    /// How long ago the destination last heard that this owner is alive, as far as is known.
    var silence: Duration { ContinuousClock.now - lastBeat.withLock { $0 } }

    /// Whether the destination has been silent for so long that others may soon take over.
    var isDoubtful: Bool { silence >= timing.limit }

    /// Throws where another owner may have taken over. Asks nobody.
    func requireSole() throws {
        guard !isLost.withLock({ $0 }), silence < timing.patience else { throw Lease.lost }
    }

    static let lost = MigrationError(
        .ownershipLost,
        "another host has taken this migration over and goes on with it: nothing is left to do here"
    )

    /// One heartbeat. Throws `ownershipLost`, or the server's error.
    func beat() async throws {
        let before = ContinuousClock.now
        let reply = try await lane.write(
            Lease.update(
                filter: ["_id": "owner", "epoch": .int64(epoch)], change: ["$inc": ["counter": 1]]),
            on: Lease.namespace.database)
        if let failure = reply.failures.first { throw failure.error }
        guard reply.count == 1 else {
            isLost.withLock { $0 = true }
            throw Lease.lost
        }
        lastBeat.withLock { $0 = before }
    }

    /// Beats until the task is cancelled or ownership is lost.
    func keep(_ retry: Retry) async throws {
        while true {
            try await retry("showing that this migration is alive") { try await beat() }
            try await Task.sleep(for: timing.heartbeat)
        }
    }

    /// Gives the lease back, so that the next owner need not wait. Where the destination does not hear of it, this process
    /// at least can take it again at once. Nothing may be written with it any more.
    func release() async {
        defer { Lease.claims.withLock { _ = $0.remove(claim) } }
        _ = try? await lane.write(
            Lease.update(
                filter: ["_id": "owner", "epoch": .int64(epoch)],
                change: ["$unset": ["owner": true]]),
            on: Lease.namespace.database)
    }

    private static func update(filter: Value, change: Value) -> Document {
        [
            "update": .string(namespace.collection), "updates": [["q": filter, "u": change]],
            "writeConcern": ["w": "majority"],
        ]
    }

    private static func read(_ lane: Lane, _ retry: Retry) async throws -> Document? {
        try await retry("looking who owns the migration") {
            try await lane.open(
                [
                    "find": .string(namespace.collection), "filter": ["_id": "owner"], "limit": 1,
                    "readConcern": ["level": "majority"],
                ], on: namespace.database
            ).documents.first { _ in true }
        }
    }

    private static func value(of claim: Int64, epoch: Int64) -> Value {
        ["epoch": .int64(epoch), "number": .int64(claim)]
    }

    private static func insert(
        _ owner: Owner, _ claim: Int64, lane: Lane, _ retry: Retry
    ) async throws -> Bool {
        let document: Value = [
            "_id": "owner", "epoch": .int64(1), "counter": 0, "owner": owner.value,
            "claim": value(of: claim, epoch: 1),
        ]
        let reply = try await retry.write(
            "taking the migration",
            [
                "insert": .string(namespace.collection), "documents": [document],
                "writeConcern": ["w": "majority"],
            ], on: namespace.database, lane: lane)
        return reply.failures.isEmpty
    }

    private static func replace(
        epoch: Int64, counter: Int, with owner: Owner, _ claim: Int64, lane: Lane, _ retry: Retry
    ) async throws -> Bool {
        let next: Value = [
            "epoch": .int64(epoch + 1), "counter": 0, "owner": owner.value,
            "claim": value(of: claim, epoch: epoch + 1),
        ]
        let reply = try await retry.write(
            "taking the migration over",
            update(
                filter: ["_id": "owner", "epoch": .int64(epoch), "counter": .integer(counter)],
                change: ["$set": next]),
            on: namespace.database, lane: lane)
        return reply.count == 1
    }
}

extension Lease.Owner {
    init(_ document: Document) {
        self.init(
            host: document["host"]?.string ?? "", boot: document["boot"]?.string ?? "",
            pids: document["pids"]?.string ?? "", process: document["process"]?.integer ?? 0)
    }

    var value: Value {
        [
            "host": .string(host), "boot": .string(boot), "pids": .string(pids),
            "process": .integer(process),
        ]
    }
}
