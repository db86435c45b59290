import AgentClient
import ArgumentParser
import ControlAPI

/// `lagzero clusters`: the inventory.
struct Clusters: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The clusters that the agent knows.",
        subcommands: [
            ClustersAdd.self, ClustersList.self, ClustersShow.self, ClustersEdit.self,
            ClustersRemove.self, ClustersTest.self, ClustersImport.self,
        ])

    /// The cluster of this identifier or name. Throws `UsageError` where there is none or more than one.
    static func find(_ text: String, in snapshot: Snapshot) throws -> Cluster {
        let found = snapshot.clusters.filter { $0.id.text == text || $0.name == text }
        guard let first = found.first else { throw UsageError("there is no cluster '\(text)'") }
        guard found.count == 1 else {
            throw UsageError("there are \(found.count) clusters '\(text)': use an identifier")
        }
        return first
    }

    static func line(_ cluster: Cluster) -> String {
        let facts = cluster.facts
        let parts = [
            cluster.id.text, cluster.name, facts?.version, cluster.connectionString,
            cluster.trouble.map { "not reached: \($0.message)" },
        ]
        return parts.compactMap(\.self).joined(separator: "  ")
    }

    static func details(_ cluster: Cluster) -> [String] {
        var lines = [
            "Cluster        \(cluster.name)", "Identifier     \(cluster.id)",
            "Connection     \(cluster.connectionString)",
        ]
        if let trouble = cluster.trouble { lines.append("Not reached    \(trouble)") }
        guard let facts = cluster.facts else { return lines }
        let known: [(String, String?)] = [
            ("Replica set    ", facts.replicaSet), ("Version        ", facts.version),
            (
                "Members        ",
                facts.members.isEmpty
                    ? nil
                    : facts.members.map {
                        [$0.host, $0.state].compactMap(\.self).joined(separator: " ")
                    }.joined(separator: ", ")
            ),
            ("Collections    ", facts.collections.map(String.init)),
            ("Data           ", facts.dataBytes.map { "\($0) bytes" }),
            ("Oplog window   ", facts.oplogWindowSeconds.map { "\($0) s" }),
            ("Free disk      ", facts.freeDiskBytes.map { "\($0) bytes" }),
        ]
        return lines + known.map { $0 + ($1 ?? "-") }
    }
}

/// Names of a new cluster's place.
struct PlaceArguments: ParsableArguments {
    @Option(help: "Organization; made where there is none of this name.")
    var organization = "Local"

    @Option(help: "Project; made where there is none of this name.")
    var project = "Default"
}

struct ClustersAdd: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a cluster to the inventory.")

    @OptionGroup var state: StateArguments
    @OptionGroup var place: PlaceArguments
    @Argument(help: "Name of the cluster.") var name: String

    @Option(
        help: ArgumentHelp(
            "Connection string. A password in it is hidden from the process list at once; a file keeps it out altogether.",
            valueName: "uri"))
    var uri: String?

    @Option(
        help: ArgumentHelp(
            "File with the connection string, readable by its owner only.", valueName: "path"),
        completion: .file())
    var uriFile: String?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        guard (uri == nil) != (uriFile == nil) else {
            throw UsageError("give either --uri or --uri-file")
        }
        let text: String
        if let uriFile { text = try ConnectionFile.read(uriFile) } else { text = uri ?? "" }
        surroundings.console.hide([text])
        let new = NewCluster(
            name: name, organization: place.organization, project: place.project,
            connectionString: Secret(text))
        let cluster = try await state.withClient(isStarted: true) { try await $0.add(new) }
        surroundings.console.answer(printable(Clusters.details(cluster)))
        return .done
    }
}

struct ClustersList: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the clusters.")

    @OptionGroup var state: StateArguments

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let snapshot = try await state.withClient(isStarted: true) { try await $0.snapshot() }
        let lines = snapshot.clusters.map(Clusters.line)
        surroundings.console.answer(lines.isEmpty ? "No clusters." : printable(lines))
        return .done
    }
}

struct ClustersShow: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what was seen of a cluster last.")

    @OptionGroup var state: StateArguments
    @Argument(help: "Name or identifier.") var cluster: String

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let snapshot = try await state.withClient(isStarted: true) { try await $0.snapshot() }
        let found = try Clusters.find(cluster, in: snapshot)
        surroundings.console.answer(printable(Clusters.details(found)))
        return .done
    }
}

struct ClustersTest: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Connect to a cluster and show what is seen.")

    @OptionGroup var state: StateArguments
    @Argument(help: "Name or identifier.") var cluster: String

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let tested = try await state.withClient(isStarted: true) { client in
            let found = try Clusters.find(cluster, in: try await client.snapshot())
            return try await client.test(cluster: found.id)
        }
        surroundings.console.answer(printable(Clusters.details(tested)))
        return tested.trouble == nil ? .done : .failed
    }
}

struct ClustersRemove: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a cluster out of the inventory. The cluster itself is not touched.")

    @OptionGroup var state: StateArguments
    @Argument(help: "Name or identifier.") var cluster: String

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        try await state.withClient(isStarted: true) { client in
            let found = try Clusters.find(cluster, in: try await client.snapshot())
            try await client.remove(cluster: found.id)
        }
        return .done
    }
}

struct ClustersImport: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add every cluster of a file.",
        discussion: """
            Every line is a name, white space and a connection string; empty lines and lines that \
            begin with # are left out. Nobody but its owner may read the file.
            """)

    @OptionGroup var state: StateArguments
    @OptionGroup var place: PlaceArguments
    @Argument(help: "Path of the file.", completion: .file()) var file: String

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let entries = try ConnectionFile.lines(file).map { line in
            let parts = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
            guard parts.count == 2 else {
                throw UsageError("\(file): a line must be a name and a connection string")
            }
            return (name: String(parts[0]), uri: String(parts[1].drop(while: \.isWhitespace)))
        }
        surroundings.console.hide(entries.map(\.uri))
        try await state.withClient(isStarted: true) { client in
            for entry in entries {
                let new = NewCluster(
                    name: entry.name, organization: place.organization, project: place.project,
                    connectionString: Secret(entry.uri))
                do {
                    let cluster = try await client.add(new)
                    surroundings.console.answer(printable([Clusters.line(cluster)]))
                } catch let error as ControlError {
                    throw ControlError(
                        error.code, "\(entry.name): \(error.message)",
                        remedy: [error.remedy, "what stands before it in the file is added"]
                            .compactMap(\.self).joined(separator: "; "))
                }
            }
        }
        return .done
    }
}
