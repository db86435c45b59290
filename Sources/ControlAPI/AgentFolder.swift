internal import Glibc

/// Where an agent keeps everything: one folder, which nobody else may read.
package struct AgentFolder: Hashable, Sendable {
    /// The variable that names another folder.
    package static let variable = "LAGZERO_STATE"
    /// A socket's path has at most so many bytes (`sockaddr_un`, without its last null).
    package static let socketPathLimit = 107

    package let path: String

    package init(path: String) { self.path = path }

    /// `LAGZERO_STATE`, or `lagzero` in `XDG_STATE_HOME` or in `~/.local/state`; nil where there is no home either.
    package init?(environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        if let path = value(AgentFolder.variable) {
            self.path = path
        } else if let state = value("XDG_STATE_HOME") {
            path = state + "/lagzero"
        } else if let home = value("HOME") {
            path = home + "/.local/state/lagzero"
        } else {
            return nil
        }
    }

    package var socket: String { path + "/agent.sock" }
    package var lock: String { path + "/agent.lock" }
    package var log: String { path + "/agent.log" }
    package var store: String { path + "/store.sqlite" }
    /// How fast the time to cut over passes; only a demo writes it.
    package var clock: String { path + "/clock" }
    /// What the wizard keeps from one time to the next; no secrets.
    package var wizard: String { path + "/wizard.json" }
    package var secrets: String { path + "/secrets.json" }

    /// Said of one that others may read or change, by the agent and by those who would ask it.
    package var isOpenToOthers: ControlError {
        ControlError(
            .unsafeFiles, "others may read or change the folder \(path)",
            remedy: "chmod 700 \(path), as its owner")
    }

    /// Throws `unsafeFiles` where others may read or change a file; not where there is none.
    package static func requirePrivate(_ path: String) throws(ControlError) {
        var information = stat()
        guard unsafe stat(path, &information) == 0, information.st_mode & 0o077 != 0 else { return }
        throw ControlError(
            .unsafeFiles, "others may read or change \(path)",
            remedy: "chmod 600 \(path), as its owner")
    }

    /// Why the socket cannot be there; nil where it can.
    package var socketTrouble: ControlError? {
        guard socket.utf8.count > AgentFolder.socketPathLimit else { return nil }
        return ControlError(
            .unsafeFiles,
            "the path \(socket) has \(socket.utf8.count) bytes, and a socket's may have \(AgentFolder.socketPathLimit)",
            remedy: "name a shorter folder with \(AgentFolder.variable)")
    }
}
