package import ControlAPI

/// What is said at the end of a training: what was done and when, how the migration took what happened to it, and what
/// became of it.
package struct TrainingReport: Sendable {
    private let guide: Guide?
    private let faults: [Fault]
    private let migration: LiveMigration?
    private let log: [LogLine]?

    /// `log`: of the migration, oldest first; nil where it could not be read. `faults`: all that there are, set or not.
    package init(
        guide: Guide?, faults: [Fault], migration: LiveMigration?, log: [LogLine]?
    ) {
        self.guide = guide
        self.faults = faults
        self.migration = migration
        self.log = log
    }

    /// Plain lines; empty where nothing was done that could be told.
    package var lines: [String] {
        let parts = [steps, happened, outcome].filter { !$0.isEmpty }
        guard guide != nil || migration != nil || !happened.isEmpty else { return [] }
        return ["Training report, times in UTC"] + parts.flatMap { [""] + $0 }
    }

    // MARK: Steps

    private var steps: [String] {
        guard let guide else { return [] }
        let done = guide.steps.count { if case .done = $0.state { true } else { false } }
        return ["Steps: \(done) of \(guide.steps.count) done"]
            + guide.steps.map { text, state in
                switch state {
                case .done(let time): "  \(Times.time(time))  \(text)"
                case .leftOut: "  left out  \(text)"
                case .open: "  not done  \(text)"
                }
            }
    }

    // MARK: Faults

    private var happened: [String] {
        let spans = faults.flatMap { fault in fault.spans.map { (fault, $0) } }
            .sorted { $0.1.begunAt < $1.1.begunAt }
        guard !spans.isEmpty else { return [] }
        let lines = spans.enumerated().flatMap { index, one in
            let (fault, span) = one
            let next = spans.dropFirst(index + 1).first?.1.begunAt
            let length = span.endedAt.map { "for " + Times.span(milliseconds: $0 - span.begunAt) }
            return [
                "  \(Times.time(span.begunAt))  \(fault.state), \(length ?? "until the end")"
            ] + logged(span, before: next).map { "            " + $0 }
        }
        return ["Faults, and what the migration logged from then on"] + lines
    }

    /// The first lines until it was over and the work went on, or until the next one, and how many more there are.
    private func logged(_ span: Fault.Span, before next: Int64?) -> [String] {
        guard migration != nil else { return ["no migration yet"] }
        guard let log else { return ["not known: the agent did not answer at the end"] }
        let end = span.endedAt.map { max($0, min($0 + Tuning.afterFault, next ?? .max)) } ?? .max
        let lines = log.filter { $0.time >= span.begunAt && $0.time <= end }
        guard !lines.isEmpty else { return ["nothing"] }
        let rest = lines.count - Tuning.shownAfterFault
        return lines.prefix(Tuning.shownAfterFault).map { "\(Times.time($0.time))  \($0.text)" }
            + (rest > 0 ? ["and \(Figure.counted(rest, "line")) more"] : [])
    }

    // MARK: The migration

    private var outcome: [String] {
        guard let migration else { return ["No migration was begun."] }
        let head = "Migration of \(migration.sourceName) to \(migration.destinationName):"
        guard let report = migration.report else {
            return ["\(head) left while \(migration.phase.words)"]
        }
        let data = [
            Figure.bytes(report.bytesCopied),
            Figure.counted(report.collectionsCopied, "collection"),
            Figure.counted(report.documentsCopied, "document"),
        ]
        let figures = [
            ("Application downtime", Times.span(report.applicationDowntimeSeconds)),
            ("Duration", Times.span(report.durationSeconds)),
            ("Data copied", data.joined(separator: ", ")),
            ("Changes applied", Figure.count(report.eventsApplied)),
            ("Verification", Self.verification(report)),
        ]
        return ["\(head) \(report.phase.words)"]
            + figures.map { label, value in
                "  " + label + String(repeating: " ", count: 22 - label.count) + value
            } + report.problems.map { "  Problem: \($0)" }
    }

    private static func verification(_ report: FinalReport) -> String {
        let figures = report.verification
        if !report.mismatches.isEmpty {
            return Figure.counted(report.mismatches.count, "difference")
        }
        if figures.mode == .off { return "off" }
        let all = Figure.counted(figures.collections ?? figures.collectionsDone, "collection")
        let what = figures.mode == .counts ? "with equal counts" : "identical"
        return "\(Figure.count(figures.collectionsDone)) of \(all) \(what)"
    }
}
