internal import ControlAPI
internal import Terminal

/// What is said of a migration that has failed, and of its ending for good.
extension MigratingData {
    func failure(_ live: LiveMigration) -> [Notice] {
        var notices = [Notice(.error, "Failed. \(live.error.map(Words.error) ?? "")")]
        if let error = live.cancellation?.error {
            notices.append(Notice(.error, "It could not be cancelled. \(Words.error(error))"))
        }
        if live.isBeingCancelled {
            notices.append(
                Notice(.warning, "It is being cancelled: what it has blocked is released."))
        } else {
            notices += blocks(live).map { Notice(.warning, $0) }
        }
        return notices
    }

    /// Why one that has failed cannot be ended for good; nil where it can.
    func notCancelled(_ live: LiveMigration) -> String? {
        if live.isBeingCancelled { return Words.beingCancelled }
        return live.isPastPointOfNoReturn
            ? "The destination accepts writes already: the cutover can only be finished." : nil
    }

    /// What still refuses the writes of applications, and how that ends.
    private func blocks(_ live: LiveMigration) -> [String] {
        if live.isCutoverInDoubt {
            return [
                "A cutover was under way, and whether it is undone or finished is not known: Retry finds that out, and does either. Start no application before."
            ]
        }
        var lines: [String] = []
        let isPast = live.isPastPointOfNoReturn
        if live.cutover.isSourceBlocked == true, !isPast {
            lines.append(
                "\(live.sourceName) still refuses writes, in the middle of a cutover: Retry or Cancel undoes that."
            )
        }
        if live.cutover.isDestinationBlocked == true {
            lines.append(
                "\(live.destinationName) still refuses the writes of applications"
                    + (isPast ? ": Retry lets them in." : ". Cancel ends that."))
        } else if isPast {
            lines.append(
                "\(live.destinationName) accepts writes and is the cluster to use. Retry finishes the rest."
            )
        }
        return lines
    }

    /// Where nothing else helps: on which cluster, and the command. None while it is not known which of them is the cluster
    /// to use: the other one must take no writes.
    func unblocking(_ live: LiveMigration) -> [(cluster: String, command: String)] {
        guard live.phase == .failed, !live.isPastPointOfNoReturn, !live.isCutoverInDoubt
        else { return [] }
        let sides = [
            (live.cutover.isSourceBlocked, live.sourceName),
            (live.cutover.isDestinationBlocked, live.destinationName),
        ]
        return sides.filter { $0.0 == true }.map {
            ($0.1, "db.adminCommand({setUserWriteBlockMode: 1, global: false})")
        }
    }
}
