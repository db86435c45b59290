internal import BSON
internal import Mongo

/// One change of the destination's catalog as commands of the server.
struct CatalogChange: Sendable {
    let lane: Lane

    /// Throws what passes by itself.
    func outcome(of action: CatalogAction) async throws -> CatalogExecutor.Outcome {
        do {
            switch action {
            case .dropView(let view): return try await dropView(view)
            case .drop(let uuid, let kind, let namespace, _):
                try await drop(uuid, kind, namespace)
            case .rename(let uuid, let from, let to, _):
                try await rename(uuid, from: from, to: to)
            case .create(let info), .createView(let info):
                _ = try await lane.run(
                    Translation.untilCutover.createCommand(for: info), on: info.namespace.database)
            case .modify(let uuid, let namespace, let arguments, _, _):
                try await run("collMod", uuid, namespace, arguments)
            case .dropIndexes(let uuid, let namespace, let names, _):
                return try await dropIndexes(names, uuid, namespace)
            }
            return .done
        } catch let error as MongoError {
            return try CatalogChange.outcome(of: error, while: action)
        }
    }

    private static func outcome(
        of error: MongoError, while action: CatalogAction
    ) throws -> CatalogExecutor.Outcome {
        if error.isWaitedFor { throw error }
        if error.isIndexBuildInProgress { return .busy }
        if error.isUUIDMismatch || error.isNamespaceNotFound || error.isNamespaceExists {
            return .outdated
        }
        guard error.kind == .server else { throw error }
        return .refused(.refused(action.namespaces[0], while: "to \(action)", error))
    }

    private func drop(_ uuid: BinaryUUID, _ kind: CollectionInfo.Kind, _ namespace: Namespace)
        async throws
    {
        guard kind == .buckets else {
            do {
                try await run("drop", uuid, namespace, [:])
            } catch {
                if error.isGone { return }
                guard namespace.isStoredFunctions, error.isIllegalOperation || error.isUnauthorized
                else { throw error }
                try await dropStoredFunctions(uuid, namespace)
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

    /// `system.js` goes only with its database: with it, where nothing else is in there and the user may drop databases
    /// (`readWriteAnyDatabase` may not); otherwise it stays and is emptied.
    private func dropStoredFunctions(_ uuid: BinaryUUID, _ namespace: Namespace) async throws {
        let others = try await collections(of: namespace.database).keys
            .filter { !$0.isServerOwned && $0 != namespace }
        if others.isEmpty {
            do throws(MongoError) {
                let command: Document = ["dropDatabase": 1, "writeConcern": ["w": "majority"]]
                _ = try await lane.run(command, on: namespace.database)
                return
            } catch {
                guard error.isUnauthorized else { throw error }
            }
        }
        try await run("delete", uuid, namespace, ["deletes": [["q": [:], "limit": 0]]])
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
        try await collections(
            of: namespace.database, filter: ["name": .string(namespace.collection)]
        )[namespace]
    }

    /// What a database holds now, without indexes.
    func collections(
        of database: String, filter: Document = [:]
    ) async throws -> [Namespace: CollectionInfo] {
        var batch = try await lane.open(
            ["listCollections": 1, "filter": .document(filter)], on: database)
        var found: [Namespace: CollectionInfo] = [:]
        while true {
            for info in batch.documents.compactMap({ CollectionInfo(listed: $0, in: database) }) {
                found[info.namespace] = info
            }
            guard let cursor = batch.cursor else { return found }
            batch = try await lane.more(cursor)
        }
    }

    // MARK: Views and indexes

    private func dropView(_ view: Namespace) async throws -> CatalogExecutor.Outcome {
        if let found = try await current(view) {
            // Dropping by name would drop a collection as well.
            guard found.kind == .view else { return .outdated }
            let command: Document = [
                "drop": .string(view.collection), "writeConcern": ["w": "majority"],
            ]
            _ = try await lane.run(command, on: view.database)
        }
        return .done
    }

    private func dropIndexes(
        _ names: [String], _ uuid: BinaryUUID, _ namespace: Namespace
    ) async throws -> CatalogExecutor.Outcome {
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

extension Namespace {
    /// Functions for `$where` and the like, the one system collection that operators write to.
    var isStoredFunctions: Bool { collection == "system.js" }
}

extension MongoError {
    var isIllegalOperation: Bool { kind == .server && code == 20 }

    /// BackgroundOperationInProgressForNamespace: `collMod` and `renameCollection` do not wait for
    /// index builds.
    var isIndexBuildInProgress: Bool { kind == .server && code == 12587 }

    /// The collection with the UUID that was named is nowhere in the database.
    var isGone: Bool { isNamespaceNotFound || (isUUIDMismatch && actualCollection == nil) }
}
