package import ControlAPI
internal import Glibc

extension AgentClient {
    /// What the agent answers, with some of the past migrations or all; nil where nobody listens. Throws `agentSilent`
    /// where somebody does and answers nothing for so long, `unavailable` where an agent of another version does.
    package func greeting(
        past: Int? = nil, within patience: Duration = Tuning.patience
    ) async throws -> Snapshot? {
        guard let descriptor = UnixSocket.connect(folder.socket, canWait: true) else { return nil }
        let process = UnixSocket.peer(descriptor)
        close(descriptor)
        do {
            return try await withThrowingTaskGroup(of: Snapshot.self) { group in
                group.addTask { try await self.snapshot(past: past) }
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw Self.silence(process, folder: self.folder)
                }
                defer { group.cancelAll() }
                return try await group.next()
            }
        } catch let error as ControlError
            where [.unavailable, .agentSilent, .unsafeFiles].contains(error.code)
        {
            throw error
        } catch {
            return nil
        }
    }

    /// Said of an agent beside which no other can be started.
    private static func silence(_ process: Int?, folder: AgentFolder) -> ControlError {
        guard let process else {
            return ControlError(
                .agentSilent, "an agent listens on \(folder.socket) and does not answer",
                remedy: "end its process: the next one goes on")
        }
        return ControlError(
            .agentSilent, "the agent, process \(process), does not answer",
            remedy:
                "wake it (kill -CONT \(process)) or end it (kill -9 \(process)): the next one goes on"
        )
    }
}
