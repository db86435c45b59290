package import Mongo
internal import BSON

/// Reads the catalog of one side.
package struct CatalogReader: Sendable {
    /// Several, so that the indexes of thousands of collections are listed quickly.
    let lanes: [Lane]
    /// How long a majority may take.
    let patience: Duration

    /// At least one lane, all to the same cluster.
    package init(lanes: [Lane], patience: Duration = Tuning.majorityPatience) {
        precondition(!lanes.isEmpty, "a catalog is read on a lane")
        self.lanes = lanes
        self.patience = patience
    }

    /// Collections, views and indexes that the filter lets through, in these databases (nil: in all
    /// but internal ones).
    ///
    /// `listCollections` knows no read concern: what it shows can still be rolled back. So this
    /// waits until all of it is majority-committed by the primary that was asked, and lists again
    /// when another one was elected. Throws an error of kind `writeConcern` when no majority
    /// commits for 20 s.
    package func read(
        filter: NamespaceFilter? = nil, databases: Set<String>? = nil
    ) async throws -> Catalog {
        while true {
            try Task.checkCancellation()
            let position = try await Position(of: lanes[0])
            var latest = position.time
            var found: [CollectionInfo] = []
            for database in try await names(among: databases, latest: &latest) {
                found += try await DatabaseListing(database: database, filter: filter, lanes: lanes)
                    .read(latest: &latest)
            }
            if try await waitUntilCommitted(latest, after: position) {
                return Catalog(found, operationTime: latest, reflects: position.majority)
            }
        }
    }

    private func names(among wanted: Set<String>?, latest: inout Timestamp) async throws -> [String]
    {
        // Without the last field a user that has lost its privileges is shown no database, and no error.
        let reply = try await lanes[0].run([
            "listDatabases": 1, "nameOnly": true, "authorizedDatabases": false,
        ])
        latest = max(latest, reply["operationTime"]?.timestamp ?? .zero)
        let names = reply["databases"]?.elements.compactMap { $0.document?["name"]?.string } ?? []
        return names.filter {
            !NamespaceFilter.internalDatabases.contains($0) && (wanted?.contains($0) ?? true)
        }.sorted()
    }

    /// False when another primary was elected since.
    private func waitUntilCommitted(_ time: Timestamp, after position: Position) async throws
        -> Bool
    {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            let now = try await Position(of: lanes[0])
            guard now.term == position.term, now.electionID == position.electionID else {
                return false
            }
            if now.majority >= time { return try await isSamePrimary(position) }
            guard clock.now < deadline else {
                throw MongoError(
                    kind: .writeConcern,
                    message: "no majority of the members has what the primary's catalog shows")
            }
            try await Task.sleep(for: Tuning.majorityPoll)
        }
    }

    /// Whether all lanes talk to the primary that was asked, and none to one that does not know yet
    /// that it was replaced.
    private func isSamePrimary(_ position: Position) async throws -> Bool {
        for lane in lanes.dropFirst() {
            guard try await Position(of: lane).electionID == position.electionID else {
                return false
            }
        }
        return true
    }
}

/// How far a primary is, as `hello` says.
private struct Position {
    let term: Int
    let electionID: Value?
    let time: Timestamp
    let majority: Timestamp

    init(of lane: Lane) async throws {
        let reply = try await lane.hello()
        let write = reply["lastWrite"]?.document
        let time = reply["operationTime"]?.timestamp ?? .zero
        electionID = reply["electionId"]
        self.time = write?["opTime"]?.document?["ts"]?.timestamp ?? time
        term = write?["opTime"]?.document?["t"]?.integer ?? 0
        // A router says nothing about the majority; what it answers is committed already.
        let majority = write?["majorityOpTime"]?.document
        self.majority = majority.map { $0["ts"]?.timestamp ?? .zero } ?? .init(bits: .max)
    }
}

/// The listing of one database.
private struct DatabaseListing {
    let database: String
    let filter: NamespaceFilter?
    let lanes: [Lane]

    /// One `listCollections` shows one moment, but indexes are listed by name and later. So it is
    /// repeated until the names still mean the same collections as when their indexes were listed.
    func read(latest: inout Timestamp) async throws -> [CollectionInfo] {
        var indexes: [CollectionID: [IndexSpec]] = [:]
        while true {
            let found = try await collections(latest: &latest)
            let unknown = found.compactMap(CollectionID.init).filter { indexes[$0] == nil }
            guard !unknown.isEmpty else {
                return found.map { info in
                    var info = info
                    info.indexes = CollectionID(info).flatMap { indexes[$0] } ?? []
                    return info
                }
            }
            let lists = try await lanes.forEach(unknown) { collection, lane in
                try await DatabaseListing.indexes(of: collection.namespace, lane: lane)
            }
            for (collection, list) in zip(unknown, lists) { indexes[collection] = list }
        }
    }

    private func collections(latest: inout Timestamp) async throws -> [CollectionInfo] {
        let command: Document = ["listCollections": 1, "cursor": ["batchSize": 10_000]]
        var batch = try await lanes[0].open(command, on: database)
        var found: [CollectionInfo] = []
        while true {
            latest = max(latest, batch.operationTime ?? .zero)
            found += batch.documents.compactMap { CollectionInfo(listed: $0, in: database) }
            guard let cursor = batch.cursor else { break }
            batch = try await lanes[0].more(cursor)
        }
        return found.filter { info in
            guard let filter else { return !info.namespace.isServerOwned }
            return filter.contains(info.namespace)
        }
    }

    /// Nil when the collection is gone: the next listing will show that.
    private static func indexes(of namespace: Namespace, lane: Lane) async throws -> [IndexSpec]? {
        do {
            let command: Document = [
                "listIndexes": .string(namespace.collection), "includeBuildUUIDs": true,
            ]
            return try await lane.all(command, on: namespace.database)
                .compactMap(IndexSpec.init(listed:))
        } catch {
            guard error.isNamespaceNotFound else { throw error }
            return nil
        }
    }
}

/// A name and what it means.
private struct CollectionID: Hashable {
    let namespace: Namespace
    let uuid: BinaryUUID

    init?(_ info: CollectionInfo) {
        guard let uuid = info.uuid else { return nil }
        namespace = info.namespace
        self.uuid = uuid
    }
}

extension Namespace {
    /// A collection that servers make and use themselves, and no operator can create.
    var isServerOwned: Bool {
        collection.hasExactPrefix("system.") && !isBuckets && !isStoredFunctions
    }
}
