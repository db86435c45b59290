package import BSON
package import Mongo

/// Performs one change after another on the destination. Each is confirmed by a majority, and each
/// can be repeated after a crash at any moment.
package struct CatalogExecutor: Sendable {
    package enum Outcome: Sendable {
        case done
        /// The new collection's UUID.
        case created(BinaryUUID)
        /// The catalog is no longer what the plan was made for.
        case outdated
        /// An index is being built on the collection: possible when that is over.
        case busy
        case refused(CatalogProblem)
    }

    let lane: Lane
    let journal: any CatalogJournal

    package init(lane: Lane, journal: any CatalogJournal) {
        self.lane = lane
        self.journal = journal
    }

    /// Throws what passes by itself, what the journal throws, and `CancellationError`.
    package func perform(_ action: CatalogAction) async throws -> Outcome {
        do {
            switch action {
            case .dropView(let view): return try await dropView(view)
            case .drop(let uuid, let kind, let namespace, let source):
                try await drop(uuid, kind, namespace)
                try await journal.unpair(source)
                return .done
            case .rename(let uuid, let from, let to, let source):
                try await rename(uuid, from: from, to: to)
                try await journal.pair(
                    CatalogEntry(source: source, namespace: to, destination: uuid))
                return .done
            case .create(let info): return try await create(info)
            case .createView(let view):
                try await journal.claim(view: view.namespace)
                _ = try await lane.run(
                    Translation.untilCutover.createCommand(for: view), on: view.namespace.database)
                return .done
            case .modify(let uuid, let namespace, let arguments, _, _):
                try await run("collMod", uuid, namespace, arguments)
                return .done
            case .dropIndexes(let uuid, let namespace, let names, _):
                return try await dropIndexes(names, uuid, namespace)
            }
        } catch let error as MongoError {
            return try CatalogExecutor.outcome(of: error, while: action)
        }
    }

    private static func outcome(of error: MongoError, while action: CatalogAction) throws -> Outcome
    {
        if error.isWaitedFor { throw error }
        if error.isIndexBuildInProgress { return .busy }
        if error.isUUIDMismatch || error.isNamespaceNotFound || error.isNamespaceExists {
            return .outdated
        }
        guard error.kind == .server else { throw error }
        return .refused(.refused(action.namespaces[0], while: "to \(action)", error))
    }

    // MARK: Collections

    private func create(_ info: CollectionInfo) async throws -> Outcome {
        guard let source = info.uuid else { return .outdated }
        var entry = CatalogEntry(source: source, namespace: info.namespace)
        try await journal.intend(entry)
        _ = try await lane.run(
            Translation.untilCutover.createCommand(for: info), on: info.namespace.database)
        guard let uuid = try await current(info.namespace)?.uuid else { return .outdated }
        entry.destination = uuid
        try await journal.pair(entry)
        return .created(uuid)
    }

    /// Whether the collection holds no document, the primary's newest state.
    func isEmpty(_ uuid: BinaryUUID, _ namespace: Namespace) async throws -> Bool {
        try await lane.open(
            [
                "find": .string(namespace.collection), "collectionUUID": .uuid(uuid), "limit": 1,
                "projection": ["_id": 1],
            ], on: namespace.database
        ).isEmpty
    }

    private func drop(_ uuid: BinaryUUID, _ kind: CollectionInfo.Kind, _ namespace: Namespace)
        async throws
    {
        guard kind == .buckets else {
            do {
                try await run("drop", uuid, namespace, [:])
            } catch {
                guard error.isGone else { throw error }
            }
            return
        }
        // Servers refuse to name the UUID of a time-series collection, and drop view and buckets
        // together.
        guard try await current(namespace)?.uuid == uuid else { return }
        for name in [namespace.withoutBucketsPrefix, namespace] {
            do {
                let command: Document = [
                    "drop": .string(name.collection), "writeConcern": ["w": "majority"],
                ]
                _ = try await lane.run(command, on: name.database)
            } catch {
                guard error.isNamespaceNotFound else { throw error }
            }
        }
    }

    private func rename(_ uuid: BinaryUUID, from: Namespace, to: Namespace) async throws {
        do {
            _ = try await lane.run([
                "renameCollection": .string("\(from)"), "to": .string("\(to)"),
                "collectionUUID": .uuid(uuid), "writeConcern": ["w": "majority"],
            ])
        } catch {
            // It may have been done by an attempt whose answer did not arrive.
            let isDone = error.isUUIDMismatch && error.actualCollection == to.collection
            guard isDone else { throw error }
        }
    }

    private func run(
        _ verb: String, _ uuid: BinaryUUID, _ namespace: Namespace, _ arguments: Document
    ) async throws(MongoError) {
        var command = DocumentBuilder(reserving: arguments.count + 128)
        command.append(verb, .string(namespace.collection))
        command.append("collectionUUID", .uuid(uuid))
        command.append(contentsOf: arguments)
        command.append("writeConcern", ["w": "majority"])
        _ = try await lane.run(command.finish(), on: namespace.database)
    }

    /// What has the name now.
    private func current(_ namespace: Namespace) async throws -> CollectionInfo? {
        try await lane.open(
            ["listCollections": 1, "filter": ["name": .string(namespace.collection)]],
            on: namespace.database
        ).documents.first { _ in true }.flatMap {
            CollectionInfo(listed: $0, in: namespace.database)
        }
    }

    // MARK: Views and indexes

    private func dropView(_ view: Namespace) async throws -> Outcome {
        if let found = try await current(view) {
            // Dropping by name would drop a collection as well.
            guard found.kind == .view else { return .outdated }
            let command: Document = [
                "drop": .string(view.collection), "writeConcern": ["w": "majority"],
            ]
            _ = try await lane.run(command, on: view.database)
        }
        try await journal.release(view: view)
        return .done
    }

    private func dropIndexes(
        _ names: [String], _ uuid: BinaryUUID, _ namespace: Namespace
    ) async throws -> Outcome {
        do {
            let list = Value.array(Document(array: names.map(Value.string)))
            try await run("dropIndexes", uuid, namespace, ["index": list])
            return .done
        } catch {
            guard error.isIndexNotFound else { throw error }
            return .outdated
        }
    }
}

extension MongoError {
    /// BackgroundOperationInProgressForNamespace: `collMod` and `renameCollection` do not wait for
    /// index builds.
    var isIndexBuildInProgress: Bool { kind == .server && code == 12587 }

    /// The collection with the UUID that was named is nowhere in the database.
    var isGone: Bool { isNamespaceNotFound || (isUUIDMismatch && actualCollection == nil) }
}
