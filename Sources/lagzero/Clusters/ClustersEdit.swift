import AgentClient
import ArgumentParser
import ControlAPI
import Mongo

/// `lagzero clusters edit`: what is not named stays as it is.
struct ClustersEdit: LagzeroCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change a cluster of the inventory. The cluster itself is not touched.",
        discussion: """
            A new connection string may be given as `show` prints it: where it has ***, and where it \
            names the same user without a password, the stored secret stays.
            """)

    @OptionGroup var state: StateArguments
    @Argument(help: "Name or identifier.") var cluster: String

    @Option(help: "New name of the cluster.") var name: String?

    @Option(
        help: ArgumentHelp(
            "New connection string. A password in it is hidden from the process list at once; a file keeps it out altogether.",
            valueName: "uri"))
    var uri: String?

    @Option(
        help: ArgumentHelp(
            "File with the new connection string, readable by its owner only.", valueName: "path"),
        completion: .file())
    var uriFile: String?

    @Option(
        help: ArgumentHelp(
            "File with the new password, readable by its owner only.", valueName: "path"),
        completion: .file())
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("New CA file, on the agent's host.", valueName: "path"),
        completion: .file())
    var caFile: String?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        var change = ClusterChange()
        change.name = name
        guard uri == nil || uriFile == nil else { throw UsageError("give --uri or --uri-file") }
        let text =
            try uriFile.map { (path) throws(UsageError) in try ConnectionFile.read(path) } ?? uri
        if let passwordFile { change.password = Secret(try ConnectionFile.read(passwordFile)) }
        surroundings.console.hide([text, change.password?.revealed].compactMap(\.self))
        guard name != nil || text != nil || change.password != nil || caFile != nil else {
            throw UsageError("nothing is to be changed: see --help")
        }
        let edited = try await state.withClient(isStarted: true) { [change] client in
            let found = try Clusters.find(cluster, in: try await client.snapshot())
            var change = change
            if text != nil || caFile != nil {
                change.connectionString = try connectionString(text ?? found.connectionString)
            }
            return try await client.edit(cluster: found.id, change)
        }
        surroundings.console.answer(printable(Clusters.details(edited)))
        return edited.trouble == nil ? .done : .failed
    }

    private func connectionString(_ text: String) throws -> Secret {
        guard let caFile else { return Secret(text) }
        do {
            return Secret(try ConnectionString(text).setting(["tlscafile": caFile]).secretText)
        } catch { throw UsageError(error.message) }
    }
}
