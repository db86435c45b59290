import Foundation
import Sandbox
import TerminalEmulator
import Testing

/// `lagzero demo` as a user meets it.
@Suite(.serialized, .timeLimit(.minutes(15))) struct DemoServerTests {
    /// The demo on a pseudo-terminal; its temporary files are in the folder.
    private func open(
        in folder: ScratchFolder, _ arguments: [String] = []
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(
            PseudoTerminal.program("lagzero"),
            ["demo", "--size", "2", "--rate", "100"] + arguments,
            environment: environment(folder))
        terminal.patience = .seconds(240)
        return terminal
    }

    private func environment(_ folder: ScratchFolder) -> [String: String] {
        let kept = ["HOME", "PATH", "LAGZERO_CACHE", "XDG_CACHE_HOME"]
        let own = [
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": folder.path,
            "LAGZERO_LAG_HOLD": "1",
        ]
        return ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
            .merging(own) { $1 }
    }

    /// What is there that only a demo makes.
    private func left(in folder: ScratchFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("lagzero-") }
    }

    /// Processes that were started for something in the folder.
    private func processes(of folder: ScratchFolder) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
            .filter { pid in
                let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
                let text = String(decoding: line, as: UTF8.self)
                return text.contains("--dbpath\0\(folder.path)/lagzero-")
                    || text.contains("--state\0\(folder.path)/lagzero-")
            }
    }

    private func isGone(_ folder: ScratchFolder) async throws {
        try await eventually("nothing is left", within: .seconds(60)) {
            try left(in: folder).isEmpty && processes(of: folder).isEmpty
        }
    }

    @Test func bothClustersAreThereWhileTheSampleDataIsFilledIn() async throws {
        let folder = try ScratchFolder()
        let terminal = try PseudoTerminal(
            PseudoTerminal.program("lagzero"), ["demo", "--size", "80", "--rate", "100"],
            environment: environment(folder))
        terminal.patience = .seconds(240)
        try terminal.wait("the clusters, while they are filled") {
            let screen = terminal.screen
            return screen.contains("Acme / shop") && screen.contains("Acme Cloud / shop-prod")
                && screen.contains("Filling shop-rs0:") && screen.contains("% of 80 MB")
        }
        try terminal.shows("writes/s to shop-rs0")
        // What the inventory says of it is what it has become.
        try terminal.wait("the size of the source") {
            terminal.screen.split(separator: "\n").contains {
                $0.contains("Acme / shop") && $0.contains(" MB")
            }
        }
        terminal.send("dd")
        #expect(try terminal.endsWell())
        try await isGone(folder)
        try await folder.remove()
    }

    @Test func itOpensTheWizardAtOnceAndLeavesNothingBehind() async throws {
        let folder = try ScratchFolder()
        let begin = ContinuousClock.now
        let terminal = try open(in: folder)
        let found = terminal.settings()
        try terminal.shows("Migration Hub")
        let first = ContinuousClock.now - begin
        try terminal.shows("Acme Cloud / shop-prod")
        let ready = ContinuousClock.now - begin
        print("the demo's first screen after \(first), both clusters after \(ready)")
        try terminal.shows("writes/s to shop-rs0")
        #expect(terminal.screen.contains("DEMO"))
        try terminal.send("s", until: "s starts the application")
        try terminal.send("?", until: "Start the application")
        terminal.send("q")
        try terminal.wait("the end of the help") { !terminal.screen.contains("Everywhere") }
        try terminal.send("s", until: "writes/s to shop-rs0")
        #expect(try processes(of: folder).count >= 3)
        try terminal.send("d", until: "Again ends the demo")
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        #expect(terminal.text.contains("their data removed"))
        #expect(try left(in: folder).isEmpty)
        #expect(try processes(of: folder).isEmpty)
        try await folder.remove()
    }

    @Test(arguments: [SIGHUP, SIGTERM, SIGKILL])
    func nothingIsLeftAfterASignal(signal: Int32) async throws {
        let folder = try ScratchFolder()
        let terminal = try open(in: folder)
        let found = terminal.settings()
        try terminal.shows("writes/s to shop-rs0")
        kill(terminal.child, signal)
        let status = try terminal.end()
        if signal != SIGKILL {
            #expect(status == 0)
            #expect(terminal.settings() == found)
        }
        try await isGone(folder)
        try await folder.remove()
    }

    @Test func itCanBeLeftWhileItIsStillBeingSetUp() async throws {
        let folder = try ScratchFolder()
        let terminal = try open(in: folder)
        try terminal.shows("Migration Hub")
        try terminal.send("d", until: "Again ends the demo")
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await isGone(folder)
        try await folder.remove()
    }

    /// Sets a fault of the list or takes it back, and waits until the band says so.
    private func take(_ fault: Int, _ terminal: PseudoTerminal, set state: String? = nil) throws {
        try terminal.send("F", until: "what is set stays until it is taken back here")
        terminal.send("\(fault)")
        try terminal.wait("fault \(fault), \(state ?? "none")") {
            let band = terminal.emulated.lines[1]
            return state.map { band.contains("F: \($0)") } ?? band.contains("F faults")
        }
    }

    @Test func theWholeWayAsTheGuideLeadsThroughEveryFaultEndsWithAReport() async throws {
        let folder = try ScratchFolder()
        let terminal = try open(in: folder, ["--guide"])
        try terminal.shows("writes/s to shop-rs0")
        #expect(terminal.emulated.lines[2].hasPrefix(" 1/18  Enter begins a migration."))
        try terminal.beginDemo()
        try terminal.shows(" 6/18 ")
        try take(1, terminal, set: "network cut")
        try terminal.shows("Waiting for")
        try take(1, terminal)
        try terminal.shows(" 8/18 ")
        try take(2, terminal, set: "network slow")
        try take(2, terminal)
        try take(3, terminal, set: "network silent")
        try take(3, terminal)
        // It may be over before anybody has seen it.
        try terminal.send("F", until: "4  Step down the primary of shop-rs0")
        try terminal.send("4", until: " 9/18 ")
        try take(5, terminal, set: "member frozen")
        try take(5, terminal)
        try take(6, terminal, set: "agent killed")
        try terminal.shows("No news from the agent")
        try terminal.send("A", until: "11/18 ")
        try terminal.shows("Your source and destination clusters are in sync.")
        try terminal.send("\r", until: "I'm ready to cutover")
        try terminal.send("\r", until: "Before you stop anything")
        try terminal.confirm("shop-atlas", until: "I confirm that I've stopped writes")
        try terminal.send(" ", until: "[x] I confirm")
        // What was confirmed is not so.
        terminal.send("\t\t\r")
        try terminal.wait("a refusal below what was said of the check mark") {
            terminal.screen.components(separatedBy: "The application still writes: s stops it.")
                .count == 3
        }
        try terminal.send("s", until: "s starts the application")
        try terminal.send("\r", until: "You have successfully migrated to Atlas")
        try terminal.send("s", until: "writes/s to shop-atlas")
        try terminal.send("r", until: "( Release source )")
        try terminal.send("\t\r", until: "All done.")
        terminal.send("dd")
        #expect(try terminal.endsWell())
        let report = terminal.text.components(separatedBy: "Training report").last ?? ""
        print("Training report" + report)
        #expect(report.contains("Steps: 18 of 18 done"))
        for state in [
            "network cut", "network slow", "network silent", "election", "member frozen",
            "agent killed",
        ] { #expect(report.contains("  \(state), for "), "\(state)") }
        #expect(report.contains("4 of 4 collections identical"))
        #expect(try left(in: folder).isEmpty)
        try await folder.remove()
    }

    @Test func withoutATerminalItMigratesByItself() async throws {
        let folder = try ScratchFolder()
        let run = try await LagzeroProcess.run(
            ["demo", "--size", "1", "--rate", "50"], environment: environment(folder))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("Starting two replica sets"))
        #expect(run.errors.contains("their data removed"))
        #expect(!run.output.isEmpty)
        #expect(try left(in: folder).isEmpty)
        try await folder.remove()
    }
}
