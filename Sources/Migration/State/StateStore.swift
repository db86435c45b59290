internal import BSON
internal import Mongo

/// The migration's own state, in `lagzero_internal` on the destination, so that any host can go on with it.
///
/// Every write is majority-acknowledged and carries the owner's epoch: a replaced owner cannot write any more and is
/// told so by `ownershipLost`. Passing causes are waited for.
package struct StateStore: Sendable {
    static let database = NamespaceFilter.stateDatabase
    /// Every collection of the state but the lease.
    static let collections = [
        "state", "collections", "views", "partitions", "dirty", "spilled", "log", "final",
    ]

    let lane: Lane
    private(set) var retry: Retry
    let epoch: Int64
    /// Many tasks write at the same time, and a write must be answered before the lane's next one gets its number.
    private let turns = Turn()

    init(lane: Lane, retry: Retry, epoch: Int64) {
        self.lane = lane
        self.retry = retry
        self.epoch = epoch
    }

    /// The same store on a lane of its own: its writes do not wait for those of others.
    func on(_ lane: Lane) -> StateStore { StateStore(lane: lane, retry: retry, epoch: epoch) }

    /// The same store, whose writes throw where others wait. What was not answered may be done all the same.
    var impatient: StateStore {
        var store = self
        store.retry.end = .now
        return store
    }

    /// The one document about the whole migration.
    func loadMigration() async throws -> Document? {
        try await find("state", filter: ["_id": "migration"]).first
    }

    /// Sets these fields of it. Blocks until a majority of the destination has them.
    func save(_ fields: Document) async throws {
        try await upsert("state", id: "migration", set: fields)
    }

    /// Makes these its only fields.
    func begin(_ fields: Document) async throws {
        try await replace("state", [(id: "migration", fields: fields)])
    }

    /// A document of the state for one who does not own the migration; nothing is waited for.
    static func peek(_ collection: String, _ id: String, _ lane: Lane) async throws -> Document? {
        try await lane.open(
            [
                "find": .string(collection), "filter": ["_id": .string(id)], "limit": 1,
                "readConcern": ["level": "majority"],
            ], on: database
        ).documents.first { _ in true }?.copied()
    }

    // MARK: Any collection of the state

    /// Every document that the filter finds.
    func find(_ collection: String, filter: Document = [:]) async throws -> [Document] {
        try await retry("reading the migration's state") {
            try await lane.all(
                [
                    "find": .string(collection), "filter": .document(filter), "batchSize": 100_000,
                    "readConcern": ["level": "majority"],
                ], on: StateStore.database)
        }
    }

    /// So many documents with the highest ids, the highest first.
    func newest(_ collection: String, _ limit: Int) async throws -> [Document] {
        try await retry("reading the migration's state") {
            try await lane.all(
                [
                    "find": .string(collection), "sort": ["_id": -1], "limit": .integer(limit),
                    "batchSize": .integer(limit), "readConcern": ["level": "majority"],
                ], on: StateStore.database)
        }
    }

    /// Sets fields of the document with this id; makes it when it is not there.
    func upsert(_ collection: String, id: Value, set fields: Document) async throws {
        try await upsert(collection, [(id: id, set: fields)])
    }

    /// The same for several documents.
    func upsert(_ collection: String, _ changes: [(id: Value, set: Document)]) async throws {
        try await change(collection, changes.map { ($0.id, ["$set": .document($0.set)]) })
    }

    /// Changes documents by update operators, `$set` among them; makes those that are not there.
    func change(_ collection: String, _ changes: [(id: Value, operators: Document)]) async throws {
        let changes = changes.map { id, operators in
            let fields = stamped(operators["$set"]?.document ?? [:])
            return (id, Value.document(operators.setting("$set", to: .document(fields))))
        }
        try await write(collection, changes)
    }

    /// Makes these the whole documents with these ids: nothing of what was known stays.
    func replace(_ collection: String, _ documents: [(id: Value, fields: Document)]) async throws {
        try await write(collection, documents.map { ($0.id, .document(stamped($0.fields))) })
    }

    private func stamped(_ fields: Document) -> Document {
        fields.removing("epoch").setting("epoch", to: .int64(epoch))
    }

    private func write(_ collection: String, _ changes: [(id: Value, change: Value)]) async throws {
        let updates = changes.map { id, change -> Document in
            // A document of a later epoch is not found, and its insertion then fails.
            return [
                "q": [
                    "_id": id,
                    "$or": [["epoch": ["$lte": .int64(epoch)]], ["epoch": ["$exists": false]]],
                ],
                "u": change, "upsert": true,
            ]
        }
        for part in Self.parts(updates) {
            let command: Document = [
                "update": .string(collection), "updates": .array(Document(documents: part)),
                "writeConcern": ["w": "majority"],
            ]
            let reply = try await turns.take {
                try await retry.write(
                    "writing the migration's state", command, on: StateStore.database, lane: lane)
            }
            if let failure = reply.failures.first {
                if failure.error.isDuplicateKey { throw Lease.lost }
                throw MigrationError(
                    .refused,
                    "the destination refuses the migration's state in \(StateStore.database).\(collection)",
                    cause: failure.error)
            }
        }
    }

    /// As many statements each as one command takes: ids can be large, and lines of the log many.
    static func parts(_ statements: [Document]) -> [ArraySlice<Document>] {
        var parts: [ArraySlice<Document>] = []
        var (start, bytes) = (0, 0)
        for (index, statement) in statements.enumerated() {
            if index > start,
                bytes + statement.count > Tuning.stateBytes
                    || index - start == Tuning.stateStatements
            {
                parts.append(statements[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += statement.count
        }
        return start < statements.count ? parts + [statements[start...]] : parts
    }

    /// Deletes one document for each filter, unless a later owner wrote it. As every write of the state it can land late
    /// only until the next one is answered: what is made dirty, planned or noted by a later write is safe from it.
    func delete(_ collection: String, each filters: [Document]) async throws {
        let statements = filters.map { filter -> Document in
            ["q": .document(filter.setting("epoch", to: ["$lte": .int64(epoch)])), "limit": 1]
        }
        for part in Self.parts(statements) {
            let command: Document = [
                "delete": .string(collection), "deletes": .array(Document(documents: part)),
                "ordered": false, "writeConcern": ["w": "majority"],
            ]
            _ = try await turns.take {
                try await retry.write(
                    "writing the migration's state", command, on: StateStore.database, lane: lane)
            }
        }
    }

    /// Deletes what the filter finds, part by part, unless a later owner wrote it: a deletion of many in one statement
    /// could not be repeated safely.
    func delete(_ collection: String, filter: Document) async throws {
        let mine = filter.setting("epoch", to: ["$lte": .int64(epoch)])
        while true {
            let found = try await retry("reading the migration's state") {
                try await lane.open(
                    [
                        "find": .string(collection), "filter": .document(mine),
                        "limit": .integer(Tuning.restoredKeys),
                        "batchSize": .integer(Tuning.restoredKeys), "singleBatch": true,
                        "projection": ["_id": 1, "version": 1, "newest": 1],
                        "readConcern": ["level": "majority"],
                    ], on: StateStore.database)
            }
            if found.isEmpty { return }
            // Each as it was found: one that was written anew meanwhile stays.
            try await delete(collection, each: found.documents.map { $0.copied() })
        }
    }
}
