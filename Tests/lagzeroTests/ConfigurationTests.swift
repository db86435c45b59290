import Agent
import ControlAPI
import Foundation
import Glibc
import Sandbox
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

    // MARK: Notifications

    @Test func nobodyIsNotifiedUnlessThatIsWritten() throws {
        #expect(try configuration("theme: none\n").notifications.get() == NotificationSettings())
        let nowhere = Configuration(file: "/nowhere/config.yaml")
        #expect(try nowhere.notifications.get() == NotificationSettings())
    }

    @Test func whereNotificationsGoIsRead() throws {
        let full = try configuration(
            """
            notifications:
              mail: [anna@example.net, root]
              from: lagzero@example.net
              sendmail: /usr/bin/msmtp
              command: [/usr/local/bin/page, --urgent, "a b"]
            """
        ).notifications.get()
        #expect(full.mail == ["anna@example.net", "root"])
        #expect(full.from == "lagzero@example.net")
        #expect(full.sendmail == "/usr/bin/msmtp")
        #expect(full.command == ["/usr/local/bin/page", "--urgent", "a b"])
        #expect(
            Notify.lines(full) == [
                "Mail from lagzero@example.net to anna@example.net, root, through /usr/bin/msmtp",
                "Command /usr/local/bin/page --urgent a b",
            ])
        let short = try configuration("notifications: {mail: anna@example.net}\n")
        #expect(try short.notifications.get().mail == ["anna@example.net"])
        #expect(try short.notifications.get().sendmail == "/usr/sbin/sendmail")
    }

    @Test(arguments: [
        ("notifications: anna@example.net\n", "line 1: notifications has mail or command"),
        ("notifications:\n  post: a@b\n", "line 2: there is no setting post in notifications"),
        ("notifications:\n  mail: [a@b, 'c d']\n", "line 2: 'c d' is no address"),
        ("notifications:\n  mail: \"a@b\\nBcc: c@d\"\n", "line 2: 'a@b"),
        ("notifications:\n  mail: []\n", "line 2: this is a text"),
        ("notifications:\n  from: [a@b, c@d]\n", "line 2: this is one address"),
        ("notifications:\n  sendmail: msmtp\n", "line 2: 'msmtp' is no absolute path"),
        ("notifications:\n  command: [[x]]\n", "line 2: this is a text"),
        ("notifications: [\n", "config-"),
    ])
    func aMistakeThereIsSaidWithWhatToDo(text: String, message: String) throws {
        let configuration = try configuration("loadLevel: 2\n" + text)
        let message = message.replacing("line 2", with: "line 3").replacing(
            "line 1", with: "line 2")
        let error = #expect(throws: ControlError.self) { try configuration.notifications.get() }
        #expect(error?.message.contains(message) == true)
        #expect(error?.remedy == "until that is mended there, no notification is sent")
        #expect(configuration.trouble(themes)?.message.contains(message) == true)
    }

    @Test(arguments: ["", " \n"])
    func anEmptyFileDoesNotSayThatNobodyIsNotified(text: String) throws {
        let error = #expect(throws: ControlError.self) {
            try configuration(text).notifications.get()
        }
        #expect(error?.message.hasSuffix(": it is empty") == true)
    }

    @Test func aFileThatCannotBeReadIsNotTakenForNone() async throws {
        let scratch = try ScratchFolder()
        let (loop, nowhere) = (scratch.path + "/loop", scratch.path + "/nowhere")
        symlink("loop", loop)
        symlink("missing", nowhere)
        for file in [loop, nowhere, loop + "/config.yaml", scratch.path] {
            #expect(throws: ControlError.self) {
                try Configuration(file: file).notifications.get()
            }
            #expect(Configuration(file: file).trouble(themes) != nil)
        }
        try await scratch.remove()
    }

    @Test func aMistakeElsewhereDoesNotStopThem() throws {
        let configuration = try configuration("colour: blue\nnotifications: {mail: a@b}\n")
        #expect(try configuration.notifications.get().mail == ["a@b"])
        #expect(configuration.trouble(themes) != nil)
    }
}
