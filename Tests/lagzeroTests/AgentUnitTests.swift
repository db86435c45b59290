import Testing

@testable import lagzero

@Suite struct AgentUnitTests {
    private func command(_ program: String) -> Substring? {
        AgentUnit.text(program: program).split(separator: "\n").first { $0.hasPrefix("ExecStart=") }
    }

    @Test func theUnitStartsTheProgramWhereverItIs() {
        #expect(command("/opt/lagzero") == "ExecStart=/opt/lagzero agent run")
        #expect(command("/opt/my own/lagzero") == "ExecStart=\"/opt/my own/lagzero\" agent run")
        #expect(command("/opt/100%h/lagzero") == "ExecStart=\"/opt/100%%h/lagzero\" agent run")
    }

    @Test func anAgentThatIsNotNeededIsNotStartedAgain() {
        let status = ExitStatus.alreadyRunning.rawValue
        #expect(AgentUnit.text(program: "/l").contains("RestartPreventExitStatus=\(status)\n"))
        #expect(ExitStatus.failed.rawValue != status)
    }
}
