import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What is there to be read can be copied.
@Suite struct DetailsDialogTests {
    private func copied(_ wizard: WizardPilot) -> String? {
        for case .copy(let text) in wizard.requests.reversed() { return text }
        return nil
    }

    @Test(arguments: [
        ("validate-why", "What to do: Clear the data of the destination"),
        ("failed-details", "db.adminCommand"),
        ("success-details", "The access-list entry 10.0.0.1/32 of shop-atlas is still there."),
    ])
    func yCopiesTheWholeText(picture: String, text: String) throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == picture })
        var wizard = screenshot.wizard(Size(80, 24))
        #expect(wizard.footer.contains("y Copy"))
        wizard.press(.character("y"))
        #expect(copied(wizard)?.contains(text) == true)
        #expect(wizard.message == " Sent to the terminal's clipboard.")
        wizard.press(.enter)
        #expect(!wizard.footer.contains("Enter Close"))
    }

    @Test func yCopiesTheAddressOfACluster() {
        var wizard = WizardPilot()
        wizard.press(.end, .enter, .character("y"))
        #expect(copied(wizard) == "mongodb://***@archive.example.net/?replicaSet=rs0")
        wizard.press(.escape, .character("y"))
        #expect(wizard.requests.count { if case .copy = $0 { true } else { false } } == 1)
    }
}
