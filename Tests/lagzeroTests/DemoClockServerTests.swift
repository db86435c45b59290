import ControlAPI
import Foundation
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// `lagzero demo --clock`: the days in which a migration can be cut over pass in seconds.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DemoClockServerTests {
    private func open(in folder: ScratchFolder) throws -> PseudoTerminal {
        let kept = ["HOME", "PATH", "LAGZERO_CACHE", "XDG_CACHE_HOME"]
        let own = [
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": folder.path,
            "XDG_CONFIG_HOME": folder.path,
        ]
        let terminal = try PseudoTerminal(
            PseudoTerminal.program("lagzero"),
            ["demo", "--size", "1", "--rate", "50", "--clock", "18000"],
            environment: ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
                .merging(own) { $1 })
        terminal.patience = .seconds(240)
        return terminal
    }

    /// It calls nobody meanwhile, whatever is configured.
    @Test func s8S15TheDemoIsExtendedExpiresAndIsRetriedWithinAMinute() async throws {
        let folder = try ScratchFolder()
        let (settings, called) = (folder.path + "/lagzero", folder.path + "/called")
        try FileManager.default.createDirectory(
            atPath: settings, withIntermediateDirectories: true)
        try "notifications:\n  command: [/usr/bin/touch, \(called)]\n".write(
            toFile: settings + "/config.yaml", atomically: true, encoding: .utf8)
        let terminal = try open(in: folder)
        try terminal.shows("   1 s = 5 h")
        try terminal.shows("writes/s to shop-rs0")
        try terminal.beginDemo()
        try terminal.shows("Your source and destination clusters are in sync.")
        try terminal.send("\r", until: "left to cut over  (1 s = 5 h)")
        try terminal.send("\t\r", until: "New end")
        try terminal.send("\r", until: "Extended:")
        try terminal.shows("The time to cut over has run out.")
        try terminal.shows("✘ Expired.")
        try terminal.send("L", until: "notice: less than 24 hours left to cut over")
        try terminal.send("\u{1b}", until: "✘ Expired.")
        try terminal.send("r", until: "─ Retry ─")
        try terminal.send("\r", until: "Your source and destination clusters are in sync.")
        try terminal.wait("days that are left") { terminal.screen.contains(/[34] d .*left/) }
        terminal.send("dd")
        #expect(try terminal.endsWell())
        #expect(!FileManager.default.fileExists(atPath: called))
        try await folder.remove()
    }

    @Test func aFolderThatSaysNonsenseIsRefused() async throws {
        let folder = try ScratchFolder()
        let state = AgentFolder(path: folder.path + "/state")
        #expect(try DemoClock.speed(in: state) == 1)
        try DemoClock.set(3_600, in: state)
        #expect(try DemoClock.speed(in: state) == 3_600)
        try DemoClock.set(1_000_000, in: state)
        #expect(throws: ControlError.self) { try DemoClock.speed(in: state) }
        try await folder.remove()
    }

    /// Copied from a demo, or written by hand.
    @Test func noMigrationButADemosIsHurried() async throws {
        let folder = try ScratchFolder()
        let state = AgentFolder(path: folder.path + "/home/state")
        try DemoClock.set(3_600, in: state)
        #expect(throws: ControlError.self) { try DemoClock.speed(in: state) }
        try await folder.remove()
    }
}
