import Migration

extension MigrationReport {
    /// The report for people, a few lines.
    var text: String {
        let data =
            "\(Units.bytes(bytesCopied)), \(Units.count(documentsCopied)) documents in \(Units.count(collectionsCopied)) collections"
        var lines = [
            "Migration \(phase.words)",
            "",
            "  Application downtime  \(applicationDowntimeSeconds.map { Units.duration($0) } ?? "-")",
            "  Duration              \(Units.duration(durationSeconds))",
            "  Data copied           \(data)",
            "  Changes applied       \(Units.count(eventsApplied))",
            "  Verification          \(verification.summary)",
        ]
        lines += verification.mismatches.map { "    \(printable($0))" }
        lines.append(
            "  Problems              \(problems.isEmpty ? "none" : Units.count(problems.count))")
        lines += problems.map { "    \(printable($0))" }
        return lines.joined(separator: "\n")
    }
}

extension MigrationReport.Verification {
    fileprivate var summary: String {
        guard mode != .off else { return "off" }
        let scope =
            "\(mode.rawValue): \(Units.count(collections)) collections, \(Units.count(documents)) documents"
        return scope + ", "
            + (mismatches.isEmpty
                ? "no differences" : "\(Units.count(mismatches.count)) differences")
    }
}
