import AgentClient
import ArgumentParser
import ControlAPI
import Foundation
import Glibc
import Mongo

/// The text of a support bundle: parts under headings. Every line is redacted as it is added.
struct SupportBundle {
    private var redaction: Redaction
    private(set) var text = ""
    /// What is not in it, and why; nil where nothing is left out.
    let gap: String?

    /// Nothing secret of `secrets` may appear, wherever it stands. Where some of them are not known, no text is added in
    /// which one could stand that nothing tells from other words.
    init(hiding secrets: KnownSecrets) {
        redaction = Redaction(connectionStrings: secrets.texts)
        gap = secrets.gap.map { reason in
            """
            Event logs, the log of the agent and all messages are left out, \
            as they may hold a password that is not known to be one: \(reason).
            """
        }
        if let gap { add("Left out", [gap]) }
    }

    mutating func add(_ heading: String, _ lines: [String]) {
        text += (text.isEmpty ? "" : "\n") + redaction(printable("== \(heading) ==")) + "\n"
        for line in lines { text += redaction(printable(line)) + "\n" }
    }

    /// This program and its host.
    mutating func addProgram() {
        var system = utsname()
        uname(&system)
        let names = ["TERM", "LANG", "LC_ALL", "NO_COLOR", "SSH_CONNECTION"]
        add(
            "Program",
            [
                "lagzero \(Lagzero.configuration.version), libmongoc \(MongoDriver.version)",
                "\(Self.text(of: system.sysname)) \(Self.text(of: system.release)) \(Self.text(of: system.machine)), "
                    + "\(ProcessInfo.processInfo.activeProcessorCount) processors, "
                    + "\(ProcessInfo.processInfo.physicalMemory >> 20) MB",
                "at \(Self.date(Clock.milliseconds()))",
            ]
                + names.map { name in
                    "\(name)=\(getenv(name).map { String(cString: $0) } ?? "-")"
                })
    }

    /// What lies in the folder of the agent, not what is in it.
    mutating func addFolder(_ folder: AgentFolder) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let lines = names.sorted().map { name in
            var information = stat()
            guard lstat("\(folder.path)/\(name)", &information) == 0 else { return name }
            let mode = String(information.st_mode & 0o777, radix: 8)
            return "\(mode)  \(information.st_size)  \(name)"
        }
        add("Folder \(folder.path)", lines.isEmpty ? ["There is nothing."] : lines)
    }

    /// All that the agent says of itself, of the clusters and of these migrations.
    mutating func add(_ snapshot: Snapshot, _ migrations: [LiveMigration]) throws {
        add("Agent", try lines(snapshot.agent) + Self.status(of: snapshot.agent.process))
        for run in snapshot.validations {
            add("Validation of \(Self.date(run.startedAt))", try lines(run))
        }
        try add(snapshot.clusters, migrations)
    }

    /// All that is known of them.
    mutating func add(_ clusters: [ControlAPI.Cluster], _ migrations: [LiveMigration]) throws {
        for cluster in clusters { add("Cluster \(cluster.name)", try lines(cluster)) }
        for migration in migrations {
            let way = "\(migration.sourceName) to \(migration.destinationName)"
            add("Migration \(migration.id), \(way)", try lines(migration))
        }
    }

    /// The whole event log.
    mutating func addLog(of migration: LiveMigration, _ lines: [LogLine]) {
        add(
            "Event log of \(migration.id)",
            lines.map { line in
                "\(Self.date(line.time))  \(gap == nil ? line.text : VouchedLine.leftOut)"
            })
    }

    /// The end of what agents wrote to a file, and of what systemd has where the one that runs does not write there, or none
    /// runs. `agent`: the process; nil where there is none, or none is known. Nothing where logs are left out.
    mutating func addLog(at path: String, of agent: Int?) async {
        guard gap == nil else { return }
        let heading = "Log of the agent"
        let file = FileTail(of: path)
        if let file {
            add(heading, ["\(path), last written at \(Self.date(file.time)):"] + file.lines)
        }
        let isOfAgent = agent.map { FileTail.isWritten(path, by: $0) }
        if isOfAgent == true { return }
        var isFound = false
        for journal in Journal.all {
            let lines = await journal.lines()
            guard !lines.isEmpty else { continue }
            isFound = true
            add("\(heading), kept by systemd", ["\(journal.command):"] + lines)
        }
        // The last agent may well have written the file.
        guard !isFound, file == nil || isOfAgent == false else { return }
        let reason =
            file == nil ? "There is no \(path)." : "The agent that runs does not write to \(path)."
        let place =
            "An agent that systemd has started writes to its journal, which tells nothing here:"
        add("\(heading), elsewhere", [reason, place] + Journal.all.map { "    \($0.command)" })
    }

    /// A file for its owner only. Throws a `UsageError` where there is one already, or none can be made.
    func write(to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw UsageError("\(path): \(String(cString: strerror(errno)))")
        }
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(
            contentsOf: Data(text.utf8))
    }

    // MARK: Lines

    private func lines(_ value: some Encodable) throws -> [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let lines = String(decoding: try encoder.encode(value), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        return gap == nil ? lines : lines.map(VouchedLine.of)
    }

    /// Memory, threads and time of a process of this host.
    private static func status(of process: Int) -> [String] {
        let wanted = ["VmRSS", "VmHWM", "Threads"]
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").map(String.init)
            .filter { line in wanted.contains { line.hasPrefix($0 + ":") } }
    }

    /// `2026-11-22T02:14:09Z`
    private static func date(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
    }

    private static func text<Bytes>(of bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
