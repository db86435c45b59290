internal import BSON
package import Mongo
internal import Synchronization

/// An application that writes to a replica set at a set rate, and goes on through elections, cuts and blocked writes as a
/// well-made one does: it repeats what was not answered, under the same number, so that it happens once.
package final class Workload: Sendable {
    /// Kinds of commands, by their names.
    enum Kind: String {
        case insert, update, delete
    }

    /// What was done so far. Writes are counted as documents when the server has acknowledged them.
    package struct Counts: Sendable {
        package var inserted = 0
        /// Updates and replacements that found their document.
        package var updated = 0
        package var deleted = 0
        /// Definition commands that changed something.
        package var definitions = 0
        /// Writes and definitions that the server will not have: duplicate keys, missing collections.
        package var refused = 0
        /// Times a command was sent again.
        package var retries = 0
        /// Answers that user writes are blocked.
        package var blocked = 0

        package var writes: Int { inserted + updated + deleted }
    }

    private struct State {
        var cluster: Cluster
        /// Number of times that the workload was sent to another cluster.
        var moves = 0
        var writesPerSecond: Double
        var isStopped = false
        var counts = Counts()
        var lastError: String?
        var meter = RateMeter()
        var tasks: [Task<Void, Never>] = []
    }

    private let options: WorkloadOptions
    private let state: Mutex<State>

    /// Starts writing. `stop()` must be called.
    package init(on cluster: Cluster, _ options: WorkloadOptions) {
        precondition(!options.namespaces.isEmpty && options.lanes > 0)
        self.options = options
        state = Mutex(State(cluster: cluster, writesPerSecond: options.writesPerSecond))
        var tasks = (0..<options.lanes).map { lane in Task { await self.write(as: lane) } }
        if options.definitionsPerSecond > 0 { tasks.append(Task { await self.define() }) }
        state.withLock { [tasks] in $0.tasks = tasks }
    }

    /// Ends it; when this returns nothing is written any more. Takes as long as the server leaves the last commands
    /// without an answer.
    @discardableResult
    package func stop() async -> Counts {
        let tasks = state.withLock { state in
            state.isStopped = true
            return state.tasks
        }
        for task in tasks { await task.value }
        return counts
    }

    /// Sends everything from now on to another cluster, as an application does after a cutover.
    package func move(to cluster: Cluster) {
        state.withLock {
            $0.cluster = cluster
            $0.moves += 1
        }
    }

    /// The rate that is aimed at; may be changed at any time.
    package var targetRate: Double {
        get { state.withLock { $0.writesPerSecond } }
        set { state.withLock { $0.writesPerSecond = newValue } }
    }

    package var counts: Counts { state.withLock { $0.counts } }

    /// Acknowledged writes in a second, over the last two.
    package var writesPerSecond: Double {
        state.withLock { $0.meter.rate(now: monotonicNanoseconds()) }
    }

    /// The last error that was neither transient nor expected.
    package var lastError: String? { state.withLock { $0.lastError } }

    private var isStopped: Bool { state.withLock { $0.isStopped } }
}

extension Workload {
    /// A lane of the cluster that the workload is at.
    private struct Seat {
        let lane: Lane
        let moves: Int
    }

    private func seat(_ old: Seat? = nil) -> Seat {
        let (cluster, moves) = state.withLock { ($0.cluster, $0.moves) }
        if let old, old.moves == moves { return old }
        return Seat(lane: cluster.lane(), moves: moves)
    }

    private func write(as number: Int) async {
        var script = WorkloadScript(options, lane: number)
        var pace = Pace(now: monotonicNanoseconds())
        var place = seat()
        while !isStopped {
            let count = pace.due(
                now: monotonicNanoseconds(), rate: targetRate / Double(options.lanes),
                most: options.statements)
            guard count > 0 else {
                try? await Task.sleep(for: Tuning.workloadTick)
                continue
            }
            let round = script.round(of: count)
            for (kind, command) in round.commands(writeConcern: options.writeConcern) {
                place = seat(place)
                guard let reply = await perform(command, on: round.namespace.database, &place)
                else { continue }
                add(reply, kind)
            }
        }
    }

    private func add(_ reply: WriteReply, _ kind: Kind) {
        state.withLock {
            switch kind {
            case .insert: $0.counts.inserted += reply.count
            case .update: $0.counts.updated += reply.count
            case .delete: $0.counts.deleted += reply.count
            }
            $0.counts.refused += reply.failures.count
            if let failure = reply.failures.first { $0.lastError = "\(failure.error)" }
            $0.meter.add(reply.count, now: monotonicNanoseconds())
        }
    }

    /// Sends a command until it is answered; nil when it was refused or the workload is being stopped.
    private func perform(_ command: Document, on database: String, _ place: inout Seat) async
        -> WriteReply?
    {
        while !isStopped {
            place = seat(place)
            let write = await place.lane.prepare(command, on: database)
            switch await send(write, at: place) {
            case .answered(let reply): return reply
            case .refused: return nil
            // Stopped meanwhile, it does not come back to what a block has kept from it.
            case .again: if targetRate == 0 { return nil }
            }
        }
        return nil
    }

    private enum Outcome {
        case answered(WriteReply)
        case refused
        /// To be done from the start: writes are blocked, or the cluster is another one now.
        case again
    }

    private func send(_ write: PreparedWrite, at place: Seat) async -> Outcome {
        while !isStopped, seat(place).lane === place.lane {
            do throws(MongoError) {
                let reply = try await place.lane.send(write)
                guard reply.failures.contains(where: { $0.error.isUserWritesBlocked }) else {
                    return .answered(reply)
                }
                await pause { $0.blocked += 1 }
                return .again
            } catch {
                if error.isUserWritesBlocked {
                    await pause { $0.blocked += 1 }
                    return .again
                }
                guard error.isTransient else {
                    refuse(error)
                    return .refused
                }
                await pause { $0.retries += 1 }
            }
        }
        return .again
    }

    private func define() async {
        var script = WorkloadDefinitions(options)
        var pace = Pace(now: monotonicNanoseconds())
        var place = seat()
        while !isStopped {
            guard
                pace.due(now: monotonicNanoseconds(), rate: options.definitionsPerSecond, most: 1)
                    > 0
            else {
                try? await Task.sleep(for: Tuning.workloadTick)
                continue
            }
            place = seat(place)
            let (command, database) = script.next()
            do throws(MongoError) {
                _ = try await place.lane.run(command, on: database)
                state.withLock { $0.counts.definitions += 1 }
            } catch {
                if error.isTransient || error.isUserWritesBlocked {
                    await pause { $0.retries += 1 }
                } else {
                    refuse(error)
                }
            }
        }
    }

    private func refuse(_ error: MongoError) {
        state.withLock {
            $0.counts.refused += 1
            $0.lastError = "\(error)"
        }
    }

    private func pause(_ note: @Sendable (inout Counts) -> Void) async {
        state.withLock { note(&$0.counts) }
        try? await Task.sleep(for: Tuning.workloadRetryPause)
    }
}
