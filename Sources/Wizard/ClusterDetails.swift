internal import ControlAPI
internal import Terminal

/// The dialog with everything that is known of a cluster on the hub; it goes on with the news.
struct ClusterDetails: Sendable, Equatable {
    let cluster: Identifier
    private(set) var dialog: DetailsDialog

    init(_ cluster: Cluster, _ world: World) {
        self.cluster = cluster.id
        dialog = DetailsDialog(
            cluster.name, Self.pieces(cluster, world), marks: Self.address(cluster).name)
    }

    /// False once the cluster is gone.
    mutating func update(_ world: World) -> Bool {
        guard let cluster = world.cluster(cluster) else { return false }
        dialog.update(cluster.name, Self.pieces(cluster, world))
        return true
    }

    mutating func handle(_ key: Key, _ world: World) -> [Action] {
        dialog.handle(key, in: world.body)
    }

    /// Without its password, which does not come here.
    static func address(_ cluster: Cluster) -> Copied {
        Copied("connection string", cluster.connectionString)
    }

    private static func pieces(_ cluster: Cluster, _ world: World) -> [DetailsDialog.Piece] {
        var pieces: [DetailsDialog.Piece] = []
        if let trouble = cluster.trouble {
            let text = "It is not reached. \(Words.error(trouble))"
            pieces += [.init(Run(text, .warning), Copied(trouble)), .init("\n\n")]
        }
        func add(_ label: String, _ value: String?, _ copied: Copied? = nil, behind: String = "") {
            guard let value else { return }
            pieces += [
                .init(Run(Text.padded(label, to: 9), .label)), .init(Run(value), copied),
                .init(Run(behind + "\n")),
            ]
        }
        add("Cluster", world.path(of: cluster))
        add("Address", cluster.connectionString, address(cluster))
        add("Seen", cluster.lastSeenAt.map(Times.date) ?? "never")
        add("Facts", (cluster.facts ?? ClusterFacts()).words.joined(separator: ", "))
        for (index, member) in (cluster.facts?.members ?? []).enumerated() {
            let state = member.state.map { " " + $0 } ?? ""
            let host = Copied("host", member.host)
            add(index == 0 ? "Members" : "", member.host, host, behind: state)
        }
        return pieces
    }
}
