import Migration

extension MigrationReport {
    /// The report for people, a few lines.
    var text: String {
        let data =
            areCountsKnown
            ? "\(Units.bytes(bytesCopied)), \(Units.count(documentsCopied, "document")) in \(Units.count(collectionsCopied, "collection"))"
            : "-"
        var lines = [
            "Migration \(phase.words)",
            "",
            "  Application downtime  \(applicationDowntimeSeconds.map { Units.duration($0) } ?? "-")",
            "  Duration              \(Units.duration(durationSeconds))",
            "  Data copied           \(data)",
            "  Changes applied       \(areCountsKnown ? Units.count(eventsApplied) : "-")",
            "  Verification          \(verification.summary)",
        ]
        lines += verification.mismatches.prefix(Tuning.shownDifferences).map {
            "    \(printable($0))"
        }
        let rest = (verification.differences ?? 0) - Tuning.shownDifferences
        if rest > 0 {
            // Of very many only the first are kept by name.
            let areNamed = verification.mismatches.count >= verification.differences ?? 0
            lines.append(
                "    and \(Units.count(rest)) more"
                    + (areNamed ? ", which --json names" : "; --json names the first of them"))
        }
        lines.append(
            "  Problems              \(problems.isEmpty ? "none" : Units.count(problems.count))")
        lines += problems.map { "    \(printable($0))" }
        return lines.joined(separator: "\n")
    }
}

extension MigrationReport.Verification {
    fileprivate var summary: String {
        let found = differences.map { count in
            count > 0
                ? Units.count(count, "difference")
                : isComplete ? "no differences" : "no differences so far"
        }
        guard let collections, let documents else {
            return [mode == .off ? "off" : "-", found].compactMap(\.self).joined(separator: ", ")
        }
        let scope =
            "\(mode.rawValue): \(Units.count(collections, "collection")), \(Units.count(documents, "document"))"
        return "\(scope), \(found ?? "-")"
    }
}
