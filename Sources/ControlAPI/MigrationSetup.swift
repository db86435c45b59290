/// What the operator asks of a migration.
package struct MigrationSetup: Codable, Sendable, Hashable {
    /// How the destination is compared with the source before the cutover.
    package enum Verify: String, Codable, CaseIterable, Sendable {
        case full, counts, off
    }

    package var source: Identifier
    package var destination: Identifier
    package var verify: Verify = .full
    /// Drop every user database of the destination first.
    package var clear = false
    /// What was typed to confirm `clear`: the destination's name in the inventory, or its replica set's.
    package var clearConfirmedName: String?
    /// `db.*` or `db.collection`; everything where it is empty.
    package var include: [String] = []
    package var exclude: [String] = []
    /// 1 (gentle) to 4 (all that the servers bear).
    package var loadLevel = 3
    /// Seconds without a write that are required of a source whose writes cannot be blocked.
    package var quietPeriod = 10
    /// Lift the source's write block after the cutover.
    package var keepSourceWritable = false

    package init(source: Identifier, destination: Identifier) {
        self.source = source
        self.destination = destination
    }
}
