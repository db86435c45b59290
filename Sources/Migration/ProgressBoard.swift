internal import Synchronization

/// What the engine shows to the outside without being asked twice. Thread safe.
final class ProgressBoard: Sendable {
    private struct Shown {
        var phase = Phase.preparing
        var isReady = false
        var message = ""
    }

    private let shown = Mutex(Shown())

    func setPhase(_ phase: Phase) { shown.withLock { $0.phase = phase } }
    func setReady(_ isReady: Bool) { shown.withLock { $0.isReady = isReady } }
    func setMessage(_ message: String) { shown.withLock { $0.message = message } }

    func progress(_ status: Status) -> MigrationProgress {
        let figures = status.figures
        let shown = shown.withLock { $0 }
        let waiting = status.waitingFor
        return MigrationProgress(
            phase: shown.phase, appliedThrough: figures.appliedThrough,
            lagSeconds: figures.lagSeconds,
            bytesCopied: figures.bytesCopied, bytesTotal: figures.bytesTotal,
            documentsCopied: figures.documentsCopied, eventsApplied: figures.eventsApplied,
            backlog: figures.backlog, onDisk: figures.onDisk,
            oplogHeadroomSeconds: figures.oplogHeadroomSeconds,
            isReady: shown.isReady,
            message: waiting.isEmpty ? shown.message : "waiting: " + waiting.joined(separator: "; ")
        )
    }
}
