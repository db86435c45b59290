internal import ControlAPI
internal import Terminal

extension ClusterFacts {
    /// What is known, in the order in which it is told; what is not known is a dash.
    var words: [String] {
        let kind =
            isSharded == true ? "sharded cluster" : "replica set \(replicaSet ?? Figure.unknown)"
        return [
            kind,
            version ?? "version \(Figure.unknown)",
            members.isEmpty ? "members \(Figure.unknown)" : Figure.counted(members.count, "member"),
            dataBytes.map { Figure.bytes($0) } ?? "data \(Figure.unknown)",
            collections.map { Figure.counted($0, "collection") }
                ?? "collections \(Figure.unknown)",
            "oplog \(oplogWindowSeconds.map(Self.window) ?? Figure.unknown)",
            "free disk \(Figure.bytes(freeDiskBytes))",
            databases.map { $0.isEmpty ? "empty" : Figure.counted($0.count, "database") }
                ?? "databases \(Figure.unknown)",
        ]
    }

    /// `31 h`, as oplogs are talked about; below two hours in minutes.
    private static func window(_ seconds: Int) -> String {
        seconds >= 7_200 ? "\(seconds / 3_600) h" : Times.span(Double(seconds))
    }

    /// The words, as many to a line as fit, none of them broken.
    static func lines(_ facts: ClusterFacts?, columns: Int, _ glyphs: Glyphs) -> [String] {
        lines(facts, columns: columns, separator: " \(glyphs.separator) ")
    }

    static func lines(_ facts: ClusterFacts?, columns: Int, separator: String) -> [String] {
        var lines: [String] = []
        for word in (facts ?? ClusterFacts()).words {
            if let last = lines.last, Width.of(last + separator + word) <= columns {
                lines[lines.count - 1] = last + separator + word
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}

/// What clearing a destination means, in numbers.
enum Clearing {
    /// `2 databases, 20.0 MB on disk: shop 10.0 MB, old 10.0 MB`; says so where it is not known.
    static func contents(of cluster: Cluster?) -> String {
        guard let databases = cluster?.facts?.databases else {
            return "an unknown number of databases"
        }
        guard !databases.isEmpty else { return "no database: it has none now" }
        let sizes = databases.map(\.bytes)
        let total = sizes.contains(nil) ? nil : sizes.compactMap(\.self).reduce(0, +)
        let names = databases.sorted { ($0.bytes ?? 0, $1.name) > ($1.bytes ?? 0, $0.name) }
            .map { "\($0.name) \(Figure.bytes($0.bytes))" }
        return "\(Figure.counted(databases.count, "database")), \(Figure.bytes(total)) on disk: "
            + names.joined(separator: ", ")
    }

    /// What is deleted, and how old that knowledge is.
    static func consequence(for cluster: Cluster?) -> String {
        let contents = contents(of: cluster)
        return cluster.map { "\(contents). \(seen($0))." } ?? contents + "."
    }

    private static func seen(_ cluster: Cluster) -> String {
        cluster.lastSeenAt.map { "Seen \(Times.date($0))" } ?? "Never seen"
    }

    /// Asks for it; nothing is deleted before the migration starts.
    static func dialog(for cluster: Cluster, title: String) -> ConfirmByName {
        ConfirmByName(
            title,
            [
                Run("Starting the migration deletes "),
                Run("every user database of \(cluster.name)", .error),
                Run(" for good. \(seen(cluster)):\n"),
                Run("\(contents(of: cluster)).", .warning),
            ], name: cluster.name, confirm: "Clear existing data")
    }
}
