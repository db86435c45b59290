import Foundation
import Sandbox
import Testing

@testable import lagzero

@Suite(.timeLimit(.minutes(10))) struct PackageFilesTests {
    private let files: [String: String]
    private let program: CommandInfo

    init() throws {
        files = try PackageFiles.all()
        program = try .ofProgram()
    }

    private func text(_ path: String) throws -> String { try #require(files[path]) }

    /// Every shown command with what it takes.
    private var commands: [CommandInfo] {
        var found: [CommandInfo] = []
        var rest = program.shownCommands
        while let command = rest.popLast() {
            found.append(command)
            rest += command.shownCommands
        }
        return found
    }

    @Test(arguments: [
        "usr/share/bash-completion/completions/lagzero",
        "usr/share/zsh/vendor-completions/_lagzero",
    ])
    func everyCommandAndOptionIsCompleted(path: String) throws {
        let script = try text(path)
        for command in commands {
            // To the function of the next command.
            let start = try #require(
                script.range(of: "\n_\(command.words.joined(separator: "_"))() {\n"))
            let part = script[start.upperBound...]
            let function = part[..<(part.range(of: "\n}\n")?.lowerBound ?? part.endIndex)]
            for name in command.shownArguments.flatMap({ $0.names ?? [] }) {
                #expect(function.contains(name.text), "\(command.words) \(name.text)")
            }
        }
    }

    @Test func fishCompletesEveryCommandAndOption() throws {
        let lines = try text("usr/share/fish/vendor_completions.d/lagzero.fish").split(
            separator: "\n")
        for command in commands {
            let its = lines.filter { $0.contains("\"\(command.words.joined(separator: " "))\"") }
            for name in command.shownArguments.flatMap({ $0.names ?? [] }) {
                #expect(its.contains { $0.contains(" -l '\(name.name)'") }, "\(command.words)")
            }
        }
        for command in program.shownCommands {
            #expect(lines.contains { $0.contains("-fa '\(command.commandName)'") })
        }
    }

    @Test func pathsAreCompletedAsPaths() throws {
        let script = try text("usr/share/zsh/vendor-completions/_lagzero")
        let paths = script.split(separator: "\n").filter {
            $0.contains("]:path:") || $0.contains("]:file:") || $0.contains("]:folder:")
        }
        #expect(paths.count > 10)
        #expect(paths.allSatisfy { $0.contains("_files") })
    }

    @Test func theUnitsStartTheProgramWhereThePackagePutsIt() throws {
        let user = try text("usr/lib/systemd/user/lagzero-agent.service")
        let host = try text("usr/lib/systemd/system/lagzero-agent@.service")
        for unit in [user, host] {
            // Not in a folder of whoever builds the package.
            #expect(unit.contains("\nExecStart=\"/usr/bin/lagzero\" agent run\n"))
            #expect(unit.contains("\nUMask=0077\n"))
        }
        #expect(user.hasSuffix("\nWantedBy=default.target\n") && !user.contains("User="))
        #expect(host.hasSuffix("\nWantedBy=multi-user.target\n") && host.contains("\nUser=%i\n"))
    }

    @Test func theProgramWritesTheFilesOfItsPackage() async throws {
        let folder = try ScratchFolder()
        let run = try await LagzeroProcess.run(["package-files", folder.path])
        #expect(run.status == 0 && run.errors.isEmpty)
        for (path, text) in files {
            let written = try String(contentsOfFile: "\(folder.path)/\(path)", encoding: .utf8)
            #expect(written == text, "\(path)")
        }
        #expect(files.count >= 5 + program.shownCommands.count)
        try await folder.remove()
    }
}
