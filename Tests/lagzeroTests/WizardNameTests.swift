import Testing

@testable import lagzero

/// How others see whoever sits before a wizard.
@Suite struct WizardNameTests {
    private func name(of user: String, calledBy caller: String?) -> String {
        TerminalWizard.signature(of: user, calledBy: caller, on: "bastion", terminal: "/dev/pts/3")
    }

    @Test func itIsThatOfTheUser() {
        #expect(name(of: "anna", calledBy: nil) == "anna@bastion pts/3")
        #expect(name(of: "anna", calledBy: "") == "anna@bastion pts/3")
        #expect(name(of: "anna", calledBy: "anna") == "anna@bastion pts/3")
    }

    @Test func thoseWhoShareAUserAreToldApart() {
        #expect(name(of: "lagzero", calledBy: "anna") == "anna as lagzero@bastion pts/3")
        #expect(name(of: "lagzero", calledBy: "jürgen") == "jürgen as lagzero@bastion pts/3")
    }

    @Test func nothingOfItMovesTheCursorOrFillsTheScreen() {
        #expect(name(of: "x", calledBy: "an\u{1b}[2J\nna\u{202e}") == "an[2Jna as x@bastion pts/3")
        let long = name(of: "x", calledBy: String(repeating: "a", count: 500))
        #expect(long.count < 60)
    }
}
