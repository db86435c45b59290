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
        let (snapshot, silence) = try await snapshot(folder)
        let stored = await StoredState(in: folder)
        let clusters = snapshot?.clusters ?? stored.clusters
        let migrations = try chosen(
            from: snapshot?.migrations ?? stored.migrations)
        var bundle = SupportBundle(
            hiding: KnownSecrets(SecretFile(folder.secrets), of: clusters))
        bundle.addProgram()
        bundle.addFolder(folder)
        if let snapshot {
            try bundle.add(snapshot, migrations)
        } else {
            bundle.add("Agent", [silence, "What follows is what was written down last."])
            try bundle.add(clusters ?? [], migrations)
        }
        await addLogs(of: migrations, stored, to: &bundle)
        await bundle.addLog(at: folder.log, of: InstanceLock.holder(of: folder)?.process)
        let path = output ?? "lagzero-support-\(Int(Date().timeIntervalSince1970)).txt"
        try bundle.write(to: path)
        surroundings.console.answer("Written to \(path). Read it before you send it.")
        if let gap = bundle.gap { surroundings.console.answer(gap) }
        return .done
    }

    /// Not from the agent, which may fall silent at any time. It has written down what it tells.
    private func addLogs(
        of migrations: [LiveMigration], _ stored: StoredState, to bundle: inout SupportBundle
    ) async {
        var trouble = stored.trouble
        if let store = stored.store {
            do {
                for migration in migrations {
                    bundle.addLog(
                        of: migration,
                        try await store.log(of: migration.id, after: 0, limit: .max))
                }
            } catch {
                trouble = trouble ?? error as? ControlError
            }
        }
        if let trouble { bundle.add("Store", [trouble.message, trouble.remedy ?? ""]) }
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

    /// `migrations`: those that there are; nil where that is not known. Throws a `UsageError` where the one that is named
    /// is none of them.
    private func chosen(from migrations: [LiveMigration]?) throws -> [LiveMigration] {
        guard let migrations else { return [] }
        guard let migration else { return migrations }
        let found = migrations.filter { $0.id.text == migration.lowercased() }
        guard !found.isEmpty else { throw UsageError("there is no migration '\(migration)'") }
        return found
    }
}

/// What the agent has written down, read beside it.
private struct StoredState {
    /// Nil where there is none, or none that can be opened.
    private(set) var store: Store?
    /// Nil where they cannot be read; empty where there is no store.
    private(set) var clusters: [ControlAPI.Cluster]?
    private(set) var migrations: [LiveMigration]?
    private(set) var trouble: ControlError?

    init(in folder: AgentFolder) async {
        guard access(folder.store, F_OK) == 0 else {
            (clusters, migrations) = ([], [])
            return
        }
        do {
            let store = try Store(reading: folder.store)
            self.store = store
            let contents = try await store.load()
            (clusters, migrations) = (contents.clusters, contents.migrations.map(\.live))
        } catch {
            trouble = error as? ControlError ?? ControlError(.store, "\(error)")
        }
    }
}
