/// That the operator has confirmed that the destination is cleared, for one migration: with what it held then. What has
/// come there since is not cleared by it, however late and however often that migration is begun.
package struct ClearingConfirmation: Hashable, Sendable, Codable {
    /// Stored with what is cleared and begun by it: that is gone on with, and never cleared again.
    package let number: Int64
    /// Of the migration whose state the destination held, see `FoundMigration`; nil where it held none.
    package let startedAt: Int64?
    /// Whether that one's destination accepted writes already.
    package let isPastPointOfNoReturn: Bool

    package init(startedAt: Int64? = nil, isPastPointOfNoReturn: Bool = false) {
        number = .random(in: 1...Int64.max)
        self.startedAt = startedAt
        self.isPastPointOfNoReturn = isPastPointOfNoReturn
    }

    /// Whether that is what was cleared or begun by it before.
    func hasBegun(_ stored: StoredMigration) -> Bool { stored.clearing == number }

    /// Why a destination that holds that is not cleared; nil where it may be.
    func refusal(of stored: StoredMigration) -> MigrationError? {
        let isSame = stored.startedAt == startedAt
        if hasBegun(stored) || isSame && stored.isPastPointOfNoReturn == isPastPointOfNoReturn {
            return nil
        }
        let isOpen = stored.isPastPointOfNoReturn
        let change =
            if isSame {
                "the migration that it holds has cut over since that was confirmed"
            } else if stored.startedAt != nil || isOpen {
                "since that was confirmed it has got another migration"
                    + (isOpen ? ", which has cut over" : "")
            } else {
                "the migration that it held when that was confirmed is gone"
            }
        return MigrationError(
            .destinationHeld,
            "the destination was not cleared: \(change). Nothing was dropped. If it is to be cleared all the same, set the "
                + "migration up anew, and confirm it again")
    }
}
