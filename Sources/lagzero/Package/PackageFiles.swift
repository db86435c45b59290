import ArgumentParser
import Foundation

/// `lagzero package-files`: what a package of the program holds beside it, made from the program itself.
struct PackageFiles: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write manual, completions and systemd units below a folder.",
        shouldDisplay: false)

    /// Where a package puts the program, and examples.
    static let program = "/usr/bin/lagzero"
    static let examples = "/usr/share/doc/lagzero/examples"

    @Argument(help: "Folder that stands for the root of the host.", completion: .directory)
    var folder: String

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        for (path, text) in try PackageFiles.all() {
            let file = URL(fileURLWithPath: folder).appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return .done
    }

    /// Texts by their paths below the root.
    static func all() throws -> [String: String] {
        let completions = DefaultCompletions(
            program: Lagzero.configuration.commandName ?? "",
            command: OpenWizard.configuration.commandName ?? "")
        let share = "usr/share", systemd = "usr/lib/systemd"
        var files = [
            "\(share)/bash-completion/completions/lagzero": completions.bash(
                Lagzero.completionScript(for: .bash)),
            "\(share)/zsh/vendor-completions/_lagzero": completions.zsh(
                Lagzero.completionScript(for: .zsh)),
            "\(share)/fish/vendor_completions.d/lagzero.fish": completions.fish(
                Lagzero.completionScript(for: .fish)),
            "\(systemd)/user/lagzero-agent.service": AgentUnit.text(program: program)
                + "\n",
            "\(systemd)/system/lagzero-agent@.service": AgentUnit.text(
                program: program, manager: .host) + "\n",
        ]
        let version = Lagzero.configuration.version
        for (name, text) in Manual.pages(of: try .ofProgram(), version: version) {
            files["\(share)/man/man1/\(name)"] = text
        }
        return files
    }
}
