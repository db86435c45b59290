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

    /// What the wizard alone has, without those that every command has.
    private var defaultOptions: [String] {
        get throws {
            let wizard = try #require(
                program.shownCommands.first { $0.commandName == program.defaultSubcommand })
            let names = wizard.shownArguments.flatMap { $0.names ?? [] }.map(\.text)
            #expect(names.contains("--replay") && names.contains("--state"))
            return names
        }
    }

    /// What bash offers for the last of these words.
    private func offered(_ words: [String]) async throws -> [String] {
        let scratch = try ScratchFolder()
        try text("usr/share/bash-completion/completions/lagzero").write(
            toFile: scratch.path + "/script", atomically: true, encoding: .utf8)
        let script = """
            cd "$0" && . ./script && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) && COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}; _lagzero lagzero "${@: -1}" "${@: -2:1}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let child = try scratch.start(
            ChildProcess.Launch(
                path: "/bin/bash",
                arguments: ["--norc", "-c", script, scratch.path, "lagzero"] + words,
                output: scratch.path + "/output"))
        try await child.ended(within: .seconds(60))
        let output = try String(contentsOfFile: scratch.path + "/output", encoding: .utf8)
        try await scratch.remove()
        return output.split(separator: "\n").map(String.init)
    }

    @Test func bashCompletesTheOptionsOfTheWizardWithoutItsName() async throws {
        let all = try await offered(["--"])
        for name in try defaultOptions { #expect(all.contains(name), "\(name): \(all)") }
        #expect(try await offered(["--rep"]) == ["--replay"])
        // Of a file, the value of an option.
        #expect(try await offered(["--watch", "--replay", "scr"]) == ["script"])
        #expect(try await offered(["--migration", ""]).isEmpty)
        #expect(try await offered(["mig"]) == ["migrate"])
        #expect(try await offered(["migrate", "--rep"]).isEmpty)
        #expect(try await offered(["migrate", "--source-f"]) == ["--source-file"])
        #expect(try await offered(["wizard", "--rep"]) == ["--replay"])
    }

    @Test func zshAndFishCompleteTheOptionsOfTheWizardWithoutItsName() throws {
        let zsh = try text("usr/share/zsh/vendor-completions/_lagzero")
        let start = try #require(zsh.range(of: "\n_lagzero() {\n"))
        let end = try #require(zsh[start.upperBound...].range(of: "\n}\n"))
        let root = zsh[start.upperBound..<end.lowerBound]
        let fish = try text("usr/share/fish/vendor_completions.d/lagzero.fish").split(
            separator: "\n")
        let known = try #require(fish.firstIndex { $0.hasSuffix("case 'lagzero'") })
        for name in try defaultOptions {
            #expect(root.contains("'\(name)[") || root.contains("{-h,--help}'["), "\(name)")
            let bare = String(name.drop { $0 == "-" })
            #expect(
                fish.contains {
                    $0.contains("options \"lagzero\" ") && $0.contains(" -l '\(bare)'")
                }
                    || bare == "h", "\(name)")
            #expect(fish[known + 1].contains(bare), "\(fish[known + 1])")
        }
        #expect(root.contains("'--replay[") && root.contains("]:file:_files'"))
        #expect(fish.count { $0.contains("\"lagzero\" version'") } == 1)
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
