import Migration

/// Write blocks that outlive the process: what they are for, and how they are lifted by hand.
enum StandingBlocks {
    static let command = WriteBlock.liftByHand

    /// A line for each side that refuses writes as the migration ends here.
    static func lines(_ progress: MigrationProgress) -> [String] {
        var lines: [String] = []
        if progress.blocked.contains(.source) {
            lines.append(
                progress.phase == .complete
                    ? "The source goes on refusing writes. To let it take them again, run on the source: \(command)"
                    : "The source refuses writes, in the middle of a cutover; --resume undoes or finishes it. Only where "
                        + "lagzero_internal.state on the destination does not say cutover: \"accepted\", the source may "
                        + "be released by hand; run on the source: \(command)")
        }
        if progress.blocked.contains(.destination) {
            lines.append(
                "The destination goes on refusing the writes of others, until --resume is through. To give the "
                    + "migration up instead, run on the destination: \(command)")
        }
        return lines
    }
}
