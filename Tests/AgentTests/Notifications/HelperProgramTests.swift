import ControlAPI
import Foundation
import Sandbox
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct HelperProgramTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func run(
        _ script: String, input: String = "", within limit: Duration = .seconds(20)
    ) async throws {
        try await HelperProgram(
            path: "/bin/sh", arguments: ["-c", script, scratch.path], input: input
        ).run(within: limit)
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(scratch.path)/\(name)", encoding: .utf8)) ?? ""
    }

    /// More than a pipe holds.
    @Test func itReadsAllOfItsInput() async throws {
        let input = String(repeating: "0123456789", count: 20_000)
        try await run(#"cat > "$0/in""#, input: input)
        #expect(text("in") == input)
        // Nor does it matter where it reads nothing.
        try await run("exit 0", input: input)
    }

    @Test func itHasNoDescriptorOfOurs() async throws {
        try await run(#"ls /proc/self/fd | tr '\n' ' ' > "$0/fd""#)
        // The last one is that of ls, which reads the folder.
        #expect(text("fd") == "0 1 2 3 ")
    }

    @Test(arguments: [
        ("exit 3", "/bin/sh ended with status 3"), ("kill -9 $$", "/bin/sh was ended by signal 9"),
    ])
    func howItEndedIsSaid(script: String, message: String) async throws {
        let error = await #expect(throws: ControlError.self) { try await run(script) }
        #expect(error?.message == message)
    }

    @Test func oneThatHangsIsKilledWithAllThatItStarted() async throws {
        let error = await #expect(throws: ControlError.self) {
            try await run(
                #"sleep 600 & echo $! > "$0/pid"; wait"#, within: .seconds(2))
        }
        #expect(error?.message.contains("was killed") == true)
        let pid = try #require(pid_t(text("pid").trimmingCharacters(in: .newlines)))
        try await eventually("the sleeper is gone") {
            // Nobody may have taken note of its end yet.
            let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            return status?.contains(") Z ") ?? true
        }
    }

    @Test func aProgramThatIsNotThereIsSaid() async throws {
        let program = HelperProgram(path: "/nowhere/at-all", arguments: [], input: "")
        let error = await #expect(throws: ControlError.self) {
            try await program.run(within: .seconds(1))
        }
        #expect(error?.message == "cannot start /nowhere/at-all: No such file or directory")
        #expect(error?.remedy?.contains("config.yaml") == true)
    }
}
