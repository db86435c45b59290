internal import Glibc
internal import Synchronization

/// One `mongod` on a port and a folder of its own, that can be killed, frozen and started again.
///
/// Every method may be called from any task; two that change whether it runs must not overlap.
package final class ServerProcess: Sendable {
    package let port: UInt16
    package let binary: MongodBinary
    /// Output and errors of all its runs.
    package let log: String
    private let folder: ScratchFolder
    private let arguments: [String]
    private let state = Mutex(State())

    private struct State {
        var child: ChildProcess?
        var isFrozen = false
    }

    /// Makes the data folder `<scratch>/<name>`; starts nothing.
    init(
        _ binary: MongodBinary, name: String, port: UInt16, in folder: ScratchFolder,
        arguments: [String]
    ) throws(SandboxError) {
        self.binary = binary
        self.port = port
        self.folder = folder
        let data = "\(folder.path)/\(name)"
        try makeFolder(data)
        log = data + ".log"
        self.arguments =
            ["--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket", "--dbpath", data]
            + arguments
    }

    /// Starts it, also again after a kill or stop, and waits until it listens.
    package func start() async throws {
        let child = try folder.start(
            .init(
                path: binary.path, arguments: arguments,
                environment: binary.libraries.map { ["LD_LIBRARY_PATH": $0] } ?? [:], output: log))
        state.withLock { $0 = State(child: child) }
        try await eventually("mongod listens on port \(port)") {
            guard child.isRunning else {
                throw SandboxError(
                    .ended, "\(binary.name) ended:\n\(lastLines(of: log))")
            }
            return LoopbackPort.isListening(port)
        }
    }

    package var isRunning: Bool { current?.isRunning ?? false }

    /// The process number of the last run.
    package var pid: Int32? { current?.pid }

    /// Ends it as a power failure would, and waits until it is gone.
    package func kill() async throws { try await end(SIGKILL) }

    /// Asks it to shut down cleanly, and waits until it has. A frozen one is thawed first.
    package func stop() async throws {
        thaw()
        try await end(SIGTERM)
    }

    /// Kills it and starts it again on the same port and folder.
    package func restart() async throws {
        try await kill()
        try await start()
    }

    /// Stops its clock: connections stay open and nothing is answered.
    package func freeze() { signal(SIGSTOP, isFrozen: true) }

    package func thaw() { signal(SIGCONT, isFrozen: false) }

    /// Whether it runs and is not frozen.
    package var isResponsive: Bool {
        state.withLock { ($0.child?.isRunning ?? false) && !$0.isFrozen }
    }

    /// What the running process has used; nil when it does not run.
    package var usage: ResourceUsage? { isRunning ? pid.flatMap(ResourceUsage.init(pid:)) : nil }

    private var current: ChildProcess? { state.withLock { $0.child } }

    private func signal(_ number: Int32, isFrozen: Bool) {
        state.withLock {
            $0.child?.send(signal: number)
            $0.isFrozen = isFrozen
        }
    }

    private func end(_ signal: Int32) async throws {
        guard let current else { return }
        current.send(signal: signal)
        try await current.ended(within: Tuning.stopDeadline)
    }
}
