import ControlAPI
import Foundation
import Terminal
import Testing
import Wizard

@testable import lagzero

@Suite struct ConfigurationTests {
    private func configuration(_ text: String) throws -> Configuration {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "config-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        return Configuration(file: file.path)
    }

    private let themes = Themes(folder: nil)

    @Test func everySettingCounts() throws {
        let configuration = try configuration(
            "theme: high-contrast\nascii: true\nmouse: yes\nverify: false\nloadLevel: 2\n")
        var expected = Preferences()
        expected.theme = "high-contrast"
        (expected.hasMouse, expected.verify, expected.loadLevel) = (true, false, 2)
        #expect(configuration.preferences == expected)
        #expect(configuration.isASCII)
        #expect(configuration.trouble(themes) == nil)
    }

    @Test(arguments: ["", "# nothing\n"])
    func anEmptyFileSaysNothing(text: String) throws {
        let configuration = try configuration(text)
        #expect(configuration.preferences == Preferences())
        #expect(configuration.trouble(themes) == nil)
        #expect(Configuration(file: "/nowhere/config.yaml").trouble(themes) == nil)
    }

    @Test(arguments: [
        ("colour: blue\nloadLevel: 2\n", "line 1: there is no setting colour"),
        ("loadLevel: 2\nmouse: perhaps\n", "line 2: this is true or false"),
        ("loadLevel: 2\ntheme: [a, b]\n", "line 2: a name is missing"),
    ])
    func aMistakeIsNamedAndTheRestCounts(text: String, message: String) throws {
        let configuration = try configuration(text)
        let trouble = configuration.trouble(themes)
        #expect(trouble?.message.contains(message) == true)
        #expect(trouble?.remedy == "The rest of the file counts.")
        #expect(configuration.preferences.loadLevel == 2)
    }

    @Test(arguments: [
        ("loadLevel: 5\n", "1, 2, 3 or 4"), ("- a\n", "no settings"), ("theme: [\n", "config-"),
        ("theme: none-such\n", "none-such"),
    ])
    func whatCannotBeDoneIsSaid(text: String, message: String) throws {
        let configuration = try configuration(text)
        #expect(configuration.trouble(themes)?.message.contains(message) == true)
        #expect(configuration.preferences.loadLevel == 3)
    }
}
