internal import ControlAPI
internal import Terminal

/// The dialog with everything that is known of a cluster on the hub; it goes on with the news. Its address is copied.
struct ClusterDetails: Sendable, Equatable {
    let cluster: Identifier
    private(set) var dialog: DetailsDialog

    init(_ cluster: Cluster, _ world: World) {
        self.cluster = cluster.id
        dialog = DetailsDialog(
            cluster.name, Self.text(cluster, world), copies: cluster.connectionString)
    }

    /// False once the cluster is gone.
    mutating func update(_ world: World) -> Bool {
        guard let cluster = world.cluster(cluster) else { return false }
        dialog.modal.title = cluster.name
        dialog.modal.body.runs = Self.text(cluster, world)
        dialog.copied = cluster.connectionString
        return true
    }

    mutating func handle(_ key: Key, _ world: World) -> [Action] {
        dialog.handle(key, in: world.body)
    }

    private static func text(_ cluster: Cluster, _ world: World) -> [Run] {
        var runs: [Run] = []
        if let trouble = cluster.trouble {
            runs.append(Run("It is not reached. \(Words.error(trouble))\n\n", .warning))
        }
        let members = cluster.facts?.members.map { [$0.host, $0.state].compactMap(\.self) }
        let lines: [(String, String?)] = [
            ("Cluster", world.path(of: cluster)),
            ("Address", cluster.connectionString),
            ("Seen", cluster.lastSeenAt.map(Times.date) ?? "never"),
            ("Facts", (cluster.facts ?? ClusterFacts()).words.joined(separator: ", ")),
            ("Members", members?.map { $0.joined(separator: " ") }.joined(separator: ", ")),
        ]
        for (label, value) in lines {
            guard let value else { continue }
            runs += [Run(Text.padded(label, to: 9), .label), Run(value + "\n")]
        }
        return runs
    }
}
