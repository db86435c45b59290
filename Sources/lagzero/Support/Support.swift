import Agent
import AgentClient
import ArgumentParser
import ControlAPI
import Foundation
import Glibc

/// `lagzero support`: what is needed to help somebody, in one file.
struct Support: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collect versions, figures and logs in one file, without passwords.",
        discussion: """
            The file is for those who help. It holds names of hosts, users, databases and collections, \
            and of documents that differ or were refused what the server says of them, such as \
            their _id. Of every connection string the password is left out. Read it before you send it.
            """)

    @OptionGroup var state: StateArguments

    @Option(
        help: ArgumentHelp(
            "The new file. Default: lagzero-support-TIME.txt in this folder.", valueName: "path"),
        completion: .file())
    var output: String?

    @Argument(help: "Identifier of a migration. Default: all of them.")
    var migration: String?

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        let folder = try state.folder()
        let secrets = try SecretFile(folder.secrets).load().values.map(\.revealed)
        var bundle = SupportBundle(hiding: secrets)
        bundle.addProgram()
        bundle.addFolder(folder)
        let (snapshot, silence) = try await snapshot(folder)
        var migrations: [LiveMigration] = []
        if let snapshot {
            migrations = try chosen(from: snapshot.migrations)
            try bundle.add(snapshot, migrations)
        } else {
            bundle.add("Agent", [silence, "What follows is what was written down last."])
        }
        do {
            // Not by the agent, which may fall silent at any time. It has written down what it tells.
            if let store = try store(folder) {
                if snapshot == nil {
                    let contents = try await store.load()
                    migrations = try chosen(from: contents.migrations.map(\.live))
                    try bundle.add(contents.clusters, migrations)
                }
                for migration in migrations {
                    bundle.addLog(
                        of: migration,
                        try await store.log(of: migration.id, after: 0, limit: .max))
                }
            } else if snapshot == nil {
                _ = try chosen(from: [])
            }
        } catch let error as ControlError {
            bundle.add("Store", [error.message, error.remedy ?? ""])
        }
        bundle.addLog(at: folder.log)
        let path = output ?? "lagzero-support-\(Int(Date().timeIntervalSince1970)).txt"
        try bundle.write(to: path)
        surroundings.console.answer("Written to \(path). Read it before you send it.")
        return .done
    }

    /// What the agent says, or why it says nothing.
    private func snapshot(
        _ folder: AgentFolder
    ) async throws -> (snapshot: Snapshot?, silence: String) {
        guard let holder = InstanceLock.holder(of: folder) else {
            return (nil, "No agent runs.")
        }
        return try await state.withClient { client in
            do {
                let snapshot = try await client.greeting(within: Tuning.supportPatience)
                return (snapshot, "The agent, \(holder), does not listen.")
            } catch let error as ControlError {
                return (nil, error.message)
            }
        }
    }

    /// Nil where there is none.
    private func store(_ folder: AgentFolder) throws -> Store? {
        guard access(folder.store, F_OK) == 0 else { return nil }
        return try Store(reading: folder.store)
    }

    /// Throws a `UsageError` where the one that is named is none of them.
    private func chosen(from migrations: [LiveMigration]) throws -> [LiveMigration] {
        guard let migration else { return migrations }
        let found = migrations.filter { $0.id.text == migration.lowercased() }
        guard !found.isEmpty else { throw UsageError("there is no migration '\(migration)'") }
        return found
    }
}
