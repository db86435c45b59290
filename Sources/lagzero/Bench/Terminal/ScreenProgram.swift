import Glibc
import TerminalEmulator

/// A full-screen program that is measured, the wizard or one of its peers, and how to use it.
struct ScreenProgram: Sendable {
    let name: String
    let path: String
    var arguments: [String] = []
    let environment: [String: String]
    /// A text that is on the screen when its first page is complete.
    let mark: String
    /// Opens a text field, one that is empty when nothing is typed; nil where one is open from the beginning.
    var openField: (keys: String, mark: String)?
    var hasField = true
    var hasCursor = true

    func open() throws -> PseudoTerminal {
        try PseudoTerminal(path, arguments, environment: environment)
    }

    /// Opens it and waits for its first page.
    func openPage() throws -> PseudoTerminal {
        let terminal = try open()
        try terminal.expect(mark)
        return terminal
    }
}

extension ScreenProgram {
    /// `htop` and `whiptail` as far as they are on this machine, with a home folder to write to; and the names of
    /// those that are not.
    static func peers(home: String) -> (found: [ScreenProgram], missing: [String]) {
        let environment = screenEnvironment(home: home)
        let all = [
            ScreenProgram(
                name: "htop", path: "/usr/bin/htop", environment: environment, mark: "Quit",
                hasField: false),
            ScreenProgram(
                name: "whiptail", path: "/usr/bin/whiptail",
                arguments: ["--inputbox", "Name of the destination cluster", "8", "60"],
                environment: environment, mark: "Cancel", hasCursor: false),
        ]
        return (
            all.filter { access($0.path, X_OK) == 0 },
            all.filter { access($0.path, X_OK) != 0 }.map(\.name)
        )
    }

    /// What a login on a usual terminal has set.
    static func screenEnvironment(home: String) -> [String: String] {
        [
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": home,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        ]
    }
}

/// Keys as xterm sends them to a program that has switched its keypad on.
enum Keys {
    static let down = "\u{1b}OB"
    static let up = "\u{1b}OA"
    static let home = "\u{1b}OH"
    static let backspace = "\u{7f}"
    static let enter = "\r"
}
