import BSON
import Foundation
import Migration
import MigrationTesting
import Mongo
import Sandbox

/// Two real replica sets with access control, and migrations between them.
final class Pair: Sendable {
    /// The versions that have every feature; the older one has defects of its own.
    static let versions = [MongodBinary.Version.v6_0_27, .v6_0_5]
    static let root = Credentials(username: "root", password: "s3cret/p@ss")

    let source: ReplicaSet
    let destination: ReplicaSet

    private init(source: ReplicaSet, destination: ReplicaSet) {
        self.source = source
        self.destination = destination
    }

    static func start(
        source: (inout ReplicaSetOptions) -> Void = { _ in },
        destination: (inout ReplicaSetOptions) -> Void = { _ in }
    ) async throws -> Pair {
        var left = ReplicaSetOptions()
        left.name = "src"
        left.root = root
        source(&left)
        var right = ReplicaSetOptions()
        right.name = "dst"
        right.root = root
        destination(&right)
        async let first = ReplicaSet.start(left)
        async let second = ReplicaSet.start(right)
        return try await Pair(source: first, destination: second)
    }

    func stop() async throws {
        try await source.stop()
        try await destination.stop()
    }

    /// Starts two sets, hands them to the body and stops them whatever happens.
    static func with(
        source: (inout ReplicaSetOptions) -> Void = { _ in },
        destination: (inout ReplicaSetOptions) -> Void = { _ in },
        _ body: (Pair) async throws -> Void
    ) async throws {
        let pair = try await start(source: source, destination: destination)
        do {
            try await body(pair)
        } catch {
            try await pair.stop()
            throw error
        }
        try await pair.stop()
    }

    /// The same for two sets of a version.
    static func with(
        _ version: MongodBinary.Version, _ body: (Pair) async throws -> Void
    ) async throws {
        try await with(
            source: { $0.version = version }, destination: { $0.version = version }, body)
    }

    /// An engine that is owned by this process number of a host where no other process runs any more.
    func engine(
        source other: ReplicaSet? = nil, process: Int = 1,
        _ change: (inout MigrationOptions) -> Void = { _ in },
        listener: @escaping @Sendable (LogEntry) -> Void = { trace($0.text) }
    ) throws -> MigrationEngine {
        var options = MigrationOptions()
        options.cutover = .whenInSync
        options.lagHold = 0.3
        change(&options)
        return MigrationEngine(
            source: try ConnectionString((other ?? source).uri),
            destination: try ConnectionString(destination.uri),
            options: options, owner: Lease.Owner(host: "test", boot: "1", process: process),
            isRunning: { _ in false },
            listener: listener)
    }

    /// Runs a whole migration with a cutover as soon as it is in sync.
    func migrate(_ change: (inout MigrationOptions) -> Void = { _ in }) async throws
        -> MigrationReport
    {
        let engine = try engine(change)
        return try await engine.run()
    }

    /// Waits until both sides answer: connections may be to a primary that was.
    func findPrimaries() async throws {
        for lane in [source.lane, destination.lane] {
            try await eventually("a lane has found the primary") {
                (try? await lane.hello()) != nil
            }
        }
    }

    func differences() async throws -> [String] {
        try await findPrimaries()
        return try await Comparison(source: source.lane, destination: destination.lane)
            .differences()
    }
}

/// Writes a line to standard error at once: what a test that fails has seen.
func trace(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("  \(text)\n".utf8))
}
