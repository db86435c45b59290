import BSON
import Mongo
import Sandbox
import Synchronization
import Testing

@testable import Migration

/// Two replica sets that all server tests of the catalog share; each test uses databases of its
/// own. Tests that change how a server behaves have a group of their own.
actor CatalogServers {
    static let shared = CatalogServers()

    private var sets: [String: Task<ReplicaSet, any Error>] = [:]

    func source(
        _ version: MongodBinary.Version? = nil, group: String = ""
    ) async throws -> ReplicaSet {
        try await set("source \(group)", version)
    }

    func destination(
        _ version: MongodBinary.Version? = nil, group: String = ""
    ) async throws -> ReplicaSet {
        try await set("destination \(group)", version)
    }

    private func set(_ key: String, _ version: MongodBinary.Version?) async throws -> ReplicaSet {
        let key = "\(key) \(version?.rawValue ?? "")"
        if let running = sets[key] { return try await running.value }
        let start = Task {
            var options = ReplicaSetOptions(version: version)
            options.parameters["enableTestCommands"] = "true"
            options.parameters["ttlMonitorEnabled"] = "false"
            return try await ReplicaSet.start(options)
        }
        sets[key] = start
        return try await start.value
    }
}

/// A source, a destination and a reconciler between them, for the databases that begin with one
/// name.
struct CatalogLab: Sendable {
    let source: Lane
    let destination: Lane
    /// To the destination.
    let lanes: [Lane]
    let journal = MemoryJournal()
    let gate = RecordingGate()
    let names: [String]
    private let readers: (source: CatalogReader, destination: CatalogReader)

    init(
        _ names: String..., source sourceVersion: MongodBinary.Version? = nil,
        destination destinationVersion: MongodBinary.Version? = nil, group: String = ""
    ) async throws {
        self.names = names
        let from = try await CatalogServers.shared.source(sourceVersion, group: group).cluster()
        let to = try await CatalogServers.shared.destination(destinationVersion, group: group)
            .cluster()
        source = from.lane()
        destination = to.lane()
        lanes = (0..<4).map { _ in to.lane() }
        readers = (
            CatalogReader(lanes: [from.lane(), from.lane()]),
            CatalogReader(lanes: [to.lane(), to.lane()])
        )
        for name in names {
            _ = try await source.run(["dropDatabase": 1], on: name)
            _ = try await destination.run(["dropDatabase": 1], on: name)
        }
    }

    var filter: NamespaceFilter {
        NamespaceFilter(include: names.compactMap { NamespaceFilter.Pattern("\($0).*") })
    }

    func reconciler(filter: NamespaceFilter? = nil) -> Reconciler {
        Reconciler(
            source: readers.source, destination: readers.destination,
            executor: CatalogExecutor(lanes: lanes, journal: journal),
            filter: filter ?? self.filter, gate: gate)
    }

    /// Reconciles, builds the indexes of everything, and reconciles again.
    @discardableResult
    func reconcile(filter: NamespaceFilter? = nil) async throws -> Reconciler.Report {
        var report = try await reconciler(filter: filter).run(indexable: journal.sources)
        guard report.isSettled else { return report }
        let again = try await reconciler(filter: filter).run(indexable: journal.sources)
        try await IndexBuilder(lanes: [destination]).run(again.builds) { build, outcome in
            guard case .done = outcome else {
                Issue.record("\(build.namespace): \(outcome)")
                return
            }
        }
        report.isSettled = again.isSettled
        return report
    }

    func differences(_ translation: Translation = .untilCutover) async throws -> [String] {
        CatalogDifference.list(
            source: try await sourceCatalog(), destination: try await destinationCatalog(),
            translation
        ).map(\.description)
    }

    func sourceCatalog() async throws -> Catalog { try await readers.source.read(filter: filter) }

    func destinationCatalog() async throws -> Catalog {
        try await readers.destination.read(filter: filter)
    }

