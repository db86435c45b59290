import Glibc
import Sandbox
import TerminalEmulator

/// `lagzero demo`, from its start to the first page that is of use.
extension TerminalBench {
    /// The hub with both of its clusters in it, over replica sets that are started meanwhile.
    func demoFigure() throws -> Figure {
        console.say("Measuring the start of the demo")
        var environment = ScreenProgram.screenEnvironment(home: home.path)
        // Where the servers are.
        for name in ["HOME", "XDG_CACHE_HOME", "LAGZERO_CACHE"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        environment["TMPDIR"] = home.path
        let terminal = try PseudoTerminal(
            try EngineProcess.ownPath(), ["demo"], environment: environment)
        terminal.patience = Tuning.benchDemoPatience
        var times: [Duration] = []
        for mark in ["Migration Hub", "Acme Cloud / shop-prod"] {
            try terminal.wait(mark) { terminal.screen.contains(mark) }
            times.append((terminal.arrivals.last?.time ?? .now) - terminal.started)
        }
        terminal.send("dd")
        try terminal.end()
        return Figure(
            name: "exec of the demo to both clusters", measured: times[1].milliseconds / 1_000,
            limit: 10, unit: .seconds,
            note: "the hub after \(Units.fixed(times[0].milliseconds / 1_000, 1)) s")
    }
}
