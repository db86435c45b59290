import Agent
import AgentClient
import ControlAPI
import Glibc
import Sandbox
import TerminalEmulator

/// An agent with a state folder of its own, and the wizard over it as often as it is opened. All of it is gone with
/// the folder, which this process's end removes too.
struct WizardStage: Sendable {
    let scratch: ScratchFolder
    let client: AgentClient
    /// The agent's process.
    let agent: ChildProcess
    /// The wizard on its first page, the hub.
    let wizard: ScreenProgram

    /// Starts the agent.
    static func open(past: PastMigrations) async throws -> WizardStage {
        let scratch = try ScratchFolder()
        let state = AgentFolder(path: scratch.path + "/state")
        guard mkdir(state.path, 0o700) == 0 else {
            throw SandboxError(.system, "cannot make \(state.path)")
        }
        // As the agent itself would make it: it refuses a store that others may read.
        let usual = umask(0o077)
        defer { umask(usual) }
        try await past.save(in: Store(state.store))
        let program = try EngineProcess.ownPath()
        let client = AgentClient(state)
        let agent = try scratch.start(
            ChildProcess.Launch(
                path: program, arguments: ["agent", "run", "--state", state.path],
                output: state.log))
        do {
            try await eventually("the agent answers") { (try? await client.snapshot()) != nil }
        } catch {
            await client.shutdown()
            throw error
        }
        var environment = ScreenProgram.screenEnvironment(home: scratch.path)
        environment[AgentFolder.variable] = state.path
        return WizardStage(
            scratch: scratch, client: client, agent: agent,
            wizard: ScreenProgram(
                name: "lagzero", path: program, environment: environment,
                mark: "Migrate from Atlas", openField: ("a\t\t\t", "Connection string")))
    }

    func end() async {
        await client.shutdown()
        // What is left is removed by the watchdog when this process ends.
        try? await scratch.remove()
    }
}
