import ControlAPI
import Migration

extension Phase {
    /// As people say it.
    var words: String { MigrationPhase(rawValue: rawValue)?.words ?? rawValue }
}

/// One moment of a migration in one line. What matters most stands first, so that a narrow terminal
/// cuts the rest.
struct ProgressText: Sendable {
    private var bytes = RateMeter()
    private var documents = RateMeter()
    private var events = RateMeter()

    /// `time` in seconds of a monotonic clock.
    mutating func line(_ progress: MigrationProgress, at time: Double) -> String {
        if progress.areCountsKnown {
            bytes.add(progress.bytesCopied, at: time)
            documents.add(progress.documentsCopied, at: time)
            events.add(progress.eventsApplied, at: time)
        }
        var parts = [progress.phase.words]
        switch progress.phase {
        case .preparing: break
        case .copying: parts += copying(progress)
        case .indexing:
            if progress.indexesTotal > 0 {
                parts.append("\(progress.indexesBuilt) of \(progress.indexesTotal) indexes")
            }
            parts += applying(progress)
        default: parts += applying(progress)
        }
        if progress.phase != .preparing {
            let headroom = progress.oplogHeadroomSeconds.map { Units.duration(Double($0)) }
            parts.append("headroom \(headroom ?? "-")")
        }
        if let writes = progress.recentWrites, progress.phase == .inSync {
            parts.append(seen(writes))
        }
        if let end = progress.deadline, !progress.phase.isFinal, progress.phase != .finalizing {
            let left = (end - .now) / .seconds(1)
            parts.append(left > 0 ? "cutover within \(Units.duration(left))" : "expires")
        }
        if !progress.message.isEmpty { parts.append(progress.message) }
        return parts.joined(separator: "  ")
    }

    private func copying(_ progress: MigrationProgress) -> [String] {
        let copied = progress.areCountsKnown ? Units.bytes(progress.bytesCopied) : "-"
        var parts: [String] = []
        if let total = progress.bytesTotal, total > 0, progress.areCountsKnown {
            let share = min(100, progress.bytesCopied * 100 / total)
            parts.append("\(share)%")
            parts.append("\(copied) of \(Units.bytes(total))")
        } else {
            parts.append("\(copied) of -")
        }
        parts.append("\(bytes.perSecond.map { Units.bytes($0) } ?? "-")/s")
        parts.append("\(documents.perSecond.map { Units.count(Int($0)) } ?? "-") docs/s")
        if let left = secondsLeft(progress) { parts.append("\(Units.duration(left)) left") }
        parts.append(backlog(progress))
        return parts
    }

    private func applying(_ progress: MigrationProgress) -> [String] {
        [
            "lag \(progress.lagSeconds.map { Units.duration($0) } ?? "-")",
            backlog(progress),
            "\(events.perSecond.map { Units.count(Int($0)) } ?? "-") changes/s",
        ]
    }

    private func backlog(_ progress: MigrationProgress) -> String {
        "backlog \(progress.isBacklogKnown ? Units.count(progress.backlog) : "-")"
    }

    /// What an operator looks at who is about to say that nobody writes any more.
    private func seen(_ writes: [SeenWrites.Write]) -> String {
        guard let busiest = writes.first else { return "no writes" }
        let rest = writes.count - 1
        return
            "\(Units.count(writes.reduce(0) { $0 + $1.count }, "write")) in 10 s to \(busiest.namespace)"
            + (rest > 0 ? " and \(Units.count(rest)) more" : "")
    }

    private func secondsLeft(_ progress: MigrationProgress) -> Double? {
        guard let total = progress.bytesTotal, let rate = bytes.perSecond, rate > 0 else {
            return nil
        }
        return Double(max(0, total - progress.bytesCopied)) / rate
    }
}
