import Migration

/// How a migration ended: what is said about it, and the exit status.
struct Ending: Sendable {
    let status: ExitStatus
    /// Nil when it was interrupted: there is nothing to report yet.
    let report: MigrationReport?
    /// Why it did not end well, in one line; nil when it did.
    let reason: String?
    /// Where it stood, with the phase that the end made it.
    let progress: MigrationProgress

    /// `verification`: for a migration that has no report of its own.
    init(
        _ result: Result<MigrationReport, any Error>, progress: MigrationProgress,
        verification: MigrationReport.Verification, duration: Double,
        resumeHint: String
    ) {
        var last = progress
        switch result {
        case .success(let report):
            status = ExitStatus(report)
            self.report = report
            reason = Ending.reason(for: status)
            last.phase = report.phase
        case .failure(let error):
            status = ExitStatus(error)
            switch status {
            case .interrupted:
                report = nil
                reason = "stopped; \(resumeHint)"
            default:
                last.phase = status == .expired ? .expired : .failed
                reason = "\(error)"
                report = MigrationReport(
                    progress, phase: last.phase, duration: duration, verification: verification,
                    problems: ["\(error)"])
            }
        }
        self.progress = last
    }

    private static func reason(for status: ExitStatus) -> String? {
        switch status {
        case .done, .interrupted, .usage, .alreadyRunning: nil
        case .failed, .validationFailed: "the migration failed; the report says why"
        case .differences: "verification found differences; the report names them"
        case .expired: "the deadline for the cutover has passed"
        }
    }
}
