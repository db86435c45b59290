import Glibc
import Sandbox

@testable import lagzero

/// The built program, run as a user runs it.
final class LagzeroProcess: Sendable {
    private let folder: ScratchFolder
    private let child: ChildProcess

    /// Ends with this object at the latest.
    init(_ arguments: [String], environment: [String: String] = [:], input: Int32? = nil) throws {
        folder = try ScratchFolder()
        child = try folder.start(
            ChildProcess.Launch(
                path: "/bin/sh",
                arguments: [
                    "-c", #"exec "$@" 2>"$0""#, folder.path + "/errors", try Self.program(),
                ] + arguments,
                environment: environment, output: folder.path + "/output", input: input))
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32?, output: String, errors: String) {
        let process = try LagzeroProcess(arguments, environment: environment)
        let status = try await process.status()
        return (status, process.output, process.errors)
    }

    var pid: Int32 { child.pid }
    var output: String { Self.text(folder.path + "/output") }
    var errors: String { Self.text(folder.path + "/errors") }

    func send(_ signal: Int32) { child.send(signal: signal) }

    func status(within limit: Duration = .seconds(240)) async throws -> Int32? {
        do {
            try await child.ended(within: limit)
        } catch {
            throw SandboxError(.deadline, "\(error)\n\(errors)")
        }
        return child.exitCode
    }

    /// Waits until stderr holds this text.
    func said(_ text: String, within limit: Duration = .seconds(240)) async throws {
        try await eventually("it says \(text)", within: limit) {
            if errors.contains(text) { return true }
            guard child.isRunning else {
                throw SandboxError(.ended, "it ended without saying \(text):\n\(errors)\(output)")
            }
            return false
        }
    }

    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Beside the tests.
    private static func program() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(
            decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        let program =
            path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/lagzero"
        guard access(program, X_OK) == 0 else {
            throw SandboxError(.missingProgram, "\(program) is not built")
        }
        return program
    }
}
