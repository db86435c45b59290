internal import BSON
internal import Mongo

extension Validation {
    /// How much time the oplog covers, and how that compares with the copy: pure.
    struct OplogWindow: Hashable, Sendable {
        /// From its oldest to its newest entry, seconds.
        var covered: Int
        /// Bytes in it and bytes it may hold.
        var size: Int
        var capacity: Int

        /// What it will cover once it is full, at the same pace; an oplog that was never full tells too little.
        var window: Int {
            guard size > 0, capacity > size else { return covered }
            return Int(Double(covered) * min(Double(capacity) / Double(size), 1_000_000))
        }

        static func copySeconds(bytes: Int) -> Int { max(bytes / Tuning.assumedCopyRate, 1) }

        /// `bytes` are those to be copied; nil when they are not known.
        func check(bytes: Int?) -> ValidationCheck {
            let shown = "the oplog covers about \(Validation.time(seconds: window))"
            let copy = bytes.map(OplogWindow.copySeconds)
            let seen =
                copy.map { "\(shown); the copy takes about \(Validation.time(seconds: $0))" }
                ?? shown
            let wanted = max(
                Double(Tuning.smallOplogWindow), Double(copy ?? 0) * Tuning.oplogMargin)
            guard Double(window) < wanted else {
                return ValidationCheck(.oplogWindow, .source, .pass, seen: seen)
            }
            return ValidationCheck(
                .oplogWindow, .source, .warning,
                message: "The amount of available oplog on the source cluster is small",
                seen:
                    "\(seen); lagzero follows the oplog from the start, so the migration survives this, but a pause or an "
                    + "outage may not be longer",
                remedy:
                    "Enlarge it on every member: db.adminCommand({replSetResizeOplog: 1, size: MEGABYTES})."
            )
        }
    }
}

extension Validation.Party {
    /// Whether the oplog can be read, and its window where it can.
    mutating func checkOplog() async -> Validation.OplogWindow? {
        guard let login, side == .source else { return nil }
        let need = Validation.Needs.oplog
        guard login.privileges.allow(need.action, on: need.target) else {
            add(
                .oplogReadable, .failure,
                seen: "missing: \([need].words)", remedy: "Grant the role \(need.role) on admin.")
            return nil
        }
        let answer = await Validation.answer { () throws(MongoError) in
            let first = try await login.link.entry(order: 1)
            let last = try await login.link.entry(order: -1)
            let size = try await login.link.run(["collStats": "oplog.rs"], on: "local")
            return (first: first, last: last, size: size)
        }
        switch answer {
        case .success(let oplog):
            guard let first = oplog.first, let last = oplog.last else {
                add(
                    .oplogReadable, .failure, seen: "local.oplog.rs is empty",
                    remedy: "See whether the source is a replica set with a primary.")
                return nil
            }
            add(.oplogReadable, .pass, seen: "its newest entry was read")
            return Validation.OplogWindow(
                covered: Int(last.seconds) - Int(first.seconds),
                size: oplog.size["size"]?.integer ?? 0,
                capacity: oplog.size["maxSize"]?.integer ?? 0)
        case .failure(let error):
            add(
                .oplogReadable, error.isTransient ? .unknown : .failure, seen: words.of(error),
                remedy:
                    "Grant the role backup on admin, and see whether the source is a replica set.")
            return nil
        }
    }
}

extension Validation.Link {
    /// The time of the oldest (1) or newest (-1) oplog entry.
    fileprivate func entry(order: Int) async throws(MongoError) -> Timestamp? {
        try await all(
            [
                "find": "oplog.rs", "sort": ["$natural": .integer(order)], "limit": 1,
                "projection": ["ts": 1, "_id": 0],
            ], on: "local"
        ).first?["ts"]?.timestamp
    }
}
