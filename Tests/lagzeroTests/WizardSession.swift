import ControlAPI
import Sandbox
import Terminal
import TerminalTesting

/// A folder for an agent, and the wizard on a pseudo-terminal as often as it is opened.
final class WizardSession {
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

extension PseudoTerminal {
    /// What is shown now.
    var screen: String {
        var emulator = Emulator(Size(80, 24))
        emulator.feed(output)
        return emulator.lines.joined(separator: "\n")
    }

    /// Reads until the screen shows the text.
    func shows(_ text: String) throws {
        try wait("\"\(text)\" on the screen") { screen.contains(text) }
    }

    /// Sends keys, then reads until the screen shows the text.
    func send(_ keys: String, until text: String) throws {
        send(keys)
        try shows(text)
    }

    func paste(_ text: String) { send("\u{1b}[200~\(text)\u{1b}[201~") }

    /// Whether the program has ended well.
    func endsWell() throws -> Bool {
        let status = try end()
        return status & 0x7f == 0 && status >> 8 & 0xff == 0
    }
}
