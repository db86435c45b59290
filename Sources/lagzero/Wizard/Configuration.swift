import Agent
import ControlAPI
import Foundation
import Glibc
import Terminal
import Wizard
import Yams

/// What the user has written into `config.yaml`: how the wizard is drawn, what it proposes, where notifications go.
struct Configuration: Sendable {
    private(set) var preferences = Preferences()
    /// Whether ASCII is drawn, whatever the locale says.
    private(set) var isASCII = false
    /// Why nobody can be notified, where that is written wrongly.
    private(set) var notifications = Result<NotificationSettings, ControlError>.success(.init())
    private var misfit: ControlError?

    /// A file that is not there says nothing; of one with mistakes the rest counts. Blocks while it reads.
    ///
    /// One with nothing in it is taken for one that is just being written, or could not be on a full disk: it does not
    /// say that nobody is to be notified.
    init(file: String?) {
        guard let file, Self.isThere(file) else { return }
        do {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            guard let root = try Yams.compose(yaml: text) else {
                if text.allSatisfy(\.isWhitespace) { refuseNotifications(file, "it is empty") }
                return
            }
            guard let settings = root.mapping else { throw Misfit(root, "there are no settings") }
            for (name, value) in settings {
                do {
                    try take(name, value)
                } catch {
                    misfit =
                        misfit
                        ?? Self.error(file, "\(error)", "The rest of the file counts.")
                    if name.string == "notifications" { refuseNotifications(file, "\(error)") }
                }
            }
        } catch {
            let reason =
                error is Misfit || error is YamlError
                ? "\(error)".split(separator: "\n").first.map(String.init) ?? ""
                : error.localizedDescription
            misfit = Self.error(file, reason, "Nothing in it counts.")
            refuseNotifications(file, reason)
        }
    }

    /// What is wrong with the file, first of all.
    func trouble(_ themes: Themes) -> ControlError? {
        guard misfit == nil, let name = preferences.theme,
            !themes.all.contains(where: { $0.name == name })
        else { return misfit }
        let names = themes.all.map(\.name).joined(separator: ", ")
        return ControlError(
            .invalid, "config.yaml asks for the theme \(name), which does not exist.",
            remedy: "There are \(names).")
    }

    /// False only where there is certainly none: a link to nowhere and what may not be looked at are there.
    private static func isThere(_ file: String) -> Bool {
        var information = stat()
        return lstat(file, &information) == 0 || ![ENOENT, ENOTDIR].contains(errno)
    }

    private mutating func take(_ name: Node, _ value: Node) throws {
        switch name.string {
        case "theme": preferences.theme = try text(value)
        case "ascii": isASCII = try truth(value)
        case "mouse": preferences.hasMouse = try truth(value)
        case "verify": preferences.verify = try truth(value)
        case "loadLevel":
            guard let level = value.int, Preferences.loadLevels.contains(level) else {
                throw Misfit(value, "a load level is 1, 2, 3 or 4")
            }
            preferences.loadLevel = level
        case "notifications": notifications = .success(try NotificationSettings(value))
        default:
            throw Misfit(
                name,
                "there is no setting \(name.string ?? ""), but theme, ascii, mouse, verify, loadLevel and notifications"
            )
        }
    }

    private func text(_ value: Node) throws -> String {
        guard let text = value.scalar?.string, !text.isEmpty else {
            throw Misfit(value, "a name is missing")
        }
        return text
    }

    private func truth(_ value: Node) throws -> Bool {
        guard let truth = value.bool else { throw Misfit(value, "this is true or false") }
        return truth
    }

    private mutating func refuseNotifications(_ file: String, _ reason: String) {
        notifications = .failure(
            Self.error(file, reason, "until that is mended there, no notification is sent"))
    }

    private static func error(_ file: String, _ reason: String, _ rest: String) -> ControlError {
        ControlError(.invalid, "\(file): \(reason)", remedy: rest)
    }

    /// A file of the user's: in `lagzero` in `XDG_CONFIG_HOME` or in `~/.config`; nil where there is no home either.
    static func path(_ name: String) -> String? {
        func value(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let config = value("XDG_CONFIG_HOME") ?? value("HOME").map { $0 + "/.config" }
        return config.map { "\($0)/lagzero/\(name)" }
    }
}

/// What is wrong with a setting, and where.
struct Misfit: Error, CustomStringConvertible {
    let description: String

    init(_ node: Node, _ text: String) {
        description = (node.mark.map { "line \($0.line): " } ?? "") + text
    }
}
