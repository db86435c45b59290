import BSON
import Mongo
import Sandbox

/// Three replica sets of the same kind: source, destination, and one in the state of the
/// destination on which limits are measured. The third is frozen while it is not in use.
struct BenchServers: Sendable {
    let clusters: SandboxClusters
    let data: ReferenceData
    private let ceiling: ReplicaSet
    private let console: Console

    static func start(data: ReferenceData, console: Console) async throws -> BenchServers {
        func configure(_ options: inout ReplicaSetOptions) {
            options.cacheGigabytes = Tuning.benchCacheGigabytes
            options.oplogMegabytes = Tuning.benchOplogMegabytes
        }
        var third = ReplicaSetOptions()
        third.name = "ceiling"
        third.root = Credentials(username: "root", password: "ceiling")
        configure(&third)
        async let ceiling = ReplicaSet.start(third)
        let servers = BenchServers(
            clusters: try await SandboxClusters.start(configure: configure), data: data,
            ceiling: try await ceiling, console: console)
        servers.freezeCeiling()
        return servers
    }

    func stop() async {
        ceiling.members[0].process.thaw()
        await clusters.stop()
        try? await ceiling.stop()
    }

    func say(_ text: String) { console.say(text) }

    /// Lets the source write to disk what filling it has left to be written.
    func settle() async throws { _ = try await clusters.source.lane.run(["fsync": 1]) }

    /// Runs the body with lanes to the server for limits, which sleeps otherwise.
    func withCeiling<Result: Sendable>(
        _ body: @Sendable (_ set: ReplicaSet, _ lanes: [Lane]) async throws -> Result
    ) async throws -> Result {
        ceiling.members[0].process.thaw()
        defer { freezeCeiling() }
        let cluster = try ceiling.cluster()
        let lanes = [cluster.lane(), cluster.lane()]
        for lane in lanes { _ = try await lane.run(["hello": 1]) }
        let result = try await body(ceiling, lanes)
        // What is still to be written to disk must not fall into the next measurement.
        _ = try await lanes[0].run(["fsync": 1])
        return result
    }

    private func freezeCeiling() { ceiling.members[0].process.freeze() }
}
