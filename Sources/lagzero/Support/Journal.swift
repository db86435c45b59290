import Foundation
import Sandbox

/// What systemd keeps of what the agent says, where a unit started it.
struct Journal {
    /// For somebody who wants to see more of it.
    let command: String
    private let unit: [String]

    /// Of the user's own unit, then of the host's for this user.
    static let all: [Journal] = [
        Journal(["--user-unit", "lagzero-agent"]),
        Journal(["--unit", "lagzero-agent@\(NSUserName())"]),
    ]

    private init(_ unit: [String]) {
        self.unit = unit
        command = (["journalctl"] + unit).joined(separator: " ")
    }

    /// The last lines, the oldest first; empty where there are none, where this host keeps no journal, or where it does not
    /// tell in time.
    func lines() async -> [String] {
        guard let scratch = try? ScratchFolder() else { return [] }
        let lines = await lines(in: scratch)
        try? await scratch.remove()
        return lines
    }

    private func lines(in scratch: ScratchFolder) async -> [String] {
        let output = scratch.path + "/journal"
        let options = [
            "--quiet", "--no-pager", "--output", "short-iso", "--lines",
            "\(Tuning.supportJournalLines)",
        ]
        // What it says of itself is no line of the agent.
        let launch = ChildProcess.Launch(
            path: "/bin/sh",
            arguments: ["-c", #"exec journalctl "$@" 2>/dev/null"#, "sh"] + unit + options,
            output: output)
        guard let child = try? scratch.start(launch) else { return [] }
        defer { child.send(signal: SIGKILL) }
        guard (try? await child.ended(within: Tuning.supportJournalPatience)) != nil,
            child.exitCode == 0
        else { return [] }
        return FileTail(of: output)?.lines ?? []
    }
}

/// The end of a text file.
struct FileTail {
    /// At most `Tuning.supportLogBytes`, and no part of a line.
    let lines: [String]
    /// When the file was written last, milliseconds since 1970.
    let time: Int64

    /// Nil where there is no such file, or it cannot be read.
    init?(of path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var information = stat()
        guard fstat(file.fileDescriptor, &information) == 0 else { return nil }
        time =
            Int64(information.st_mtim.tv_sec) * 1_000 + Int64(information.st_mtim.tv_nsec)
            / 1_000_000
        let size = (try? file.seekToEnd()) ?? 0
        let first = size > Tuning.supportLogBytes ? size - Tuning.supportLogBytes : 0
        try? file.seek(toOffset: first)
        let bytes = (try? file.readToEnd()) ?? Data()
        let all = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        lines = first > 0 ? Array(all.dropFirst()) : all
    }

    /// Whether this is where a process says what it has to say; false where that is not told.
    static func isWritten(_ path: String, by process: Int) -> Bool {
        var (file, other) = (stat(), stat())
        guard stat(path, &file) == 0 else { return false }
        return (1...2).contains { descriptor in
            stat("/proc/\(process)/fd/\(descriptor)", &other) == 0
                && file.st_dev == other.st_dev && file.st_ino == other.st_ino
        }
    }
}
