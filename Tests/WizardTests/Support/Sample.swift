import ControlAPI

/// The world of the tests: two organizations, three projects, five clusters.
enum Sample {
    static let secret = "hunter2-do-not-show"
    /// 2026-11-20 02:14:09 UTC.
    static let time: Int64 = 1_795_140_849_000

    static func identifier(_ number: UInt64) -> Identifier {
        let digits = String(number, radix: 16)
        let text = String(repeating: "0", count: 24 - digits.count) + digits
        guard let identifier = Identifier(text) else { preconditionFailure("24 digits") }
        return identifier
    }

    static let me = Asker(wizard: identifier(0xa), name: "anna@bastion pts/3")
    static let other = Asker(wizard: identifier(0xb), name: "ben@bastion pts/4")

    static let acme = Organization(id: identifier(1), name: "Acme")
    static let cloud = Organization(id: identifier(2), name: "Acme Cloud")
    static let shop = Project(id: identifier(0x11), organization: acme.id, name: "shop")
    static let billing = Project(id: identifier(0x12), organization: acme.id, name: "billing")
    static let prod = Project(id: identifier(0x13), organization: cloud.id, name: "shop-prod")

    static let source = cluster(
        0x21, shop, "shop-rs0", facts(bytes: 412_000_000_000, databases: ["shop", "carts"]))
    static let ledger = cluster(
        0x22, billing, "ledger", facts(bytes: 6_000_000_000_000, databases: ["ledger"]))
    static let destination = cluster(0x23, prod, "shop-atlas", facts(bytes: 0, databases: []))
    /// A destination that is not empty.
    static let filled = cluster(
        0x24, prod, "shop-old", facts(bytes: 20_000_000, databases: ["shop", "old"]))
    static let unreached: Cluster = {
        var cluster = Sample.cluster(0x25, billing, "archive", nil)
        cluster.trouble = ControlError(
            .cluster, "No member of archive answers.", remedy: "Check the address.")
        return cluster
    }()

    static func cluster(
        _ number: UInt64, _ project: Project, _ name: String, _ facts: ClusterFacts?
    ) -> Cluster {
        var cluster = Cluster(
            id: identifier(number), project: project.id, name: name,
            connectionString: "mongodb://***@\(name).example.net/?replicaSet=rs0")
        cluster.facts = facts
        cluster.facts?.members = ["a", "b", "c"].map {
            .init(host: "\($0).\(name).example.net:27017")
        }
        cluster.lastSeenAt = facts.map { _ in time }
        return cluster
    }

    static func facts(bytes: Int, databases: [String] = []) -> ClusterFacts {
        var facts = ClusterFacts()
        facts.replicaSet = "rs0"
        facts.isSharded = false
        facts.version = "6.0.5"
        facts.members = ["a", "b", "c"].map { .init(host: "\($0).example.net:27017") }
        facts.databases = databases.map { .init(name: $0, bytes: 10_000_000) }
        facts.collections = databases.count * 9
        facts.dataBytes = bytes
        facts.oplogWindowSeconds = 31 * 3600
        facts.freeDiskBytes = 1_200_000_000_000
        return facts
    }

    static var snapshot: Snapshot {
        var snapshot = Snapshot(
            sequence: 7, time: time,
            agent: .init(
                id: identifier(0xc), version: "0.1.0", host: "bastion", process: 42,
                startedAt: time - 1000))
        snapshot.organizations = [acme, cloud]
        snapshot.projects = [shop, billing, prod]
        snapshot.clusters = [source, ledger, destination, filled, unreached]
        return snapshot
    }

    static var setup: MigrationSetup {
        MigrationSetup(source: source.id, destination: destination.id)
    }

    /// A migration of `setup`, driven by `me`, as it is in the phase.
    static func migration(_ phase: MigrationPhase, number: UInt64 = 0x31) -> LiveMigration {
        var migration = LiveMigration(
            id: identifier(number), setup: setup, sourceName: source.name,
            destinationName: destination.name,
            destinationConnectionString: destination.connectionString, phase: phase,
            startedAt: time - 3 * 3_600_000)
        migration.isRunning = !phase.isFinal
        migration.endedAt = phase.isFinal ? time - 1000 : nil
        migration.driver = Driver(wizard: me.wizard, name: me.name, heardAt: time)
        var figures = MigrationFigures()
        figures.bytesTotal = 412_000_000_000
        figures.bytesCopied = phase == .copying ? 281_000_000_000 : 412_000_000_000
        switch phase {
        case .catchingUp, .inSync, .finalizing: figures.lagSeconds = 0.4
        default: break
        }
        migration.figures = figures
        if phase == .inSync {
            migration.cutover.isReady = true
            migration.cutover.deadlineAt = time + 5 * 86_400_000 - 109_000
        }
        return migration
    }
}
