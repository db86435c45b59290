import BSON
import FoundationEssentials
import Glibc
import Sandbox

/// One line of `migrate --json`: progress, or the report.
struct EngineLine: Decodable, Sendable {
    var phase: String
    var appliedThrough: String?
    var lagSeconds: Double?
    var backlog: Int?
    var message: String?
    var applicationDowntimeSeconds: Double?
    /// Nil where nothing was looked at.
    var mismatches: [String]?
    /// Present in the report.
    var problems: [String]?

    /// Whether everything up to this cluster time is applied.
    func isApplied(through time: Timestamp) -> Bool {
        let parts = appliedThrough?.split(separator: ".").compactMap { UInt32($0) } ?? []
        guard backlog == 0, parts.count == 2 else { return false }
        return Timestamp(seconds: parts[0], increment: parts[1]) >= time
    }

    var isReady: Bool { message?.hasPrefix(Operator.readiness) ?? false }
}

/// `lagzero migrate --json` as a child process, watched line by line. Belongs to one task.
final class EngineProcess {
    private let folder: ScratchFolder
    private let child: ChildProcess
    private let output: String
    private let usesNow: () -> Usage
    private var offset = 0
    private var pending: [UInt8] = []
    private var unread: [EngineLine] = []
    private(set) var last: EngineLine?
    private var peakBytes = 0
    private var peaks: [String] = []

    /// What the processes had used at some moment, seconds of CPU.
    struct Usage: Sendable {
        var time: Double
        var engine: Double
        var servers: Double

        /// CPU of the engine in relation to that of both servers since an earlier moment.
        func share(since begin: Usage) -> Double {
            (engine - begin.engine) / (servers - begin.servers)
        }
    }

    init(_ clusters: SandboxClusters, loadLevel: Int) throws {
        folder = try ScratchFolder()
        output = folder.path + "/engine.log"
        let program = try Self.ownPath()
        let launch = ChildProcess.Launch(
            path: program,
            arguments: [
                "migrate", "--json", "--progress-interval", "0.05", "--load-level", "\(loadLevel)",
            ],
            environment: [
                Environment.sourceName: clusters.sourceURI,
                Environment.destinationName: clusters.destinationURI,
            ], output: output)
        let child = try folder.start(launch)
        self.child = child
        let meter = ServerMeter(clusters)
        usesNow = {
            Usage(
                time: Clock.seconds(), engine: ResourceUsage(pid: child.pid)?.cpuSeconds ?? 0,
                servers: meter.cpuSeconds)
        }
    }

    var usage: Usage { usesNow() }

    /// Notes the peak of the memory up to now, for whoever looks for what needs it.
    func mark(_ stage: String) {
        let megabytes = Units.fixed(Double(peakBytes) / Double(1 << 20), 0)
        peaks.append("\(stage) \(megabytes)")
    }

    var memoryFigure: Figure {
        Figure(
            name: "peak memory of the process", measured: Double(peakBytes) / Double(1 << 20),
            limit: 256, unit: .megabytes, note: "MB up to " + peaks.joined(separator: ", "))
    }

    func freeze() { child.send(signal: SIGSTOP) }

    /// What it said before counts no more.
    func thaw() {
        while (try? next()) != nil {}
        last = nil
        child.send(signal: SIGCONT)
    }

    func askForCutover() { child.send(signal: SIGUSR1) }

    /// Waits for a line, beginning with the one that was met last; throws when the process ends
    /// before.
    @discardableResult
    func wait(
        for what: String, within limit: Duration = Tuning.benchPatience,
        until isMet: (EngineLine) -> Bool
    ) async throws -> EngineLine {
        if let last, isMet(last) { return last }
        let deadline = ContinuousClock.now + limit
        while true {
            if let line = try next() {
                if isMet(line) { return line }
                continue
            }
            guard child.isRunning else {
                if try read() { continue }
                throw SandboxError(
                    .ended,
                    "the engine ended while waiting until \(what): \(last?.message ?? "no reason given")"
                )
            }
            guard ContinuousClock.now < deadline else {
                throw SandboxError(.deadline, "it took too long until \(what)")
            }
            try await Task.sleep(for: Tuning.benchPoll)
        }
    }

    /// The next line that was written, if there is one.
    private func next() throws -> EngineLine? {
        if unread.isEmpty { _ = try read() }
        guard !unread.isEmpty else { return nil }
        last = unread.removeFirst()
        return last
    }

    /// Takes in what was written since; false when that is nothing.
    private func read() throws -> Bool {
        if let usage = ResourceUsage(pid: child.pid) { peakBytes = max(peakBytes, usage.peakBytes) }
        let descriptor = open(output, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(descriptor, &chunk, chunk.count, off_t(offset))
        guard count > 0 else { return false }
        offset += count
        pending += chunk[..<count]
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(pending[..<end])
            pending.removeSubrange(...end)
            unread.append(try JSONDecoder().decode(EngineLine.self, from: line))
        }
        return true
    }

    /// Of this program.
    static func ownPath() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw SandboxError(.system, "cannot tell which program this is") }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
