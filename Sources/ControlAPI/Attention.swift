/// When somebody is called to a migration: by mail and by a command of the agent, by the bell of the wizard.
package enum Attention {
    /// Hours before the time to cut over is over.
    package static let countdownHours = [24, 12, 3, 1]
    /// Seconds after which a cutover is not going as it should: Atlas asks to check on it then, too.
    package static let longCutover: Int64 = 12 * 3_600
    /// Hours that the stored position is ahead of the oldest entry of an oplog that drops entries: a night, and the last
    /// moment.
    package static let headroomHours = [6, 1]
}

extension LiveMigration {
    /// `now`: milliseconds since 1970, by the agent's clock.
    package func isCutoverLong(at now: Int64) -> Bool {
        guard phase == .finalizing, let taken = cutover.timeTaken(at: now) else { return false }
        return taken >= Attention.longCutover * 1_000
    }

    /// Whether its oplog drops entries and holds little more than what this migration still has to read: less than these
    /// hours.
    package func isHeadroomBelow(hours: Int) -> Bool {
        guard figures.isOplogFull == true, let headroom = figures.oplogHeadroomSeconds else {
            return false
        }
        return !phase.isFinal && headroom < hours * 3_600
    }
}
