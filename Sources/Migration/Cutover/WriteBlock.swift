internal import BSON
internal import Mongo

/// Blocks and unblocks the writes of applications on one side (`setUserWriteBlockMode`, 6.0+).
///
/// The intent is stored before, so that a block is ours only where the state says so; a block that someone else set is
/// never lifted.
package struct WriteBlock: Sendable {
    /// How an operator lifts a block, on the side that has it.
    package static let liftByHand =
        "db.adminCommand({setUserWriteBlockMode: 1, global: false})"

    enum Outcome: Sendable, Equatable {
        case blocked
        /// Someone else blocks writes there already; it stays theirs.
        case alreadyBlocked
        /// This server or this user cannot block writes, for this reason.
        case cannotBlock(String)
    }

    let side: Side
    let store: StateStore
    var retry: Retry

    private var field: String { "\(side.role.rawValue)Blocked" }

    /// Blocks writes. Waits at most `limit` milliseconds for open transactions, which hang every other operation
    /// meanwhile; when they do not end, nothing is blocked and the server's error is thrown.
    func block(limit: Int, isOursAlready: Bool) async throws -> Outcome {
        guard side.version.blocksWrites else {
            return .cannotBlock("MongoDB \(side.version) has no write blocking")
        }
        let lane = side.lane()
        guard try await retry("asking the \(side.role)", { try await isAuthenticated(lane) }) else {
            return .cannotBlock(
                "the \(side.role) runs without authentication, so nobody can be blocked")
        }
        guard let isBlocked = try await isBlocked() else {
            return .cannotBlock(
                "the user of the \(side.role) may not see whether writes are blocked already (privilege serverStatus)"
            )
        }
        if isBlocked {
            if isOursAlready { retry.status.setBlocked(side.role, true) }
            return isOursAlready ? .blocked : .alreadyBlocked
        }
        try await store.save([field: true])
        retry.status.setBlocked(side.role, true)
        do {
            _ = try await lane.run([
                "setUserWriteBlockMode": 1, "global": true, "maxTimeMS": .integer(limit),
            ])
            return .blocked
        } catch {
            if error.isUnanswered { retry.status.setBlockPending(side.role, true) }
            try await unblock(isSet: !error.isUnauthorized)
            guard error.isUnauthorized else { throw error }
            return .cannotBlock(
                "the user of the \(side.role) lacks the privilege setUserWriteBlockMode")
        }
    }

    /// Lifts our block; does nothing where there is none.
    func unblock() async throws { try await unblock(isSet: true) }

    /// Takes note where someone else has lifted our block.
    func look() async throws {
        if try await isBlocked() == false { retry.status.setBlocked(side.role, false) }
    }

    /// Lifts our block without the state being told, which goes on to say that it is there. `mayLift` is asked before
    /// every attempt, and ends them by throwing. Where the answer to a block was lost, returns only when the server cannot
    /// come to it any more.
    func lift(while mayLift: () throws -> Void = {}) async throws {
        try await liftNow(mayLift)
        if retry.status.isBlockPending(side.role) {
            let end = ContinuousClock.now + Tuning.lateBlock
            while ContinuousClock.now < end {
                try await Task.sleep(for: Tuning.cutoverLook)
                try await liftNow(mayLift)
            }
            retry.status.setBlockPending(side.role, false)
        }
        retry.status.setBlocked(side.role, false)
    }

    private func liftNow(_ mayLift: () throws -> Void) async throws {
        let lane = side.lane()
        try await retry("lifting the write block of the \(side.role)") {
            try mayLift()
            if try await isBlocked(lane) != false {
                _ = try await lane.run(["setUserWriteBlockMode": 1, "global": false])
            }
        }
    }

    /// Whether anybody blocks writes; nil when the user may not ask.
    func isBlocked() async throws -> Bool? {
        let lane = side.lane()
        return try await retry("asking the \(side.role)") { try await isBlocked(lane) }
    }

    private func unblock(isSet: Bool) async throws {
        if isSet { try await lift() }
        retry.status.setBlocked(side.role, false)
        try await store.save([field: false])
    }

    /// Nil when the user may not ask.
    private func isBlocked(_ lane: Lane) async throws -> Bool? {
        do {
            let status = try await lane.run([
                "serverStatus": 1, "metrics": 0, "wiredTiger": 0, "locks": 0, "tcmalloc": 0,
            ])
            return status["repl"]?.document?["userWriteBlockMode"]?.integer == 2
        } catch {
            guard error.isUnauthorized else { throw error }
            return nil
        }
    }

    /// Whether `block` would work, as far as can be told without trying.
    func canBlock() async throws -> Bool {
        guard side.version.blocksWrites else { return false }
        let lane = side.lane()
        return try await retry("asking the \(side.role) for privileges") {
            let isAllowed = try await isGranted("setUserWriteBlockMode", lane)
            guard isAllowed, try await isAuthenticated(lane) else { return false }
            return try await isBlocked(lane) != nil
        }
    }

    /// Whether the own user goes on writing while writes are blocked.
    func isBypassed() async throws -> Bool {
        let lane = side.lane()
        return try await retry("asking the \(side.role) for privileges") {
            try await isGranted("bypassWriteBlockingMode", lane)
        }
    }

    /// Whether the own user may do that to the cluster.
    private func isGranted(_ action: String, _ lane: Lane) async throws -> Bool {
        let status = try await lane.run(["connectionStatus": 1, "showPrivileges": true])
        let privileges =
            status["authInfo"]?.document?["authenticatedUserPrivileges"]?.elements ?? []
        return privileges.compactMap(\.document).contains { privilege in
            let resource = privilege["resource"]?.document
            let isCluster = resource?["cluster"]?.bool ?? resource?["anyResource"]?.bool ?? false
            let actions = privilege["actions"]?.elements.compactMap(\.string) ?? []
            return isCluster && (actions.contains(action) || actions.contains("anyAction"))
        }
    }

    private func isAuthenticated(_ lane: Lane) async throws -> Bool {
        let status = try await lane.run(["connectionStatus": 1])
        return !(status["authInfo"]?.document?["authenticatedUsers"]?.elements ?? []).isEmpty
    }
}
