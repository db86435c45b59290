import BSON
import Mongo
import Sandbox

/// The verification of the reference data beside the read ceiling: a bare scan of both sides at
/// once.
enum VerifyFigures {
    static func measure(_ bench: BenchServers, _ engine: EngineProcess) async throws -> [Figure] {
        bench.say("Migrating: verification")
        try await engine.wait(for: "it is in sync") { $0.phase == "inSync" }
        let sync = engine.usage
        engine.freeze()
        let early = Clock.seconds() - sync.time
        // The first scan after a copy takes longer than later ones, whoever makes it: it is none of those compared.
        let first = try await scan(bench, [bench.clusters.source, bench.clusters.destination])
        engine.thaw()
        let begin = engine.usage
        try await engine.wait(for: "the verification is done") { $0.isReady }
        let end = engine.usage
        let seconds = early + end.time - begin.time
        bench.say(
            "  \(Units.duration(seconds)) after a scan of \(Units.duration(first)), "
                + "CPU of engine / servers \(EngineProcess.words(from: begin, to: end)); "
                + "measuring the read ceiling")
        engine.freeze()
        defer { engine.thaw() }
        let meter = ServerMeter(bench.clusters)
        let source = try await scan(bench, [bench.clusters.source])
        let before = meter.cpuSeconds
        let both = try await scan(bench, [bench.clusters.source, bench.clusters.destination])
        let servers = Units.fixed(meter.cpuSeconds - before, 1)
        bench.say(
            "  \(Units.duration(source)) for the source alone, \(Units.duration(both)) for both sides, "
                + "CPU of servers \(servers) s"
        )
        return [
            Figure(
                name: "verification / read ceiling of both sides", measured: seconds / both,
                limit: 1.3,
                unit: .ratio, note: "\(Units.fixed(seconds, 1)) s / \(Units.fixed(both, 1)) s")
        ]
    }

    /// Reads everything on these sides at once, two lanes each, and throws it away; returns the
    /// seconds it took. Connections are made before that time and closed after it, which is half a
    /// second each.
    private static func scan(_ bench: BenchServers, _ sets: [ReplicaSet]) async throws -> Double {
        let small = bench.data.small.namespace
        let rest = bench.data.parts.map(\.namespace).filter { $0 != small }
        var lanes: [(lane: Lane, namespaces: [Namespace])] = []
        for set in sets {
            let cluster = try set.cluster()
            for namespaces in [[small], rest] {
                let lane = cluster.lane()
                _ = try await lane.run(["ping": 1])
                lanes.append((lane, namespaces))
            }
        }
        let begin = Clock.seconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (lane, namespaces) in lanes {
                group.addTask {
                    for namespace in namespaces { try await scan(namespace, through: lane) }
                }
            }
            try await group.waitForAll()
        }
        let seconds = Clock.seconds() - begin
        withExtendedLifetime(lanes) {}
        return seconds
    }

    private static func scan(_ namespace: Namespace, through lane: Lane) async throws {
        var batch = try await lane.open(
            ["find": .string(namespace.collection), "readConcern": ["level": "majority"]],
            on: namespace.database)
        while let cursor = batch.cursor { batch = try await lane.more(cursor) }
    }
}
