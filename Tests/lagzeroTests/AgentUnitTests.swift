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
        let run = "agent run --state /var/lagzero"
        #expect(command("/opt/lagzero") == "ExecStart=/opt/lagzero \(run)")
        #expect(command("/opt/my own/lagzero") == "ExecStart=\"/opt/my own/lagzero\" \(run)")
        #expect(command("/opt/100%h/lagzero") == "ExecStart=\"/opt/100%%h/lagzero\" \(run)")
    }

    @Test func anAgentThatIsNotNeededIsNotStartedAgain() {
        let status = ExitStatus.alreadyRunning.rawValue
        let text = AgentUnit.text(program: "/l", state: state)
        #expect(text.contains("RestartPreventExitStatus=\(status)\n"))
        #expect(ExitStatus.failed.rawValue != status)
    }

    @Test func aConfigurationElsewhereIsFoundByTheUnitToo() {
        func line(_ configuration: String?) -> Substring? {
            AgentUnit.text(program: "/l", state: state, configuration: configuration)
                .split(separator: "\n").first { $0.hasPrefix("Environment=") }
        }
        #expect(line("/srv/my 100%") == "Environment=\"XDG_CONFIG_HOME=/srv/my 100%%\"")
        #expect(line("/srv/config") == "Environment=XDG_CONFIG_HOME=/srv/config")
        #expect(line(nil) == nil && line("") == nil)
    }
}
