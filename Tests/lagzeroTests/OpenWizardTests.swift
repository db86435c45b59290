import ControlAPI
import Glibc
import Sandbox
import Terminal
import TerminalTesting
import Testing

/// The real program on a real pseudo-terminal, with an agent of its own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OpenWizardTests {
    private static let secret = "geheim-hunter2"

    private final class Session {
        let scratch: ScratchFolder
        let folder: AgentFolder

        init() throws {
            scratch = try ScratchFolder()
            folder = AgentFolder(path: scratch.path + "/state")
        }

        func open(_ environment: [String: String] = [:]) throws -> PseudoTerminal {
            let own = [
                "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                AgentFolder.variable: folder.path,
            ]
            return try PseudoTerminal(
                PseudoTerminal.program("lagzero"), environment: own.merging(environment) { $1 })
        }

        /// Stops the agent that the wizard has started.
        func end() async throws {
            _ = try await LagzeroProcess.run(["agent", "stop", "--state", folder.path])
            try await scratch.remove()
        }
    }

    /// What the terminal shows now.
    private func screen(_ terminal: PseudoTerminal) -> String {
        var emulator = Emulator(Size(80, 24))
        emulator.feed(terminal.output)
        return emulator.lines.joined(separator: "\n")
    }

    private func expect(_ text: String, on terminal: PseudoTerminal) throws {
        try terminal.wait("\"\(text)\" on the screen") { screen(terminal).contains(text) }
    }

    private func leaves(_ terminal: PseudoTerminal) throws -> Bool {
        let status = try terminal.end()
        return status & 0x7f == 0 && status >> 8 & 0xff == 0
    }

    @Test func t17S21AClusterIsAddedByKeysAndTheTerminalIsLeftAsItWasFound() async throws {
        let session = try Session()
        let terminal = try session.open()
        let found = terminal.settings()
        try expect("Migration Hub", on: terminal)
        try expect("None yet. A migration needs two", on: terminal)
        terminal.send("?")
        try expect("Everywhere", on: terminal)
        terminal.send("q")
        try terminal.wait("the end of the help") { !screen(terminal).contains("Everywhere") }
        terminal.send("a")
        try expect("Connection string", on: terminal)
        let text =
            "mongodb://anna:\(Self.secret)@127.0.0.1:1/?serverSelectionTimeoutMS=100&replicaSet=rs0"
        terminal.send("\u{1b}[200~\(text)\u{1b}[201~")
        try expect("replicaSet=rs0", on: terminal)
        terminal.send("\t\tx\t\t\t\t\r")
        try expect("! not reached", on: terminal)
        #expect(screen(terminal).contains("Local / Default"))
        terminal.send("d")
        #expect(try leaves(terminal))
        #expect(terminal.settings() == found)
        #expect(terminal.text.contains("Detached from the agent."))
        #expect(!terminal.text.contains(Self.secret))
        var information = stat()
        #expect(stat(session.folder.wizard, &information) == 0)
        #expect(information.st_mode & 0o777 == 0o600)
        try await session.end()
    }

    @Test(arguments: [SIGHUP, SIGTERM])
    func t8AfterAHangUpTheSamePageOpensAgain(signal: Int32) async throws {
        let session = try Session()
        let first = try session.open()
        let found = first.settings()
        try expect("None yet", on: first)
        first.send("\r")
        try expect("Before you begin   0 of 8", on: first)
        first.send("  ")
        first.send(" ")
        try expect("Before you begin   1 of 8", on: first)
        kill(first.child, signal)
        #expect(try leaves(first))
        #expect(first.settings() == found)
        let second = try session.open()
        try expect("Before you begin   1 of 8", on: second)
        second.send("\u{3}")
        try expect("Ctrl-C again leaves", on: second)
        second.send("\u{3}")
        #expect(try leaves(second))
        try await session.end()
    }

    @Test func t5ATerminalWithoutAScreenIsRefused() async throws {
        let session = try Session()
        let terminal = try session.open(["TERM": "dumb"])
        let status = try terminal.end()
        #expect(status >> 8 & 0xff == 2)
        #expect(terminal.text.contains("TERM says"))
        try await session.scratch.remove()
    }
}
