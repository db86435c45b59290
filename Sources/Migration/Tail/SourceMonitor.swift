internal import BSON
internal import Mongo
internal import Synchronization

/// Watches the source's newest write, how far its majority is behind that, and the oldest entry of its oplog, and from
/// them the lag and the headroom.
final class SourceMonitor: Sendable {
    private struct Seen {
        var meter = LagMeter()
        /// How far the majority of the source's members is behind its primary.
        var majority = LagMeter()
        var newestWrite: Timestamp?
        var oplogStart: Timestamp?
        /// Whether its oldest entry is not the first that the replica set ever wrote.
        var isOplogFull: Bool?
    }

    private let context: Context
    private let seen = Mutex(Seen())
    /// The oldest event whose document is set aside, if any is.
    private let floor: @Sendable () -> Timestamp?
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    /// Called after every poll with the lag and the time of the poll, in monotonic seconds.
    private let polled: @Sendable (Double, Double) async -> Void

    init(
        context: Context, floor: @escaping @Sendable () -> Timestamp?,
        polled: @escaping @Sendable (Double, Double) async -> Void
    ) {
        self.context = context
        self.floor = floor
        self.polled = polled
    }

    /// Monotonic seconds since this monitor was made.
    var now: Double { start.duration(to: clock.now).seconds }

    func run() async throws {
        let lane = context.source.lane()
        var polls = 0
        defer { context.status.goOn("majority") }
        while true {
            try await context.retry("asking the source for its newest write") {
                try await poll(lane)
                if polls % Tuning.headroomPolls == 0 { try await measureOplog(lane) }
            }
            polls += 1
            try await Task.sleep(for: Tuning.lagPoll)
        }
    }

    private func poll(_ lane: Lane) async throws {
        let last = try await lane.hello()["lastWrite"]?.document
        guard let newest = last?["opTime"]?.document?["ts"]?.timestamp else { return }
        let time = now
        if let majority = last?["majorityOpTime"]?.document?["ts"]?.timestamp {
            watchMajority(majority, newest: newest, at: time)
        }
        let through = context.dirty.appliedThrough
        let applied = floor().map { min(through, $0.predecessor) } ?? through
        let lag = seen.withLock { seen in
            seen.newestWrite = newest
            seen.meter.observe(newest: newest, at: time)
            return seen.meter.lag(appliedThrough: applied, at: time)
        }
        let backlog = context.dirty.backlog
        let headroom = headroom(stored: context.status.figures.storedThrough)
        let isOplogFull = seen.withLock { $0.isOplogFull }
        context.status.update { figures in
            figures.lagSeconds = lag
            figures.appliedThrough = applied
            figures.isBacklogKnown = true
            figures.backlog = backlog + figures.onDisk
            figures.lastSourceWrite = newest
            figures.oplogHeadroomSeconds = headroom
            figures.isOplogFull = isOplogFull
        }
        if let lag { await polled(lag, time) }
    }

    /// What no majority holds is not read, so the lag grows as well: the reason for it is said.
    private func watchMajority(_ majority: Timestamp, newest: Timestamp, at time: Double) {
        let behind = seen.withLock { seen in
            seen.majority.observe(newest: newest, at: time)
            return seen.majority.lag(appliedThrough: majority, at: time) ?? 0
        }
        if behind > Tuning.majorityLag {
            context.status.wait(
                "majority",
                for:
                    "a majority of the source's members to hold its newest writes: see that they replicate"
            )
        } else {
            context.status.goOn("majority")
        }
    }

    private func measureOplog(_ lane: Lane) async throws {
        do {
            let oldest = try await lane.open(
                [
                    "find": "oplog.rs", "sort": ["$natural": 1], "limit": 1,
                    "projection": ["ts": 1, "op": 1, "o.msg": 1],
                ], on: "local"
            ).documents.first { _ in true }
            seen.withLock { seen in
                seen.oplogStart = oldest?["ts"]?.timestamp
                seen.isOplogFull = oldest.map { !Self.isFirstEver($0) }
            }
        } catch {
            guard error.isUnauthorized else { throw error }
            // The headroom stays unknown.
            seen.withLock { ($0.oplogStart, $0.isOplogFull) = (nil, nil) }
        }
    }

    /// Whether an entry of an oplog is the one with which its replica set began. A member that was added later has another
    /// first one: its oplog counts as full from the beginning.
    static func isFirstEver(_ entry: Document) -> Bool {
        entry["op"]?.string == "n" && entry["o"]?.document?["msg"]?.string == "initiating set"
    }

    private func headroom(stored: Timestamp?) -> Int? {
        let start = seen.withLock { $0.oplogStart }
        guard let start, let stored else { return nil }
        return Int(stored.seconds) - Int(start.seconds)
    }

    /// Half-way between the oldest and the newest entry of the oplog; nil where they are not known.
    var oplogMiddle: Timestamp? {
        seen.withLock { seen in
            guard let start = seen.oplogStart, let newest = seen.newestWrite else { return nil }
            return Timestamp(bits: start.bits / 2 + newest.bits / 2)
        }
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
