import Foundation
import Migration
import Mongo
import Sandbox
import Synchronization
import Testing

/// A migration run by the program itself, in a process of its own that can be frozen and killed.
final class ChildMigration: Sendable {
    private let process: Process
    private let output: String

    /// `isResumed`: goes on with what an earlier process began. `lagHold` in seconds. `limits`: shell commands before the
    /// program becomes the process, such as `ulimit`.
    init(
        _ pair: Pair, isResumed: Bool = false, lagHold: Double = 1.5, arguments: [String] = [],
        limits: String = ""
    ) throws {
        // Beside the tests that are running.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: tests).deletingLastPathComponent().appending(path: "lagzero")
        output = "\(pair.source.folder.path)/\(UUID().uuidString).log"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            [
                "-c", "\(limits) exec \"$@\"", "sh", program.path, "migrate", "--json",
                "--lag-hold", "\(lagHold)", "--progress-interval", "0.02",
            ] + (isResumed ? ["--resume"] : []) + arguments
        process.environment = [
            "PATH": "/usr/bin:/bin", "LAGZERO_SOURCE": pair.source.uri,
            "LAGZERO_DESTINATION": pair.destination.uri,
        ]
        let file = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        try process.run()
    }

    deinit { send(SIGKILL) }

    /// Whom it names as the owner's host.
    static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// An owner that it takes for one of its own host which has ended.
    static func neighbour(_ number: Int) throws -> Lease.Owner {
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return Lease.Owner(
            host: host, boot: boot.filter { !$0.isWhitespace },
            pids: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid"),
            // More than the kernel gives to processes.
            process: 1 << 30 + number)
    }

    var isRunning: Bool { process.isRunning }

    var pid: Int32 { process.processIdentifier }

    /// What it said last, without what is not yet a whole line. It is asked for often and there is much before it, so
    /// that is not looked at.
    private var last: [String: Any] {
        let end = said.lastIndex(of: ChildMigration.newline) ?? 0
        let line = said[..<end]
        let start = line.lastIndex(of: ChildMigration.newline).map { $0 + 1 } ?? 0
        return (try? JSONSerialization.jsonObject(with: line[start...])) as? [String: Any] ?? [:]
    }

    /// The differences in its report; nil before there is one.
    var mismatches: [String]? { last["mismatches"] as? [String] }

    /// When it spoke last, by its own clock.
    var time: Date? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (last["time"] as? String).flatMap { try? Date($0, strategy: style) }
    }

    /// How long the migration took, by its report, seconds; nil before there is one.
    var duration: Double? { last["durationSeconds"] as? Double }

    /// How many documents were compared, by its report; nil before there is one.
    var documentsVerified: Int? {
        (last["verification"] as? [String: Any])?["documents"] as? Int
    }

    private static let newline = UInt8(ascii: "\n")

    private var said: Data { (try? Data(contentsOf: URL(filePath: output))) ?? Data() }

    /// The last lines of it, for people.
    private var words: String {
        String(decoding: said, as: UTF8.self).split(separator: "\n").suffix(3)
            .joined(separator: "\n")
    }

    var phase: String? { last["phase"] as? String }

    /// Waits until it is in the phase; asks for the cutover where that is needed.
    func reach(_ phase: String) async throws {
        try await says(phase) { self.phase == phase }
    }

    /// Waits until it is in the phase or beyond; asks for the cutover where that is needed.
    func pass(_ phase: Phase) async throws {
        try await says("\(phase) or more", within: .seconds(240)) {
            self.phase.flatMap(Phase.init)?.hasReached(phase) == true
        }
    }

    /// Waits until it has said this phase, be it over by now.
    func hasReached(_ phase: Phase) async throws {
        try await says(phase.rawValue, asksForCutover: false) {
            said.range(of: Data("\"\(phase.rawValue)\"".utf8)) != nil
        }
    }

    /// Waits until it says something; throws what it said last where it ended before.
    private func says(
        _ what: String, within limit: Duration = Sandbox.Tuning.startDeadline,
        asksForCutover: Bool = true, _ condition: () -> Bool
    ) async throws {
        try await eventually(
            "the process says \(what), not \(words)", within: limit
        ) {
            if condition() { return true }
            guard isRunning else {
                throw SandboxError(.ended, "it ended: \(words)")
            }
            if asksForCutover, phase == Phase.inSync.rawValue { send(SIGUSR1) }
            return false
        }
    }

    func send(_ signal: Int32) {
        if isRunning { Glibc.kill(pid, signal) }
    }

    /// Waits for its end; cuts over as soon as it may. Returns its exit status.
    func end() async throws -> Int32 {
        try await eventually(
            "the process ends; it says \(words)", within: .seconds(240)
        ) {
            if phase == "inSync" { send(SIGUSR1) }
            return !isRunning
        }
        if process.terminationStatus != 0 { trace(words) }
        return process.terminationStatus
    }

    func kill() async throws {
        send(SIGCONT)
        send(SIGKILL)
        try await eventually("the process is gone") { !isRunning }
    }
}
