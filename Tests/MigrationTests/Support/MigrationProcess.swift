import BSON
import Foundation
import Migration
import Mongo
import Sandbox

/// A migration that the program runs in a process of its own, so that it can be killed.
final class MigrationProcess: Sendable {
    private let process: Process
    private let output: String

    /// `isResumed`: whether it goes on with what an earlier process began.
    init(_ pair: Pair, isResumed: Bool) throws {
        // Beside the tests that are running.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: tests).deletingLastPathComponent().appending(path: "lagzero")
        output = "\(pair.source.folder.path)/\(UUID().uuidString).log"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process = Process()
        process.executableURL = program
        process.arguments =
            ["migrate", "--json", "--lag-hold", "1", "--progress-interval", "0.02"]
            + (isResumed ? ["--resume"] : [])
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

    /// Whom it names as the owner's host.
    static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { end() }

    private func end() {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    private var lines: [Substring] {
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return text.split(separator: "\n")
    }

    /// Waits until it has said this phase.
    func reached(_ phase: Phase) async throws {
        try await eventually("the process says \(phase.rawValue)", within: .seconds(240)) {
            if lines.contains(where: { $0.contains("\"\(phase.rawValue)\"") }) { return true }
            guard process.isRunning else {
                throw SandboxError(.ended, "it ended: \(lines.suffix(3).joined(separator: "\n"))")
            }
            return false
        }
    }

    /// Ends it in the middle of whatever it does.
    func kill() async throws {
        end()
        try await eventually("the process is gone") { !process.isRunning }
    }
}
