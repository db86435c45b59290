internal import Synchronization

/// What the engine shows to the outside without being asked twice. Thread safe.
final class ProgressBoard: Sendable {
    private struct Shown {
        var phase = Phase.preparing
        var missing: String?
        var differences = 0
        var message = ""
        var deadline: ContinuousClock.Instant?
        var deadlineAt: Int64?
        var writes: SeenWrites?
    }

    private let shown = Mutex(Shown())

    /// With why it is paused; empty elsewhere.
    func setPhase(_ phase: Phase, message: String) {
        shown.withLock { ($0.phase, $0.message) = (phase, message) }
    }

    /// What stands before the cutover: nil where that is not known, empty when nothing does.
    func setMissing(_ missing: String?, differences: Int) {
        shown.withLock { shown in
            shown.missing = missing
            shown.differences = differences
        }
    }

    func setMessage(_ message: String) { shown.withLock { $0.message = message } }

    func setDeadline(_ deadline: ContinuousClock.Instant?) {
        // Once, so that two clocks cannot make it waver.
        let left = deadline.map { ($0 - .now).seconds }
        let time = left.map { SystemClock.now + Int64($0 * 1_000) }
        shown.withLock { ($0.deadline, $0.deadlineAt) = (deadline, time) }
    }

    /// Where the writes are asked for that the stream shows.
    func setWrites(_ writes: SeenWrites) { shown.withLock { $0.writes = writes } }

    func progress(_ status: Status) -> MigrationProgress {
        let figures = status.figures
        let shown = shown.withLock { $0 }
        let waiting = status.waitingFor
        // Why it is paused is what the operator has to mend, whatever else is waited for.
        let isHeld = shown.phase == .paused && !shown.message.isEmpty
        return MigrationProgress(
            phase: shown.phase, appliedThrough: figures.appliedThrough,
            lagSeconds: figures.lagSeconds, hasBegun: figures.hasBegun,
            areCountsKnown: figures.areCountsKnown,
            bytesCopied: figures.bytesCopied, bytesTotal: figures.bytesTotal,
            documentsCopied: figures.documentsCopied,
            collectionsCopied: figures.collectionsCopied, eventsApplied: figures.eventsApplied,
            isBacklogKnown: figures.isBacklogKnown, backlog: figures.backlog,
            onDisk: figures.onDisk,
            oplogHeadroomSeconds: figures.oplogHeadroomSeconds,
            indexesBuilt: figures.indexesBuilt, indexesTotal: figures.indexesTotal,
            recentWrites: shown.writes?.recent, deadline: shown.deadline,
            deadlineAt: shown.deadlineAt,
            isReady: shown.missing?.isEmpty ?? false, missing: shown.missing ?? "",
            differences: shown.differences, blocked: status.blocked,
            message: waiting.isEmpty || isHeld
                ? shown.message : "waiting: " + waiting.joined(separator: "; ")
        )
    }
}
