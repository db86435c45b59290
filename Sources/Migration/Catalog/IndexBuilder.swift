internal import BSON
package import Mongo

/// Builds indexes on the destination, several collections at once, several indexes of one
/// collection in one command.
package struct IndexBuilder: Sendable {
    package enum Outcome: Sendable {
        /// The server said so; only the next listing of the catalog proves it, as a dropped
        /// collection says so too.
        case done
        /// The collection is gone or renamed; the reconciler will know.
        case outdated
        /// Indexes that the server refuses; the others are built.
        case refused([CatalogProblem])
    }

    /// Lanes with endless patience: a command answers when its indexes are built.
    let lanes: [Lane]
    private let mayChange: @Sendable () async throws -> Void

    /// `mayChange` is asked before every build, as in `CatalogExecutor`.
    package init(
        lanes: [Lane], mayChange: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.lanes = lanes
        self.mayChange = mayChange
    }

    /// Returns when all are built or refused. Builds that already run, begun by this process or an
    /// earlier one, are waited for. Throws what passes by itself; builds go on meanwhile, and the
    /// call can be repeated.
    package func run(
        _ builds: [IndexBuild], each: @escaping @Sendable (IndexBuild, Outcome) async -> Void
    ) async throws {
        _ = try await lanes.forEach(builds) { build, lane in
            try await mayChange()
            await each(build, try await IndexBuilder.run(build, lane))
        }
    }

    static func run(_ build: IndexBuild, _ lane: Lane) async throws -> Outcome {
        do {
            try await create(build.specs, of: build, lane)
            return .done
        } catch let error as MongoError {
            guard error.isRefusal else { return try outcome(of: error) }
            if build.specs.count == 1 { return .refused([problem(build, build.specs[0], error)]) }
        }
        // One of them is refused, and with it all: each on its own then.
        var problems: [CatalogProblem] = []
        for spec in build.specs {
            do {
                try await create([spec], of: build, lane)
            } catch let error as MongoError {
                guard error.isRefusal else { return try outcome(of: error) }
                problems.append(problem(build, spec, error))
            }
        }
        return problems.isEmpty ? .done : .refused(problems)
    }

    private static func outcome(of error: MongoError) throws -> Outcome {
        // IndexBuildAborted: the collection or the index was dropped meanwhile.
        if error.isGone || error.isUUIDMismatch || error.isIndexBuildAborted { return .outdated }
        throw error
    }

    private static func create(_ specs: [IndexSpec], of build: IndexBuild, _ lane: Lane)
        async throws
    {
        var command = DocumentBuilder(reserving: 1_024)
        command.append("createIndexes", .string(build.namespace.collection))
        command.append("collectionUUID", .uuid(build.destination))
        command.append("indexes", .array(Document(array: specs.map { .document($0.spec) })))
        command.append("writeConcern", ["w": "majority"])
        _ = try await lane.run(command.finish(), on: build.namespace.database)
    }

    private static func problem(
        _ build: IndexBuild, _ spec: IndexSpec, _ error: MongoError
    ) -> CatalogProblem {
        let namespace = build.namespace.withoutBucketsPrefix
        guard error.isDuplicateKey else {
            return .refused(namespace, index: spec.name, while: "the index", error)
        }
        return .notUnique(namespace, index: spec.name, documents: [])
    }
}

extension MongoError {
    var isIndexBuildAborted: Bool { kind == .server && code == 276 }

    /// The command itself is not accepted, now or later.
    fileprivate var isRefusal: Bool {
        kind == .server && !isWaitedFor && !isGone && !isUUIDMismatch && !isIndexBuildAborted
            && !isIndexBuildInProgress
    }
}

extension CatalogProblem {
    static func notUnique(
        _ namespace: Namespace, index: String, documents: [[Value]]
    ) -> CatalogProblem {
        CatalogProblem(
            .notUnique, namespace, index: index,
            reason: "documents have equal keys, so it cannot be unique on the destination",
            remedy: "change or delete the documents on the source so that their keys differ",
            documents: documents)
    }
}
