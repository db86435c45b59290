import Testing

@testable import Terminal

@Suite struct TerminalOptionsTests {
    private func options(_ environment: [String: String]) -> TerminalOptions? {
        TerminalOptions(environment: environment)
    }

    @Test(arguments: ["SSH_TTY", "SSH_CONNECTION", "SUDO_USER"])
    func overSSHASequenceMayTakeItsTime(name: String) {
        #expect(TerminalOptions.variables.contains(name))
        let remote = options(["TERM": "xterm", name: "/dev/pts/0"])
        #expect(remote?.escapeDelay == .milliseconds(100))
        #expect(options(["TERM": "xterm"])?.escapeDelay == .milliseconds(25))
    }

    @Test(arguments: [[:], ["TERM": ""], ["TERM": "dumb"]])
    func whereThereIsNoScreenThereAreNoOptions(environment: [String: String]) {
        #expect(options(environment) == nil)
    }

    @Test func noColourIsUsedWhereNoneIsWanted() {
        #expect(options(["TERM": "xterm"])?.hasColours == true)
        #expect(options(["TERM": "xterm", "NO_COLOR": "1"])?.hasColours == false)
        #expect(options(["TERM": "xterm", "NO_COLOR": ""])?.hasColours == true)
    }
}
