internal import BSON
internal import Mongo
internal import Synchronization

/// What the source would say to a cutover, asked before anything is stopped: transactions that are open, and whether its
/// writes can be blocked. Thread safe.
final class CutoverOutlook: Sendable {
    struct Seen: Sendable {
        /// Nil where the user may not ask, or nobody did yet.
        var transactions: [OpenTransactions.Transaction]?
        /// Nil until it is known.
        var canBlockSource: Bool?
    }

    private let context: Context
    private let state = Mutex(Seen())

    init(context: Context) { self.context = context }

    var seen: Seen { state.withLock { $0 } }

    /// Asks again and again until cancelled.
    func run() async throws {
        let lane = context.source.lane()
        let block = WriteBlock(side: context.source, store: context.store, retry: context.retry)
        while true {
            var new = Seen()
            do {
                new.transactions = try await context.retry("looking for open transactions") {
                    try await OpenTransactions.find(lane)
                }
                new.canBlockSource = try await block.canBlock()
            } catch is MongoError {
                // Unknown; the cutover asks for itself.
            }
            state.withLock { [new] in $0 = new }
            try await Task.sleep(for: Tuning.outlookInterval)
        }
    }
}
