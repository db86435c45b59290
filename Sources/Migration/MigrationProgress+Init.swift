extension MigrationProgress {
    /// Nothing is known yet.
    package init(phase: Phase) {
        self.init(
            phase: phase, bytesCopied: 0, documentsCopied: 0, eventsApplied: 0, backlog: 0,
            onDisk: 0,
            isReady: false, message: "")
    }
}

extension MigrationReport {
    /// What is known of a migration that ended without a report of its own.
    package init(
        _ progress: MigrationProgress, phase: Phase, duration: Double,
        verification: Verification, problems: [String]
    ) {
        self.init(
            phase: phase, applicationDowntimeSeconds: nil, durationSeconds: duration,
            areCountsKnown: progress.areCountsKnown,
            bytesCopied: progress.bytesCopied, documentsCopied: progress.documentsCopied,
            collectionsCopied: progress.collectionsCopied, eventsApplied: progress.eventsApplied,
            verification: verification, problems: problems)
    }
}
