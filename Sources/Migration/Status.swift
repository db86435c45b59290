package import BSON
internal import Synchronization

/// What the migration does and has seen: written by every stage, read by whoever shows it. Thread safe.
package final class Status: Sendable {
    package struct Figures: Sendable {
        /// Whether the destination holds, or may hold, state of this migration.
        package var hasBegun = false
        /// Whether the counts below hold what earlier runs have done; zero means nothing before.
        package var areCountsKnown = false
        package var bytesCopied = 0
        /// Nil until the source's collections are measured.
        package var bytesTotal: Int?
        package var documentsCopied = 0
        package var collectionsCopied = 0
        /// Documents that were made equal after changes; changes of one that were gathered into one write count once.
        package var eventsApplied = 0
        package var indexesBuilt = 0
        package var indexesTotal = 0
        /// Whether indexes are missing on the destination, or being built there.
        package var isBuildingIndexes = false
        package var documentsVerified = 0
        package var lagSeconds: Double?
        package var oplogHeadroomSeconds: Int?
        /// Whether the source's oplog has dropped entries already; nil where that is not known.
        package var isOplogFull: Bool?
        package var appliedThrough: Timestamp?
        /// Cluster time of the stored position: where a resume reads on. Nil where its token does not say.
        package var storedThrough: Timestamp?
        /// Whether `backlog` was looked at; zero means nothing before.
        package var isBacklogKnown = false
        package var backlog = 0
        package var onDisk = 0
        package var lastSourceWrite: Timestamp?
    }

    private struct State {
        var figures = Figures()
        /// What is waited for, by who waits.
        var waiting: [String: String] = [:]
        var blocked: Set<Side.Role> = []
        var pendingBlocks: Set<Side.Role> = []
        var isSourceBlockedByOthers: Bool?
    }

    private let state = Mutex(State())

    package init() {}

    package var figures: Figures { state.withLock { $0.figures } }

    func update(_ body: (inout Figures) -> Void) { state.withLock { body(&$0.figures) } }

    /// What the work waits for, in words for people; empty when it goes on.
    package var waitingFor: [String] { state.withLock { Array(Set($0.waiting.values)).sorted() } }

    func wait(_ activity: String, for reason: String) {
        state.withLock { $0.waiting[activity] = reason }
    }

    func goOn(_ activity: String) {
        state.withLock { _ = $0.waiting.removeValue(forKey: activity) }
    }

    /// The sides on which writes are, or may be, blocked by this migration.
    package var blocked: Set<Side.Role> { state.withLock { $0.blocked } }

    func setBlocked(_ side: Side.Role, _ isBlocked: Bool) {
        state.withLock { state in
            if isBlocked { state.blocked.insert(side) } else { state.blocked.remove(side) }
        }
    }

    /// Whether the last attempt to cut over found the source's writes blocked by somebody else; nil before one.
    package var isSourceBlockedByOthers: Bool? { state.withLock { $0.isSourceBlockedByOthers } }

    func setSourceBlockedByOthers(_ isBlocked: Bool) {
        state.withLock { $0.isSourceBlockedByOthers = isBlocked }
    }

    /// Whether a block of writes was sent there whose answer was lost: the server may come to it later.
    func isBlockPending(_ side: Side.Role) -> Bool {
        state.withLock { $0.pendingBlocks.contains(side) }
    }

    func setBlockPending(_ side: Side.Role, _ isPending: Bool) {
        state.withLock { state in
            if isPending {
                state.pendingBlocks.insert(side)
            } else {
                state.pendingBlocks.remove(side)
            }
        }
    }
}