    /// Runs a command on the source, in the lab's first database.
    @discardableResult
    func onSource(_ command: Document, in database: String? = nil) async throws -> Document {
        try await source.run(command, on: database ?? names[0])
    }

    @discardableResult
    func onDestination(_ command: Document, in database: String? = nil) async throws -> Document {
        try await destination.run(command, on: database ?? names[0])
    }

    func renameOnSource(_ from: String, _ to: String, dropTarget: Bool = false) async throws {
        _ = try await source.run([
            "renameCollection": .string(from), "to": .string(to), "dropTarget": .bool(dropTarget),
        ])
    }

    /// The UUID that a namespace has on the destination.
    func destinationUUID(_ collection: String, in database: String? = nil) async throws
        -> BinaryUUID?
    {
        try await destinationCatalog()[Namespace(database ?? names[0], collection)]?.uuid
    }

    func sourceUUID(_ collection: String, in database: String? = nil) async throws -> BinaryUUID? {
        try await sourceCatalog()[Namespace(database ?? names[0], collection)]?.uuid
    }
}

/// A crash that a test asked for.
struct Crash: Error {}

/// A journal in memory, which "crashes" when it is told to.
final class MemoryJournal: CatalogJournal {
    enum Moment: Hashable { case intend, pair, unpair, claim, release }

    private struct Contents {
        var state = CatalogState()
        var crash: Moment?
    }

    private let contents = Mutex(Contents())

    /// The next call of this kind fails before anything is stored.
    func crash(at moment: Moment?) { contents.withLock { $0.crash = moment } }

    var state: CatalogState { contents.withLock(\.state) }
    var sources: Set<BinaryUUID> { Set(state.pairs.keys) }

    func load() async throws -> CatalogState { state }

    func intend(_ entries: [CatalogEntry]) async throws {
        try change(.intend) { for entry in entries { $0.entries[entry.source] = entry } }
    }

    func pair(_ entries: [CatalogEntry]) async throws {
        try change(.pair) {
            for entry in entries { $0.entries[entry.source] = CatalogEntry(stored(entry)) }
        }
    }

    func unpair(_ source: BinaryUUID) async throws {
        try change(.unpair) { $0.entries[source] = nil }
    }

    func claim(view: Namespace) async throws { try change(.claim) { $0.views.insert(view) } }

    func release(view: Namespace) async throws { try change(.release) { $0.views.remove(view) } }

    /// As a journal on a server would keep it.
    private func stored(_ entry: CatalogEntry) -> Document {
        var builder = DocumentBuilder()
        builder.append("_id", entry.id)
        builder.append(contentsOf: entry.fields)
        return builder.finish()
    }

    private func change(_ moment: Moment, _ body: (inout CatalogState) -> Void) throws {
        try contents.withLock { contents in
            if contents.crash == moment {
                contents.crash = nil
                throw Crash()
            }
            body(&contents.state)
        }
    }
}

/// Notes which collections were closed, and whether all were opened again.
final class RecordingGate: CatalogGate {
    private let state = Mutex((closed: Set<BinaryUUID>(), seen: [BinaryUUID]()))

    var seen: [BinaryUUID] { state.withLock(\.seen) }
    var areAllOpen: Bool { state.withLock { $0.closed.isEmpty } }

    func close(_ source: BinaryUUID) async throws {
        state.withLock {
            $0.closed.insert(source)
            $0.seen.append(source)
        }
    }

    func open(_ source: BinaryUUID) async { state.withLock { _ = $0.closed.remove(source) } }
}

extension Reconciler.Report {
    /// Collections of the source that were created on the destination.
    var created: [CollectionInfo] { actions.compactMap(\.created) }

    /// Collections of the source that were dropped on the destination.
    var dropped: [BinaryUUID] {
        actions.compactMap { action in
            guard case .drop(_, _, _, let source) = action else { return nil }
            return source
        }
    }
}
