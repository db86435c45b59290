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
            but no document, and of every connection string the password is left out. Read it \
            before you send it.
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
        let isRunning = InstanceLock.holder(of: folder) != nil
        var bundle = SupportBundle(hiding: secrets)
        bundle.addProgram()
        bundle.addFolder(folder)
        if isRunning {
            try await state.withClient { client in
                let snapshot = try await client.snapshot()
                let migrations = try chosen(from: snapshot)
                try bundle.add(snapshot, migrations)
                for migration in migrations {
                    try await bundle.addLog(of: migration, client)
                }
            }
        } else {
            if migration != nil { throw UsageError("no agent runs that could tell of a migration") }
            bundle.add("Agent", ["No agent runs: what it knows of migrations is missing here."])
        }
        bundle.addLog(at: folder.log)
        let path = output ?? "lagzero-support-\(Int(Date().timeIntervalSince1970)).txt"
        try bundle.write(to: path)
        surroundings.console.answer("Written to \(path). Read it before you send it.")
        return .done
    }

    private func chosen(from snapshot: Snapshot) throws -> [LiveMigration] {
        guard let migration else { return snapshot.migrations }
        let found = snapshot.migrations.filter { $0.id.text == migration }
        guard !found.isEmpty else { throw UsageError("there is no migration '\(migration)'") }
        return found
    }
}
