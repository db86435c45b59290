import ControlAPI
import Migration
import Sandbox
import Testing

@testable import Agent

/// What an agent says of a migration before its engine has reached the clusters: nobody answers at their addresses.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RestartTests {
    /// A supervisor over a folder in which an earlier one has left the migration. `hasSecrets`: without them no engine is
    /// begun.
    private func with(
        _ phase: MigrationPhase, hasSecrets: Bool = true, _ change: (inout LiveMigration) -> Void,
        _ body: (Supervisor, Identifier) async throws -> Void
    ) async throws {
        var live = OccasionTests.migration(phase, change)
        live.setup.source = Identifier(at: 2)
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path)
        try await Store(folder.store).save(StoredMigration(live: live, hasBegun: true))
        let agent = try await Supervisor.alone(folder)
        if hasSecrets {
            for id in [live.setup.source, live.setup.destination] {
                try await agent.keep(Secret("mongodb://127.0.0.1:1/?directConnection=true"), of: id)
            }
        }
        do {
            try await body(agent, live.id)
        } catch {
            await end(agent, live.id)
            try? await scratch.remove()
            throw error
        }
        await end(agent, live.id)
        try await scratch.remove()
    }

    private func end(_ agent: Supervisor, _ id: Identifier) async {
        let task = await agent.runs[id]?.task
        task?.cancel()
        await task?.value
    }

    /// What an agent has written down that did not say so.
    @Test func whatHadNotBegunIsKnownToClearItsDestinationAgain() async throws {
        for (hasBegun, begunAt, isRetryPossible, clears) in [
            (false, nil, true, true), (true, nil, true, false), (false, 5, true, false),
            (false, nil, false, nil),
        ] as [(Bool, Int64?, Bool, Bool?)] {
            let scratch = try ScratchFolder()
            let folder = AgentFolder(path: scratch.path)
            let live = OccasionTests.migration(.failed) {
                ($0.setup.clear, $0.isRetryPossible) = (true, isRetryPossible)
            }
            let stored = StoredMigration(
                live: live, hasBegun: hasBegun, identity: MigrationIdentity(begunAt: begunAt))
            try await Store(folder.store).save(stored)
            let agent = try await Supervisor.alone(folder)
            #expect(try await agent.migration(live.id).clearsOnRetry == clears)
            try await scratch.remove()
        }
    }

    @Test func theTimeToCutOverGoesOnAndIsToldThoughNobodyAnswers() async throws {
        let now = Clock.now
        let end = now + 150 * 60_000
        try await with(.inSync, { $0.cutover.deadlineAt = end }) { agent, id in
            await agent.takeUp(id, isResumed: true)
            await agent.refresh(id)
            let live = try await agent.migration(id)
            #expect(live.isRunning && live.phase == .preparing)
            #expect(live.cutover.deadlineAt == end)
            await agent.tellOccasions(at: now)
            await agent.tellOccasions(at: now + 100 * 60_000)
            let notices = try await agent.store.log(of: id, after: 0, limit: 100).map(\.text)
                .filter { $0.hasPrefix("notice: ") }
            #expect(notices.count == 2)
            #expect(notices.first?.contains("less than 3 hours left to cut over") == true)
            #expect(notices.last?.contains("less than 1 hour left to cut over") == true)
        }
    }

    @Test func anExpiryThatIsRetriedBeginsAnew() async throws {
        try await with(.expired, { $0.cutover.deadlineAt = Clock.now - 1_000 }) { agent, id in
            await agent.takeUp(id, isResumed: true)
            let begun = try await agent.migration(id)
            #expect(begun.phase == .preparing && begun.cutover.deadlineAt == nil)
            await agent.refresh(id)
            let live = try await agent.migration(id)
            #expect(live.cutover.deadlineAt == nil)
        }
    }

    @Test func afterACrashInACutoverNobodyKnowsWhatIsBlocked() async throws {
        let change: (inout LiveMigration) -> Void = {
            $0.cutover.begunAt = Clock.now
            ($0.cutover.isSourceBlocked, $0.cutover.isPastPointOfNoReturn) = (false, false)
        }
        try await with(.finalizing, change) { agent, id in
            let loaded = try await agent.migration(id)
            #expect(loaded.isCutoverInDoubt)
            await agent.takeUp(id, isResumed: true)
            await agent.refresh(id)
            let live = try await agent.migration(id)
            #expect(live.phase == .preparing && live.isCutoverInDoubt)
            #expect(live.cutover.isSourceBlocked == nil)
            #expect(live.cutover.isPastPointOfNoReturn == nil)
        }
    }

    @Test func aFailureBeforeThatIsReadLeavesItInDoubt() async throws {
        let change: (inout LiveMigration) -> Void = {
            ($0.cutover.begunAt, $0.cutover.isSourceBlocked) = (Clock.now, false)
        }
        try await with(.finalizing, hasSecrets: false, change) { agent, id in
            await agent.takeUp(id, isResumed: true)
            let live = try await agent.migration(id)
            #expect(live.phase == .failed && live.isCutoverInDoubt)
        }
    }

    /// What is known for certain stays known.
    @Test func whatCannotHaveChangedSinceIsKept() async throws {
        let blocked: (inout LiveMigration) -> Void = {
            ($0.cutover.begunAt, $0.cutover.isSourceBlocked) = (Clock.now, true)
        }
        try await with(.failed, blocked) { agent, id in
            let live = try await agent.migration(id)
            #expect(live.cutover.isSourceBlocked == true)
        }
        let past: (inout LiveMigration) -> Void = {
            blocked(&$0)
            $0.cutover.isPastPointOfNoReturn = true
        }
        try await with(.finalizing, past) { agent, id in
            let live = try await agent.migration(id)
            #expect(live.isPastPointOfNoReturn && !live.isCutoverInDoubt)
        }
    }
}
