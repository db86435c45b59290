internal import BSON
package import Mongo

/// A migration whose state is on a destination, as whoever wants to go on with it finds it: on this host or another one,
/// after whatever was known of it here is lost.
package struct FoundMigration: Hashable, Sendable {
    /// Why nobody can go on with it from here.
    package enum Obstacle: Hashable, Sendable {
        /// Its cutover is done and nothing of it is left to be done.
        case complete
        case cancelled
        /// It does not say what its source is, as very old ones do not.
        case unknownSource
        /// It has another source than the one that was given: `replica set rs0 of a:27017, b:27017`.
        case otherSource(String)
        /// Only the end of its cutover is left, and its source could not be asked whether it is the one.
        case silentSource
        /// A process that can be seen from here runs it now.
        case running(process: Int)
    }

    /// Milliseconds since 1970, by the clock of the host that began it.
    package let startedAt: Int64?
    /// The filters it was begun with, which go on with it: `db.*` or `db.collection`.
    package let include: [String]
    package let exclude: [String]
    /// Whether its destination accepts writes.
    package let isPastPointOfNoReturn: Bool
    /// Whether whoever takes it up undoes or finishes a cutover first: nothing is to be checked before that, see below.
    package let isInCutover: Bool
    /// Who ran it last and has not given it back; nil where it was left cleanly. Where that one is on another host, only
    /// its silence tells that it has ended: taking the lease waits for it.
    package let holder: Lease.Owner?
    package let obstacle: Obstacle?

    /// What the destination holds, against the source that was given; nil where it holds nothing that could go on. Two
    /// calls to each cluster, changes nothing. Throws `MongoError` where one of them cannot be asked, but the source of one
    /// whose destination accepts writes already.
    package static func find(
        source: ConnectionString, destination: ConnectionString, owner: Lease.Owner,
        isRunning: (Lease.Owner) -> Bool
    ) async throws -> FoundMigration? {
        let there = try await Cluster.open(destination).lane()
        guard let state = try await StateStore.peek("state", "migration", there),
            state["token"] != nil
        else {
            return nil
        }
        let lease = try await StateStore.peek(Lease.namespace.collection, "owner", there)
        let subject: Subject?
        do {
            subject = try await Subject(try await Cluster.open(source).lane())
        } catch  where StoredMigration(state).isPastPointOfNoReturn {
            subject = nil
        }
        return FoundMigration(
            state, of: subject, holder: lease?["owner"]?.document.map(Lease.Owner.init),
            seenBy: owner, isRunning: isRunning)
    }

    /// Whether what a destination holds is a migration in its cutover: applications wait for it to be undone or finished,
    /// whatever a validation would find, and behind the point of no return nobody needs the source. One call, changes
    /// nothing. Nil where it does not answer within `limit`, or refuses to.
    package static func isInCutover(
        _ destination: ConnectionString, within limit: Duration = Tuning.wayLimit
    ) async -> Bool? {
        // The first answer counts: what a lane has begun cannot be interrupted.
        let (answers, answer) = AsyncStream.makeStream(of: Bool?.self)
        Task { answer.yield(try? await isInCutover(destination)) }
        Task {
            try? await Task.sleep(for: limit)
            answer.yield(nil)
        }
        return await answers.first { _ in true } ?? nil
    }

    private static func isInCutover(_ destination: ConnectionString) async throws -> Bool {
        let lane = try await Cluster.open(destination.hurried).lane()
        let state = try await StateStore.peek("state", "migration", lane)
        return state.map { StoredMigration($0).isInCutover } ?? false
    }

    /// `subject`: of the source that was given; nil where that does not answer.
    init(
        _ state: Document, of subject: Subject?, holder: Lease.Owner?, seenBy owner: Lease.Owner,
        isRunning: (Lease.Owner) -> Bool
    ) {
        let stored = StoredMigration(state)
        let begun = state["subject"]?.document.flatMap(Subject.init)
        startedAt = stored.startedAt
        isPastPointOfNoReturn = stored.isPastPointOfNoReturn
        isInCutover = stored.isInCutover
        include = begun?.include.sorted() ?? []
        exclude = begun?.exclude.sorted() ?? []
        self.holder = holder
        obstacle =
            if stored.phase == .cancelled {
                .cancelled
            } else if stored.cutover == .finished || stored.report?.report.phase == .complete {
                .complete
            } else if let begun {
                if subject?.hasSameSource(as: begun) == false {
                    .otherSource(begun.source)
                } else if let holder, owner.sees(holder), isRunning(holder) {
                    .running(process: holder.process)
                } else {
                    subject == nil ? .silentSource : nil
                }
            } else {
                .unknownSource
            }
    }
}
