internal import BSON
internal import Mongo

/// Keeps applications from writing to the destination while it is filled, where the own user may go on writing then.
struct DestinationGuard: Sendable {
    let context: Context
    let log: EventLog

    private var block: WriteBlock {
        WriteBlock(side: context.destination, store: context.store, retry: context.retry)
    }

    /// Blocks writes on the destination, unless the own user would be blocked, too. `isOursAlready`: an earlier run of this
    /// migration has set the block.
    func raise(isOursAlready: Bool) async throws {
        guard context.destination.version.blocksWrites, try await block.isBypassed() else {
            log.note("writes of others to the destination cannot be blocked, and would go unseen")
            return
        }
        let outcome: WriteBlock.Outcome
        do {
            outcome = try await block.block(limit: Tuning.blockLimit, isOursAlready: isOursAlready)
        } catch let error as MongoError where error.isTimeLimitExceeded {
            log.note("the destination has open transactions, so its writes are not blocked")
            return
        }
        switch outcome {
        case .blocked:
            if !isOursAlready { log.note("writes of others to the destination are blocked") }
        case .alreadyBlocked:
            log.note("writes to the destination are blocked by someone else; it is left so")
        case .cannotBlock(let reason):
            log.note("writes of others to the destination would go unseen: \(reason)")
        }
    }

    /// Whether someone else blocks writes, as far as this user may see it.
    func isStillBlocked() async throws -> Bool {
        guard context.destination.version.blocksWrites else { return false }
        return try await block.isBlocked() ?? false
    }

    /// Lifts our block, where it is ours.
    func lift() async throws {
        guard StoredMigration(try await context.store.loadMigration() ?? [:]).isDestinationBlocked
        else { return }
        try await block.unblock()
    }
}
