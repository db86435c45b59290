package import ControlAPI
internal import Synchronization
package import Terminal

/// Does what the wizard wants done outside of itself.
package struct Runner: Sendable {
    private let control: any MigrationControl
    private let me: Asker
    /// Number of the newest event that the wizard has from elsewhere; nil where it has none.
    private let known: Int64?
    private let keep: @Sendable (SavedState) async throws -> Void
    private let keepTime: @Sendable (Int64) -> Void
    /// What was sent and has not been answered yet.
    private let asked = Asked()
    /// Why nothing could be kept last.
    private let trouble = Said()
    private let zone: @Sendable () -> Zone
    private let startAgent: @Sendable () async throws -> Void
    private let hostKey: @Sendable () async -> Void
    private let fault: @Sendable (Fault.Kind) async throws -> String?

    /// `keepTime` keeps when the wizard was there last; `zone` tells which time it is here; `startAgent` returns when an
    /// agent answers; `hostKey` does what the key of the program around the wizard is for, and `fault` sets or ends what
    /// that can let happen, and tells what was done.
    package init(
        _ control: any MigrationControl, me: Asker, known: Int64? = nil,
        keep: @escaping @Sendable (SavedState) async throws -> Void,
        keepTime: @escaping @Sendable (Int64) -> Void = { _ in },
        zone: @escaping @Sendable () -> Zone,
        startAgent: @escaping @Sendable () async throws -> Void,
        hostKey: @escaping @Sendable () async -> Void = {},
        fault: @escaping @Sendable (Fault.Kind) async throws -> String? = { _ in nil }
    ) {
        self.control = control
        self.me = me
        self.known = known
        self.keep = keep
        self.keepTime = keepTime
        self.zone = zone
        self.startAgent = startAgent
        self.hostKey = hostKey
        self.fault = fault
    }

    /// What comes with a tick and takes next to nothing, so that a wizard that nobody touches wakes up only for its ticks;
    /// false for all else.
    package func performAtOnce(
        _ effect: Wizard.Effect, _ send: Sender<Wizard.Message>
    ) -> Bool {
        switch effect {
        case .saveTime(let time): keepTime(time)
        case .readZone: send(.zone(zone()))
        default: return false
        }
        return true
    }

    /// Returns when it is done; following the agent ends only with the task.
    package func perform(_ effect: Wizard.Effect, _ send: Sender<Wizard.Message>) async {
        switch effect {
        case .terminal: break
        case .follow: await follow(send)
        case .command(let command, let layer):
            guard !Task.isCancelled else { return }
            guard let answer = await asked.wait(for: command, { await self.answer(command) }) else {
                return
            }
            send(.answered(answer, to: command, from: layer))
        case .save(let state):
            do {
                try await keep(state)
                _ = trouble.isNew(nil)
            } catch {
                let reason = Self.refusal(error)
                if trouble.isNew(reason) { send(.troubled(reason)) }
            }
        case .readZone, .saveTime: _ = performAtOnce(effect, send)
        case .hostKey: await hostKey()
        case .fault(let kind):
            do {
                if let done = try await fault(kind) { send(.said(done)) }
            } catch { send(.troubled(Self.refusal(error))) }
        case .startAgent:
            do { try await startAgent() } catch { send(.troubled(Self.refusal(error))) }
        }
    }

    /// Whether a command was sent and is not answered.
    package var isAsking: Bool { asked.isWaiting }

    /// Returns when every command that was sent is answered, or when it is cancelled. To be called when no more are: what
    /// the agent does for one could come after what is asked of it next.
    package func settle() async { await asked.settle() }

    /// Commands on their way. They are not cancelled with the wizard: the agent carries them out all the same.
    private final class Asked: Sendable {
        private let state = Mutex(State())

        private struct State {
            var next = 0
            var running: [Int: Task<Answer, Never>] = [:]
            /// Migrations whose wheel is asked for.
            var claims: Set<Identifier> = []
        }

        /// Nil, and nothing is asked, for a claim while the one before it is not answered: those of an agent that hangs
        /// would take all connections.
        func wait(
            for command: Command, _ ask: @escaping @Sendable () async -> Answer
        ) async -> Answer? {
            let claimed: Identifier? = if case .claim(let id) = command { id } else { nil }
            let begun = state.withLock { state -> (Int, Task<Answer, Never>)? in
                if let claimed, !state.claims.insert(claimed).inserted { return nil }
                let task = Task(operation: ask)
                state.next += 1
                state.running[state.next] = task
                return (state.next, task)
            }
            guard let (number, task) = begun else { return nil }
            defer {
                state.withLock { state in
                    state.running[number] = nil
                    if let claimed { state.claims.remove(claimed) }
                }
            }
            return await task.value
        }

        var isWaiting: Bool { state.withLock { !$0.running.isEmpty } }

        func settle() async {
            let running = state.withLock { Array($0.running.values) }
            // Waiting for a task is not ended by a cancellation, waiting for this is.
            let (over, isOver) = AsyncStream.makeStream(of: Void.self)
            Task {
                for task in running { _ = await task.value }
                isOver.finish()
            }
            for await _ in over {}
        }
    }

    /// What was said already is not said again until it has worked meanwhile.
    private final class Said: Sendable {
        private let last = Mutex<ControlError?>(nil)

        func isNew(_ reason: ControlError?) -> Bool {
            last.withLock { last in
                defer { last = reason }
                return last != reason
            }
        }
    }

    /// The stream mends itself while the agent is only away; whatever ends it is said once, and it is begun anew: an agent
    /// of this version may have come.
    private func follow(_ send: Sender<Wizard.Message>) async {
        var known = known
        var said: ControlError?
        while !Task.isCancelled {
            do {
                for try await event in control.events(after: known) {
                    send(.heard(event))
                }
                return
            } catch {
                let reason = Self.refusal(error)
                if reason != said { send(.troubled(reason)) }
                (said, known) = (reason, nil)
            }
            try? await Task.sleep(for: Tuning.followAgain)
        }
    }

    private func answer(_ command: Command) async -> Answer {
        do { return try await ask(command) } catch { return .refused(Self.refusal(error)) }
    }

    private static func refusal(_ error: any Error) -> ControlError {
        error as? ControlError ?? ControlError(.unexpected, "\(error)")
    }

    private func ask(_ command: Command) async throws -> Answer {
        switch command {
        case .add(let new): return .cluster(try await control.add(new))
        case .testCluster(let id): return .cluster(try await control.test(cluster: id))
        case .editCluster(let id, let change):
            return .cluster(try await control.edit(cluster: id, change))
        case .removeCluster(let id): try await control.remove(cluster: id)
        case .validate(let setup): return .made(try await control.validate(setup))
        case .start(let setup): return .made(try await control.start(setup, by: me))
        case .claim(let id): try await control.claim(id, by: me)
        case .yield(let id): try await control.yield(id, by: me)
        case .pause(let id): try await control.pause(id, by: me)
        case .resume(let id): try await control.resume(id, by: me)
        case .setLoadLevel(let id, let level):
            try await control.setLoadLevel(id, to: level, by: me)
        // The page asks only when the operator has confirmed that the writes are stopped.
        case .beginCutover(let id, let name):
            try await control.beginCutover(id, confirmedName: name, writesStopped: true, by: me)
        case .backOut(let id): try await control.backOut(id, by: me)
        case .cancel(let id, let name):
            try await control.cancel(id, confirmedName: name, by: me)
        case .extendSync(let id): return .deadline(try await control.extendSync(id, by: me))
        case .retry(let id): try await control.retry(id, by: me)
        case .releaseSource(let id): try await control.releaseSource(id, by: me)
        case .acknowledgeMismatches(let id, let names):
            try await control.acknowledgeMismatches(id, names, by: me)
        case .readLog(let id, let after):
            return .lines(
                try await control.log(of: id, after: after, limit: Tuning.logLines))
        }
        return .done
    }
}
