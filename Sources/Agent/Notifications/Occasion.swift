internal import ControlAPI

/// Something about a migration that somebody is to be told of, wherever they are.
struct Occasion: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Less than so many hours are left to cut over.
        case countdown(hours: Int)
        /// In sync, and waiting for the cutover.
        case inSync
        /// By an error, not by somebody.
        case paused
        case failed
        case expired
        case longCutover
        /// The oplog holds little more than what is still to be read: less than so many hours.
        case headroom(hours: Int)
    }

    var kind: Kind
    /// What it belongs to, milliseconds since 1970: the deadline, the end, the beginning of the cutover. 0 where it comes
    /// again only after it was over.
    var about: Int64 = 0
}

extension Occasion {
    /// What of a migration is to be told now, whether that was done already or not: of several marks that were passed only
    /// the nearest one. `now`: milliseconds since 1970.
    static func all(of live: LiveMigration, at now: Int64) -> [Occasion] {
        let end = live.endedAt ?? 0
        switch live.phase {
        case .complete, .cancelled: return []
        case .failed, .expired:
            // One of long ago is no news, also where no agent was there to tell.
            guard now - end < Tuning.newsLife else { return [] }
            return [Occasion(kind: live.phase == .failed ? .failed : .expired, about: end)]
        default: break
        }
        var occasions: [Occasion] = []
        if live.phase == .paused, live.error != nil { occasions.append(Occasion(kind: .paused)) }
        if live.phase == .inSync, live.cutover.isReady { occasions.append(Occasion(kind: .inSync)) }
        if live.isCutoverLong(at: now), let begun = live.cutover.begunAt {
            occasions.append(Occasion(kind: .longCutover, about: begun))
        }
        if let hours = Attention.headroomHours.sorted().first(where: live.isHeadroomBelow) {
            occasions.append(Occasion(kind: .headroom(hours: hours)))
        }
        // A cutover that has begun does not expire.
        if live.phase != .finalizing, !live.isPastPointOfNoReturn, !live.isCutoverInDoubt,
            let deadline = live.cutover.deadlineAt, let left = live.cutover.timeLeft(at: now),
            left > 0,
            let hours = Attention.countdownHours.sorted().first(where: {
                left <= Int64($0) * 3_600_000
            })
        {
            occasions.append(Occasion(kind: .countdown(hours: hours), about: deadline))
        }
        return occasions
    }

    /// Whether it was not told yet, nor anything that says more. `speed`: seconds of the time to cut over in a second.
    func isNews(_ told: [Occasion], speed: Int64 = 1) -> Bool {
        !told.contains { old in
            switch (kind, old.kind) {
            case (.countdown(let hours), .countdown(let toldHours)):
                // Clocks are set by less, and extensions are longer.
                toldHours <= hours && abs(old.about - about) * speed < Tuning.sameDeadline
            case (.headroom(let hours), .headroom(let toldHours)): toldHours <= hours
            default: old == self
            }
        }
    }

    /// The end of the time to cut over that is told with it; nil where none is.
    func deadline(of live: LiveMigration) -> Int64? {
        switch kind {
        case .countdown: about
        case .inSync: live.cutover.deadlineAt
        case .paused, .failed, .expired, .longCutover, .headroom: nil
        }
    }

    /// Whether what was told is over for good, so that it is news when it comes again.
    func isOver(_ live: LiveMigration) -> Bool {
        switch kind {
        case .countdown, .failed, .expired, .longCutover: false
        // A new engine begins by preparing, also where it goes on being paused.
        case .paused: live.phase != .paused && live.phase != .preparing
        // Lost and found again it is nothing new.
        case .inSync: live.phase.isFinal
        case .headroom(let hours):
            live.figures.oplogHeadroomSeconds.map { $0 > 2 * hours * 3_600 } ?? false
        }
    }
}

/// As it is written down, and as commands are told: `countdown-3h`.
extension Occasion.Kind: LosslessStringConvertible {
    var description: String {
        switch self {
        case .countdown(let hours): "countdown-\(hours)h"
        case .inSync: "in-sync"
        case .paused: "paused"
        case .failed: "failed"
        case .expired: "expired"
        case .longCutover: "long-cutover"
        case .headroom(let hours): "oplog-headroom-\(hours)h"
        }
    }

    init?(_ description: String) {
        let hours = Attention.countdownHours.map(Self.countdown)
        let all =
            hours + Attention.headroomHours.map(Self.headroom)
            + [.inSync, .paused, .failed, .expired, .longCutover]
        guard let found = all.first(where: { $0.description == description }) else { return nil }
        self = found
    }
}
