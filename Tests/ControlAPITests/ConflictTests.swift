import ControlAPI
import Testing

/// Which clusters a new migration cannot have while another one goes on from `a` to `b`.
@Suite struct ConflictTests {
    private static func cluster(_ number: Int64, _ name: String, _ uri: String) -> Cluster {
        Cluster(
            id: Identifier(at: number), project: Identifier(at: 1), name: name,
            connectionString: uri)
    }

    private let a = cluster(2, "a", "mongodb://anna:***@a1.net:27017,a2.net/?replicaSet=a")
    private let b = cluster(3, "b", "mongodb+srv://b.net/")
    private let x = cluster(4, "x", "mongodb://x.net/")

    private func snapshot(
        _ phase: MigrationPhase, _ change: (inout LiveMigration) -> Void = { _ in }
    ) -> Snapshot {
        var snapshot = Snapshot(
            sequence: 1, time: 1,
            agent: .init(
                id: Identifier(at: 1), version: "1", host: "here", process: 1, startedAt: 1))
        snapshot.clusters = [a, b, x]
        var live = LiveMigration(
            id: Identifier(at: 9), setup: MigrationSetup(source: a.id, destination: b.id),
            sourceName: "a", destinationName: "b", destinationConnectionString: b.connectionString,
            phase: phase, startedAt: 5)
        change(&live)
        snapshot.migrations = [live]
        return snapshot
    }

    @Test(arguments: [MigrationPhase.preparing, .copying, .inSync, .finalizing, .paused])
    func whatIsUnderWayKeepsBothItsClusters(phase: MigrationPhase) {
        let snapshot = snapshot(phase)
        #expect(snapshot.conflict(into: a)?.message.contains("source of a migration") == true)
        #expect(snapshot.conflict(into: b)?.message.contains("another migration into it") == true)
        #expect(snapshot.conflict(from: b)?.message.contains("destination of a migration") == true)
        #expect(snapshot.conflict(into: a)?.message.hasSuffix("a to b") == true)
        // One source may have several destinations.
        #expect(snapshot.conflict(from: a) == nil)
        #expect(snapshot.conflict(into: x) == nil && snapshot.conflict(from: x) == nil)
        let id = snapshot.migrations[0].id
        #expect(snapshot.conflict(into: b, of: id) == nil)
        #expect(snapshot.conflict(from: b, of: id) == nil)
    }

    @Test(arguments: [MigrationPhase.complete, .failed, .cancelled, .expired])
    func whatIsOverKeepsNoCluster(phase: MigrationPhase) {
        let snapshot = snapshot(phase)
        for cluster in [a, b, x] {
            #expect(snapshot.conflict(into: cluster) == nil)
            #expect(snapshot.conflict(from: cluster) == nil)
        }
    }

    @Test func aSourceThatIsHeldIsNoDestinationUntilItIsReleased() {
        let held = snapshot(.complete) { $0.isSourceHeld = true }
        #expect(held.conflict(into: a)?.remedy == "release the source first")
        #expect(held.conflict(from: b) == nil && held.conflict(into: b) == nil)
        let blocked = snapshot(.failed) { $0.cutover.isSourceBlocked = true }
        #expect(blocked.conflict(into: a)?.remedy == "cancel that first")
        let opened = snapshot(.failed) {
            $0.cutover.isSourceBlocked = true
            $0.cutover.isPastPointOfNoReturn = true
        }
        #expect(opened.conflict(into: a)?.remedy == "retry that first")
        let inDoubt = snapshot(.failed) { $0.cutover.begunAt = 4 }
        #expect(
            inDoubt.conflict(into: a)?.message
                == "a migration that has failed in a cutover may still block its writes: a to b")
        #expect(inDoubt.conflict(into: a)?.remedy == "retry or cancel that first")
        // One that is complete has been released since.
        let released = snapshot(.complete) { $0.cutover.isSourceBlocked = true }
        #expect(released.conflict(into: a) == nil)
    }

    @Test(arguments: [
        "mongodb://bert:***@A2.net:27017/", "mongodb://z.net,a1.net/admin",
        "mongodb://a1.net:27017/?replicaSet=a",
    ])
    func anotherEntryForTheSameServersIsTheSameCluster(uri: String) {
        let snapshot = snapshot(.copying)
        let other = Self.cluster(5, "other", uri)
        #expect(snapshot.conflict(into: other)?.code == .conflict)
    }

    @Test(arguments: [
        "mongodb://a1.net:27018/", "mongodb+srv://a1.net/", "mongodb://[::1]/", "nonsense",
    ])
    func otherServersAreAnotherCluster(uri: String) {
        #expect(snapshot(.copying).conflict(into: Self.cluster(5, "other", uri)) == nil)
    }

    @Test func membersTellTheSameClusterWhateverItsConnectionString() {
        var snapshot = snapshot(.copying)
        var facts = ClusterFacts()
        facts.replicaSet = "b-rs"
        facts.members = [.init(host: "b-0.net:27017"), .init(host: "b-1.net:27017")]
        snapshot.clusters[1].facts = facts
        var other = Self.cluster(5, "other", "mongodb://b-1.net/")
        #expect(snapshot.conflict(from: other) == nil)
        facts.members = [.init(host: "B-1.net:27017")]
        other.facts = facts
        #expect(snapshot.conflict(from: other) != nil && snapshot.conflict(into: other) != nil)
        other.facts?.replicaSet = "another"
        #expect(snapshot.conflict(from: other) == nil)
    }
}
