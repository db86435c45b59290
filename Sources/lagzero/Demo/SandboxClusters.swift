import BSON
import Mongo
import Sandbox

/// Two replica sets on this machine with users as the README asks for them: one set to migrate
/// from, one to migrate to.
struct SandboxClusters: Sendable {
    let source: ReplicaSet
    let destination: ReplicaSet
    /// The migration's user on both.
    private let migrator: Credentials
    /// The application's, which writes may be blocked for.
    private let application: Credentials

    /// Starts both. They are gone when `stop` returns or this process ends.
    static func start(
        mongod: String? = nil, configure: (inout ReplicaSetOptions) -> Void = { _ in }
    ) async throws -> SandboxClusters {
        let root = Credentials(username: "root", password: randomPassword())
        func options(_ name: String) -> ReplicaSetOptions {
            var options = ReplicaSetOptions()
            options.name = name
            options.root = root
            options.mongod = mongod
            configure(&options)
            return options
        }
        let (left, right) = (options("source"), options("destination"))
        async let first = ReplicaSet.start(left)
        async let second = ReplicaSet.start(right)
        let clusters = SandboxClusters(
            source: try await first, destination: try await second,
            migrator: Credentials(username: "lagzero", password: randomPassword()),
            application: Credentials(username: "application", password: randomPassword()))
        try await clusters.createUsers()
        return clusters
    }

    func stop() async {
        // What is left is removed by the watchdog when this process ends.
        try? await source.stop()
        try? await destination.stop()
    }

    /// Connection strings of the migration, secrets and all.
    var sourceURI: String { source.uri(as: migrator) }
    var destinationURI: String { destination.uri(as: migrator) }

    func sourceForApplication() throws -> Cluster { try source.cluster(as: application) }
    func destinationForApplication() throws -> Cluster { try destination.cluster(as: application) }

    private func createUsers() async throws {
        try await source.createUser(
            migrator, roles: ["readAnyDatabase", "backup", "clusterMonitor"])
        try await destination.createUser(
            migrator,
            roles: ["readWriteAnyDatabase", "dbAdminAnyDatabase", "restore", "clusterMonitor"])
        for set in [source, destination] {
            try await set.createUser(application, roles: ["readWriteAnyDatabase"])
        }
    }

    private static func randomPassword() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<20).map { _ in letters[Int.random(in: letters.indices)] })
    }
}
