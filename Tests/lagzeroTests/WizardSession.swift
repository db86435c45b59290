import ControlAPI
import Foundation
import Sandbox
import TerminalEmulator

@testable import Wizard
@testable import lagzero

/// A folder for an agent, and the wizard on a pseudo-terminal as often as it is opened.
final class WizardSession {
    let scratch: ScratchFolder
    let folder: AgentFolder

    /// How fast the time to cut over passes, and what `config.yaml` says.
    private let settings: (clockSpeed: Int, configuration: String)

    init(clockSpeed: Int = 1, configuration: String = "") throws {
        scratch = try ScratchFolder()
        folder = AgentFolder(path: scratch.path + "/state")
        settings = (clockSpeed, configuration)
        if clockSpeed > 1 { try DemoClock.set(clockSpeed, in: folder) }
        guard !configuration.isEmpty else { return }
        let place = scratch.path + "/config/lagzero"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        try configuration.write(toFile: place + "/config.yaml", atomically: true, encoding: .utf8)
    }

    /// The same on another host: nothing is known there.
    func elsewhere() throws -> WizardSession {
        try WizardSession(
            clockSpeed: settings.clockSpeed, configuration: settings.configuration)
    }

    /// Where what is shown may be recorded.
    var recording: String { scratch.path + "/session.cast" }

    private var environment: [String: String] {
        [
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            AgentFolder.variable: folder.path, "XDG_CONFIG_HOME": scratch.path + "/config",
            // Seconds; it is inherited by the agent.
            "LAGZERO_LAG_HOLD": "1",
        ]
    }

    func open(
        _ changes: [String: String] = [:], _ arguments: [String] = [], columns: Int = 80,
        rows: Int = 24
    ) throws -> PseudoTerminal {
        try PseudoTerminal(
            PseudoTerminal.program("lagzero"), arguments,
            environment: environment.merging(changes) { $1 },
            columns: columns, rows: rows)
    }

    /// Deaf to a line that is cut.
    func openWithoutHangUps() throws -> PseudoTerminal {
        let script = "trap '' HUP; exec \(try PseudoTerminal.program("lagzero"))"
        return try PseudoTerminal("/bin/bash", ["--norc", "-c", script], environment: environment)
    }

    /// Unable to write more than 1 KiB to a file. The signal would end it before it can ignore that itself.
    func openWithSmallFiles(_ arguments: [String]) throws -> PseudoTerminal {
        let script =
            "trap '' XFSZ; ulimit -f 1; exec \(try PseudoTerminal.program("lagzero")) \"$@\""
        return try PseudoTerminal(
            "/bin/bash", ["--norc", "-c", script, "lagzero"] + arguments, environment: environment)
    }

    /// As a job of a shell, which says `STOPPED` and `ENDED`, and goes on after a line.
    func openFromShell(_ arguments: [String] = []) throws -> PseudoTerminal {
        let program = try PseudoTerminal.program("lagzero")
        let script =
            "set -m; \(program) \"$@\"; echo STOPPED; read -r; fg >/dev/null; echo ENDED"
        return try PseudoTerminal(
            "/bin/bash", ["--norc", "-c", script, "bash"] + arguments, environment: environment)
    }

    /// Waits until so many boxes of *Get Started* are ticked in what is kept.
    func keeps(ticked: Int) async throws {
        let file = SavedStateFile(folder.wizard)
        try await eventually("\(ticked) boxes are kept", within: .seconds(60)) {
            guard case .getStarted(let page) = await file.load()?.pages.last else { return false }
            return page.ticked.count == ticked
        }
    }

    /// Stops the agent that the wizard has started.
    func end() async throws {
        _ = try await LagzeroProcess.run(["agent", "stop", "--state", folder.path])
        try await scratch.remove()
    }
}

extension PseudoTerminal {
    /// Reads until the screen shows the text.
    func shows(_ text: String) throws {
        try wait("\"\(text)\" on the screen") { screen.contains(text) }
    }

    /// Sends keys, then reads until the screen shows the text.
    func send(_ keys: String, until text: String) throws {
        send(keys)
        try shows(text)
    }

    /// From the hub: adds a cluster by pasting its connection string, under another name than the one proposed.
    func addCluster(_ connectionString: String, named name: String) throws {
        try send("a", until: "Connection string")
        paste(connectionString)
        try send("\t\t\t\u{15}\(name)\t\t\t\t\r", until: "Added \(name).")
    }

    /// From Get Started, with the one organization there is, to both clusters chosen on Set up Migration.
    func chooseClusters(source: String, destination: String) throws {
        // To Continue: the ring goes round over the organization.
        try send("\u{1b}[Z\u{1b}[Z\r", until: "Connect to your source cluster")
        try send("\t\t\r\(source)\r", until: "[ \(source)")
        try send("\t\t\r\(destination)\r", until: "[ \(destination)")
    }

    /// Types the name of the destination key by key, as it has to be, and goes on.
    func confirm(_ name: String, until text: String) throws {
        try type(name, behind: "destination cluster:  ")
        try send("\r\r", until: text)
    }

    /// Key by key, each when the one before is seen.
    func type(_ name: String, behind text: String) throws {
        for end in name.indices { try send(String(name[end]), until: text + name[...end]) }
    }

    /// From the hub of the demo to a migration that goes on.
    func beginDemo() throws {
        try send("\r", until: "Before you begin")
        try send("\u{1b}[Z\rCloud\r", until: "[ Acme Cloud")
        try send("\u{1b}[Z\r", until: "Connect to your source cluster")
        try send("\rAcme\r", until: "[ shop  ")
        try send("\t\t\rrs0\r", until: "[ shop-rs0")
        try send("\t\t\ratlas\r", until: "[ shop-atlas")
        try send("\t\t\t\t\t\r", until: "✔ Passed")
        try send("\r", until: "( Start Migration )")
        try send("\r", until: "Start to migrate shop-rs0 to shop-atlas?")
        try send("\t\r", until: "Applying new writes")
    }

    /// Has it paint until nothing more goes in, as nobody reads.
    func stall() {
        var isFull = false
        while !isFull {
            let before = unread
            send("\u{c}")
            isFull = !grows(beyond: before)
        }
    }

    func paste(_ text: String) { send("\u{1b}[200~\(text)\u{1b}[201~") }

    /// Whether the program has ended well.
    func endsWell() throws -> Bool {
        let status = try end()
        return status & 0x7f == 0 && status >> 8 & 0xff == 0
    }
}
