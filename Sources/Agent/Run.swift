internal import ControlAPI
internal import Migration

/// One engine at work.
struct Run: Sendable {
    let engine: MigrationEngine
    let task: Task<Void, Never>
    var meter = FigureMeter()
}

/// The ending of a migration that has failed.
struct Ending: Sendable {
    let work: Abandonment
    let task: Task<Void, Never>
}

/// Rates and maxima from figures taken again and again: a pure value. Times in milliseconds of a clock that is
/// never set.
struct FigureMeter: Sendable {
    private struct Sample {
        let time: Int64
        /// Nil before the copy begins.
        let bytes: Int?
        let events: Int?
    }

    /// When the copy was first seen to go on.
    private var first: (time: Int64, bytes: Int)?
    private var samples: [Sample] = []
    /// The maximum of the lag by minute of that clock.
    private var lags: [(minute: Int64, maximum: Double)] = []
    /// As it was told last: every change of it is drawn anew wherever it is watched.
    private var told: (time: Int64, lags: [Double])?

    mutating func measure(_ figures: inout MigrationFigures, at time: Int64) {
        let sample = Sample(
            time: time, bytes: figures.bytesCopied, events: figures.eventsRead)
        if first == nil, let bytes = sample.bytes { first = (time, bytes) }
        samples.append(sample)
        let horizon = time - Int64(Tuning.rateWindow * 1_000)
        if let old = samples.lastIndex(where: { $0.time <= horizon }), old > 0 {
            samples.removeFirst(old)
        }
        if let start = samples.first, time - start.time >= 1_000 {
            let seconds = Double(time - start.time) / 1_000
            if let now = sample.events, let then = start.events {
                figures.writesPerSecond = Double(now - then) / seconds
            }
        }
        if let start = samples.first(where: { $0.bytes != nil }), time - start.time >= 1_000,
            let now = sample.bytes, let then = start.bytes
        {
            figures.bytesPerSecond =
                max(0, Double(now - then) / (Double(time - start.time) / 1_000))
        }
        if let first, let bytes = sample.bytes, time - first.time >= 1_000 {
            figures.bytesPerSecondOverall =
                Double(bytes - first.bytes) / (Double(time - first.time) / 1_000)
        }
        if let lag = figures.lagSeconds { note(lag, minute: time / 60_000) }
        if told.map({ time - $0.time >= Tuning.lagInterval }) ?? true {
            told = (time, lags.map(\.maximum))
        }
        figures.lagByMinute = told?.lags ?? []
        figures.lagMaximumLastHour = lags.map(\.maximum).max()
    }

    private mutating func note(_ lag: Double, minute: Int64) {
        if let last = lags.indices.last, lags[last].minute == minute {
            lags[last].maximum = max(lags[last].maximum, lag)
        } else {
            lags.append((minute, lag))
        }
        lags.removeAll { $0.minute <= minute - 60 }
    }
}
