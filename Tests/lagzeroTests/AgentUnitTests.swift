import ControlAPI
import Testing

@testable import lagzero

@Suite struct AgentUnitTests {
    private let state = AgentFolder(path: "/var/lagzero")

    private func command(_ program: String) -> Substring? {
        AgentUnit.text(program: program, state: state).split(separator: "\n").first {
            $0.hasPrefix("ExecStart=")
        }
    }

    @Test func theUnitStartsTheProgramWhereverItIs() {
        let run = "agent run --state \"/var/lagzero\""
        #expect(command("/opt/lagzero") == "ExecStart=\"/opt/lagzero\" \(run)")
        #expect(command("/opt/my own/lagzero") == "ExecStart=\"/opt/my own/lagzero\" \(run)")
        #expect(command("/opt/100%h/lagzero") == "ExecStart=\"/opt/100%%h/lagzero\" \(run)")
    }

    /// systemd refuses it as the first word, quoted or not.
    @Test(arguments: [
        ("/opt/anna's/lagzero", "/opt/anna's/lagzero"), ("/opt/$HOME/l", "/opt/$$HOME/l"),
        (#"/opt/"a\b"/l"#, #"/opt/\"a\\b\"/l"#),
    ])
    func aProgramThatSystemdCannotNameIsStartedForIt(program: String, word: String) {
        #expect(command(program)?.hasPrefix("ExecStart=/usr/bin/env \"\(word)\" agent run") == true)
    }

    @Test func aStateFolderIsOneWordWhateverIsInIt() {
        let state = AgentFolder(path: "/var/o'neill $HOME;x")
        let text = AgentUnit.text(program: "/l", state: state)
        #expect(text.contains("\nExecStart=\"/l\" agent run --state \"/var/o'neill $$HOME;x\"\n"))
    }

    @Test func anAgentThatIsNotNeededIsNotStartedAgain() {
        let status = ExitStatus.alreadyRunning.rawValue
        let text = AgentUnit.text(program: "/l", state: state)
        #expect(text.contains("RestartPreventExitStatus=\(status)\n"))
        #expect(text.contains("\nKillMode=mixed\n"))
        #expect(ExitStatus.failed.rawValue != status)
    }

    @Test func aConfigurationElsewhereIsFoundByTheUnitToo() {
        func line(_ configuration: String?) -> Substring? {
            AgentUnit.text(program: "/l", state: state, configuration: configuration)
                .split(separator: "\n").first { $0.hasPrefix("Environment=") }
        }
        #expect(line("/srv/my 100%") == "Environment=\"XDG_CONFIG_HOME=/srv/my 100%%\"")
        #expect(line("/srv/config") == "Environment=\"XDG_CONFIG_HOME=/srv/config\"")
        // No variables are looked for in it.
        #expect(line("/srv/a's$b") == "Environment=\"XDG_CONFIG_HOME=/srv/a's$b\"")
        #expect(line(nil) == nil && line("") == nil)
    }
}
