import Sandbox

/// CPU of the servers on both sides of a migration.
struct ServerMeter: Sendable {
    private let members: [Member]

    init(_ clusters: SandboxClusters) {
        members = clusters.source.members + clusters.destination.members
    }

    /// Since they were started.
    var cpuSeconds: Double { members.reduce(0) { $0 + ($1.process.usage?.cpuSeconds ?? 0) } }
}
