/// Where a migration stands; names as on screen, in `--json` and in the stored state.
package enum Phase: String, CaseIterable, Sendable {
    case preparing, copying, indexing, catchingUp, inSync, finalizing, complete
    case paused, failed, cancelled, expired

    /// Nothing happens any more; the process can end.
    package var isFinal: Bool {
        switch self {
        case .complete, .failed, .cancelled, .expired: true
        default: false
        }
    }
}

/// The pure state machine of a migration: a state and an event make a new state and what is to be done.
package struct PhaseMachine: Hashable, Sendable {
    package enum Event: Hashable, Sendable {
        /// The lease is held, the stream is open and the catalog is created.
        case prepared
        /// Every collection that was known at the start is copied.
        case copied
        /// Every index that can be built before the cutover is built.
        case indexed
        /// Lag in seconds, measured at this time (seconds on a monotonic clock).
        case lag(Double, at: Double)
        case pause(reason: String)
        case resume
        /// The operator (or `when-in-sync`) asks for the cutover.
        case cutOver
        /// The cutover ended before the point of no return; everything was undone.
        case backedOut
        /// The destination accepts writes already, by an earlier run.
        case accepted
        case finished
        case fail(reason: String)
        case cancel
        /// The deadline for the cutover has passed.
        case deadlinePassed
    }

    package enum Action: Hashable, Sendable {
        /// The first verification pass may begin.
        case verify
        case holdWork
        case releaseWork
        /// Show the new phase and write it into the event log.
        case record(Phase)
    }

    package private(set) var phase: Phase
    /// The phase to go back to on `resume`.
    package private(set) var pausedFrom: Phase?
    package private(set) var reason: String?
    /// Since when (monotonic seconds) the lag has been within the threshold; nil while it is not.
    private var withinSince: Double?
    /// Whether the lag has been within three times the threshold since it was last within the threshold.
    package private(set) var isLagReady = false

    /// How long the lag must stay within the threshold, seconds.
    private let lagHold: Double

    package init(phase: Phase = .preparing, lagHold: Double = Tuning.lagHold) {
        self.phase = phase
        self.lagHold = lagHold
    }

    package mutating func handle(_ event: Event) -> [Action] {
        switch (phase, event) {
        case (.preparing, .prepared): return enter(.copying)
        case (.copying, .copied): return enter(.indexing)
        case (.indexing, .indexed): return enter(.catchingUp)
        case (.catchingUp, .lag(let lag, let time)):
            watch(lag, at: time)
            return isLagReady ? enter(.inSync) + [.verify] : []
        case (.inSync, .lag(let lag, let time)):
            watch(lag, at: time)
            return []
        case (.inSync, .cutOver): return enter(.finalizing)
        case (.finalizing, .backedOut): return enter(.inSync)
        // An earlier run passed the point of no return: only the rest is left to do.
        case (.preparing, .accepted): return enter(.finalizing)
        case (.finalizing, .finished): return enter(.complete)
        case (_, .pause(let why)) where !phase.isFinal && phase != .paused && phase != .finalizing:
            pausedFrom = phase
            reason = why
            withinSince = nil
            isLagReady = false
            return enter(.paused) + [.holdWork]
        case (.paused, .resume):
            reason = nil
            defer { pausedFrom = nil }
            return enter(pausedFrom ?? .catchingUp) + [.releaseWork]
        // Work that was under way when the migration was paused may still end.
        case (.paused, .prepared) where pausedFrom == .preparing:
            pausedFrom = .copying
            return []
        case (.paused, .copied) where pausedFrom == .copying:
            pausedFrom = .indexing
            return []
        case (.paused, .indexed) where pausedFrom == .indexing:
            pausedFrom = .catchingUp
            return []
        // There is nothing left that could wait.
        case (.paused, .accepted) where pausedFrom == .preparing:
            (pausedFrom, reason) = (nil, nil)
            return enter(.finalizing) + [.releaseWork]
        case (_, .fail(let why)) where !phase.isFinal:
            reason = why
            return enter(.failed)
        case (_, .cancel) where !phase.isFinal && phase != .finalizing:
            return enter(.cancelled)
        // The countdown never fires in the middle of a cutover.
        case (_, .deadlinePassed) where !phase.isFinal && phase != .finalizing:
            return enter(.expired)
        default: return []
        }
    }

    private mutating func enter(_ next: Phase) -> [Action] {
        phase = next
        return [.record(next)]
    }

    /// The lag is ready after it stayed within the threshold for a while, and no longer above three times of it.
    private mutating func watch(_ lag: Double, at time: Double) {
        if lag <= Tuning.lagThreshold {
            let since = withinSince ?? time
            withinSince = since
            if time - since >= lagHold { isLagReady = true }
        } else {
            withinSince = nil
            if lag > 3 * Tuning.lagThreshold { isLagReady = false }
        }
    }
}
