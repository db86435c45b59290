import BSON
import Mongo
import Sandbox

@testable import Migration

/// Two replica sets of one member each, for all tests of the verification; gone with this process.
enum VerifyServers {
    static let started = Task {
        var source = ReplicaSetOptions()
        source.name = "src"
        source.parameters["enableTestCommands"] = "1"
        var destination = ReplicaSetOptions()
        destination.name = "dst"
        destination.parameters["enableTestCommands"] = "1"
        async let first = ReplicaSet.start(source)
        async let second = ReplicaSet.start(destination)
        return try await (source: first, destination: second)
    }
}

/// A migration without an engine: what the verifier sees of it, and a database of its own.
struct VerifyFixture {
    let context: Context
    let verifier: Verifier
    let database: String
    let source: Lane
    let destination: Lane

    /// The collections are made on both sides by these `create` options; `sourceURI` are options of the source's
    /// connection string.
    init(
        _ database: String, _ collections: [String: Document],
        options: MigrationOptions = MigrationOptions(), sourceURI: [String: String] = [:]
    ) async throws {
        let servers = try await VerifyServers.started.value
        source = servers.source.lane
        destination = servers.destination.lane
        self.database = database
        let left = try await Side(
            .source, ConnectionString(servers.source.uri(as: nil, options: sourceURI)))
        let right = try await Side(.destination, ConnectionString(servers.destination.uri))
        for lane in [source, destination] {
            _ = try await lane.run(
                ["dropDatabase": 1, "writeConcern": ["w": "majority"]], on: database)
            for (name, options) in collections.sorted(by: { $0.key < $1.key }) {
                var command = DocumentBuilder()
                command.append("create", .string(name))
                command.append(contentsOf: options)
                _ = try await lane.run(command.finish(), on: database)
            }
        }
        let status = Status()
        let retry = Retry(status: status)
        let token = try await Tail.begin(left, retry: retry)
        let owner = Lease.Owner(host: "test", boot: "1", process: 1)
        let lease = try await Lease.acquire(
            as: owner, isRunning: { _ in false }, lane: right.lane(), retry: retry)
        let store = StateStore(lane: right.lane(), retry: retry, epoch: lease.epoch)
        context = Context(
            options: options, source: left, destination: right,
            dirty: DirtySet(token: token, time: token.time?.predecessor ?? .zero),
            registry: CollectionRegistry(), status: status, retry: retry, lease: lease,
            store: store, gate: Gate(), workers: Workers(loadLevel: options.loadLevel),
            reconcile: Signal(), pause: { _, _ in })
        verifier = Verifier(context: context)
    }

    /// Registers a collection as one that is copied.
    @discardableResult
    func register(
        _ name: String, kind: MigratedCollection.Kind = .plain, isCollated: Bool = false,
        isClustered: Bool = false
    ) async throws -> BinaryUUID {
        let namespace = Namespace(database, name)
        var collection = MigratedCollection(
            source: try await uuid(of: namespace, source), sourceName: namespace,
            destination: try await uuid(of: namespace, destination), destinationName: namespace,
            kind: kind, isCollated: isCollated, isClustered: isClustered)
        collection.isCopied = true
        let registered = collection
        context.registry.put(registered)
        context.dirty.update { keys in
            keys.register(
                registered.source, isExclusive: registered.isExclusive,
                isOrdered: registered.isOrdered)
            keys.setEligible(registered.source, true)
        }
        return registered.source
    }

    private func uuid(of namespace: Namespace, _ lane: Lane) async throws -> BinaryUUID {
        let list: Document = [
            "listCollections": 1, "filter": ["name": .string(namespace.collection)],
        ]
        let found = try await lane.open(list, on: namespace.database).documents.first { _ in true }
        guard let uuid = found?["info"]?.document?["uuid"]?.uuid else {
            throw MigrationError(.unexpected, "no collection \(namespace)")
        }
        return uuid
    }

    // MARK: Data

    func insert(
        _ documents: some Sequence<Document>, into name: String, _ lanes: [Lane]
    ) async throws {
        for part in Array(documents).chunks(of: 10_000) {
            let command: Document = [
                "insert": .string(name), "documents": .array(Document(documents: part)),
                "writeConcern": ["w": "majority"],
            ]
            for lane in lanes {
                let reply = try await lane.write(command, on: database)
                if let failure = reply.failures.first { throw failure.error }
            }
        }
    }

    /// The same documents on both sides.
    func insert(_ documents: some Sequence<Document>, into name: String) async throws {
        try await insert(documents, into: name, [source, destination])
    }

    func update(_ name: String, _ filter: Value, _ change: Value, _ lane: Lane) async throws {
        _ = try await lane.run(
            [
                "update": .string(name), "updates": [["q": filter, "u": change, "multi": true]],
                "writeConcern": ["w": "majority"],
            ], on: database)
    }

    func delete(_ name: String, _ filter: Value, _ lane: Lane) async throws {
        _ = try await lane.run(
            [
                "delete": .string(name), "deletes": [["q": filter, "limit": 0]],
                "writeConcern": ["w": "majority"],
            ], on: database)
    }

    // MARK: Running

    /// Runs tail, apply workers and verification while the body runs.
    func running(loadLevel: Int = 2, _ body: @escaping @Sendable () async throws -> Void)
        async throws
    {
        let (context, verifier) = (context, verifier)
        context.workers.setLoadLevel(loadLevel)
        // What was written so far is set-up: only what comes now is applied.
        let token = try await Tail.begin(context.source, retry: context.retry)
        context.dirty.update { $0.advance(to: token, time: token.time?.predecessor ?? .zero) }
        verifier.begin()
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await Tail(context: context, copyRequests: CopyRequests(context.reconcile)) {
                    _ in
                }.run()
            }
            group.addTask {
                try await Applier(
                    context: context, applied: { verifier.noteApplied($0) }, reconcile: {}
                ).run()
            }
            group.addTask { try await verifier.run() }
            group.addTask {
                try await body()
                throw Finished()
            }
            do {
                try await group.next()
            } catch is Finished {}
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) {
                    throw error
                }
            }
        }
    }

    private struct Finished: Error {}

    /// Returns when every event up to the source's present is applied.
    func settle() async throws {
        guard let time = try await source.run(["ping": 1])["operationTime"]?.timestamp else {
            return
        }
        try await context.dirty.waitUntilApplied(time)
    }
}
