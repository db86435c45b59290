import Sandbox
import TerminalEmulator

/// What a program needs while nobody touches it.
extension TerminalBench {
    private struct Idle {
        var bytesPerSecond: Double
        var activity: Activity
        var memory: MemoryUse
    }

    /// Of a process, over some time.
    private struct Activity {
        var wakeUpsPerSecond: Double
        /// Of the thread that owns the terminal; nil in a program that has no such thread.
        var ofTerminal: Double?
        var cpuPercent: Double

        init(_ begin: ProcessActivity, _ end: ProcessActivity, _ time: Duration) {
            let seconds = time.milliseconds / 1_000
            let activity = end.since(begin)
            wakeUpsPerSecond = Double(activity.wakeUps) / seconds
            ofTerminal = activity.wakeUpsByThread["terminal"].map { Double($0) / seconds }
            cpuPercent = activity.cpuSeconds / seconds * 100
        }
    }

    func idleFigures(_ stage: WizardStage) throws -> [Figure] {
        let agent = stage.agent.pid
        let begin = (ProcessActivity(pid: agent), ContinuousClock.now)
        var agentActivity: Activity?
        let idle = try compare("what is needed while nothing happens", stage.wizard) { program in
            let idle = try self.idle(program)
            if agentActivity == nil, let before = begin.0, let after = ProcessActivity(pid: agent) {
                agentActivity = Activity(before, after, ContinuousClock.now - begin.1)
            }
            return idle
        }
        guard let agentActivity, let agentMemory = MemoryUse(pid: agent) else {
            throw SandboxError(.ended, "the agent is gone")
        }
        return [
            idle.figure("an idle second", atMost: 130, .bytes) { $0.bytesPerSecond },
            idle.figure(
                "wake-ups when idle, all threads", atMost: 1, .perSecond,
                note:
                    "\(Units.fixed(idle.own.activity.ofTerminal ?? .nan, 1))/s of the terminal's thread"
            ) { $0.activity.wakeUpsPerSecond },
            idle.figure("CPU when idle", atMost: 0.1, .percent) { $0.activity.cpuPercent },
            // What its end would set free: programs and libraries are in memory for the agent, too.
            idle.figure(
                "memory of the wizard, its own pages", atMost: 25, .megabytes,
                note: words(idle.own.memory)
            ) { Double($0.memory.privateBytes) / Double(1 << 20) },
            idle.figure("memory of the wizard, shared pages included", .megabytes) {
                Double($0.memory.residentBytes) / Double(1 << 20)
            },
            Figure(
                name: "CPU of the idle agent", measured: agentActivity.cpuPercent, limit: 0.2,
                unit: .percent,
                note: "with a wizard; \(Units.fixed(agentActivity.wakeUpsPerSecond, 1)) wake-ups/s"),
            Figure(
                name: "memory of the idle agent, shared pages included",
                measured: Double(agentMemory.residentBytes) / Double(1 << 20), limit: 80,
                unit: .megabytes, note: words(agentMemory)),
        ]
    }

    private func words(_ memory: MemoryUse) -> String {
        func megabytes(_ bytes: Int) -> String { Units.fixed(Double(bytes) / Double(1 << 20), 1) }
        return
            "\(megabytes(memory.anonymousBytes)) anonymous, \(megabytes(memory.privateBytes)) of no other process, \(megabytes(memory.proportionalBytes)) with its share of the rest"
    }

    private func idle(_ program: ScreenProgram) throws -> Idle {
        let terminal = try program.openPage()
        // What follows the first page is not idle yet.
        terminal.listen(for: Tuning.benchStart)
        terminal.listenForTick()
        // The thread that has just shown it may not have come to rest.
        terminal.listen(for: Tuning.benchQuiet)
        let (begin, count) = (ContinuousClock.now, terminal.output.count)
        guard let before = ProcessActivity(pid: terminal.child) else {
            throw SandboxError(.ended, "\(program.name) is gone")
        }
        terminal.listen(for: Tuning.benchIdleTime)
        guard let after = ProcessActivity(pid: terminal.child),
            let memory = MemoryUse(pid: terminal.child)
        else { throw SandboxError(.ended, "\(program.name) is gone") }
        let time = ContinuousClock.now - begin
        let idle = Idle(
            bytesPerSecond: Double(terminal.output.count - count) / (time.milliseconds / 1_000),
            activity: Activity(before, after, time), memory: memory)
        try leave(terminal)
        return idle
    }
}
