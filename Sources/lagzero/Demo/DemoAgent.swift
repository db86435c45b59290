import AgentClient
import ControlAPI
import Glibc
import Sandbox
import Synchronization

/// The agent of the demo: a process that dies with the demo's folder, and that can be killed before.
final class DemoAgent: Sendable {
    let client: AgentClient
    private let folder: ScratchFolder
    private let process = Mutex<ChildProcess?>(nil)

    init(_ client: AgentClient, in folder: ScratchFolder) {
        (self.client, self.folder) = (client, folder)
    }

    /// Returns when one answers.
    func start() async throws {
        let log = folder.path + "/agent.log"
        try await AgentStarter.ensureRunning(client) {
            // One that is being started already is the one.
            if process.withLock({ $0?.isRunning }) == true { return }
            let child = try folder.start(
                ChildProcess.Launch(
                    path: "/proc/\(getpid())/exe",
                    arguments: ["agent", "run", "--state", client.folder.path], output: log))
            process.withLock { $0 = child }
        }
    }

    /// Ends it as a crash would.
    func kill() { process.withLock { $0?.send(signal: SIGKILL) } }
}
