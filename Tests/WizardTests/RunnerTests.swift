import ControlAPI
import Synchronization
import Terminal
import Testing

@testable import Wizard

/// What the wizard wants done is asked of the agent, and what comes of it comes back.
@Suite struct RunnerTests {
    /// What was sent; ends with the sender.
    private final class Inbox: Sendable {
        let messages: AsyncStream<Wizard.Message>
        let sender: Sender<Wizard.Message>

        init() {
            let (stream, continuation) = AsyncStream.makeStream(of: Wizard.Message.self)
            messages = stream
            sender = Sender { continuation.yield($0) }
        }

        func next() async -> Wizard.Message? {
            var iterator = messages.makeAsyncIterator()
            return await iterator.next()
        }
    }

    private let kept = Kept()
    private final class Kept: Sendable {
        let states = Mutex<[SavedState]>([])
    }

    private func runner(
        _ agent: ScriptedAgent, startAgent: @escaping @Sendable () async throws -> Void = {}
    ) -> Runner {
        let kept = kept
        return Runner(
            agent, me: Sample.me, keep: { state in kept.states.withLock { $0.append(state) } },
            zone: { Zone(name: "CET", secondsFromUTC: 3_600) }, startAgent: startAgent)
    }

    /// What a command came to.
    private func answer(_ command: Command, _ agent: ScriptedAgent) async -> Answer? {
        let inbox = Inbox()
        await runner(agent).perform(.command(command, from: 3), inbox.sender)
        guard case .answered(let answer, let answered, let layer) = await inbox.next() else {
            return nil
        }
        #expect(answered == command)
        #expect(layer == 3)
        return answer
    }

    private func agent(_ phase: MigrationPhase) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations = [Sample.migration(phase)]
        return ScriptedAgent(snapshot)
    }

    @Test func aClusterThatIsAddedComesBackWithItsIdentifier() async {
        let agent = ScriptedAgent()
        let new = NewCluster(
            name: "new", organization: "Acme", project: "shop", connectionString: Secret("x"))
        let answer = await answer(.add(new), agent)
        let added = agent.snapshot.clusters.last
        #expect(added?.name == "new")
        #expect(answer == added.map { .cluster($0) })
    }

    /// Claims wait until `release` is finished; `sent` ends with the first of them.
    private func holdClaims(
        of agent: ScriptedAgent
    ) -> (sent: AsyncStream<Void>, release: AsyncStream<Void>.Continuation) {
        let (sent, hasSent) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        agent.beforeClaim = {
            hasSent.finish()
            for await _ in released {}
        }
        return (sent, release)
    }

    /// Otherwise the agent could carry it out after what is asked at the very end.
    @Test func whatWasSentIsAnsweredBeforeTheWizardIsGone() async {
        let id = Sample.migration(.inSync).id
        let agent = agent(.inSync)
        agent.change(id) { $0.driver = nil }
        let (sent, release) = holdClaims(of: agent)
        let (runner, inbox) = (runner(agent), Inbox())
        let leaving = Task { await runner.perform(.command(.claim(id), from: 3), inbox.sender) }
        for await _ in sent {}
        leaving.cancel()
        async let driver = {
            await runner.settle()
            return agent.snapshot.migrations[0].driver
        }()
        release.finish()
        #expect(await driver?.wizard == Sample.me.wizard)
        // What was not sent by then is not sent any more.
        let count = agent.requests.count
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await runner.perform(.command(.claim(id), from: 3), inbox.sender)
        }
        await late.value
        #expect(agent.requests.count == count)
    }

    /// The claims of a wizard, one every few seconds, would take all connections to an agent that hangs.
    @Test func theWheelIsAskedForOnceAtATime() async {
        let id = Sample.migration(.copying).id
        let agent = agent(.copying)
        let (sent, release) = holdClaims(of: agent)
        let (runner, inbox) = (runner(agent), Inbox())
        let claim = Wizard.Effect.command(.claim(id), from: 3)
        let first = Task { await runner.perform(claim, inbox.sender) }
        for await _ in sent {}
        await runner.perform(claim, inbox.sender)
        release.finish()
        await first.value
        await runner.perform(claim, inbox.sender)
        let claims = agent.requests.filter { if case .claim = $0 { true } else { false } }
        #expect(claims.count == 2)
    }

    /// An agent that hangs keeps nobody from leaving.
    @Test func whoLeavesDoesNotWaitForAnAnswerForEver() async {
        let id = Sample.migration(.inSync).id
        let agent = agent(.inSync)
        let (sent, release) = holdClaims(of: agent)
        let (runner, inbox) = (runner(agent), Inbox())
        let asking = Task { await runner.perform(.command(.claim(id), from: 3), inbox.sender) }
        for await _ in sent {}
        #expect(runner.isAsking)
        let leaving = Task { await runner.settle() }
        leaving.cancel()
        await leaving.value
        #expect(runner.isAsking)
        release.finish()
        await asking.value
        #expect(!runner.isAsking)
    }

    @Test func whatTheDriverAsksIsAskedInTheNameOfThisWizard() async {
        let id = Sample.migration(.copying).id
        let agent = agent(.copying)
        #expect(await answer(.pause(id), agent) == .done)
        #expect(agent.snapshot.migrations[0].phase == .paused)
        guard case .pause(id, by: Sample.me) = agent.requests.last else {
            Issue.record("asked by somebody else")
            return
        }
        #expect(await answer(.resume(id), agent) == .done)
        #expect(await answer(.setLoadLevel(id, 2), agent) == .done)
        #expect(agent.snapshot.migrations[0].setup.loadLevel == 2)
        #expect(await answer(.yield(id), agent) == .done)
        #expect(agent.snapshot.migrations[0].driver == nil)
    }

    @Test func extendingComesBackWithTheNewEnd() async {
        let agent = agent(.inSync)
        let live = Sample.migration(.inSync)
        let answer = await answer(.extendSync(live.id), agent)
        #expect(answer == live.cutover.deadlineAt.map { .deadline($0 + 86_400_000) })
    }

    @Test func aRefusalComesBackAsOne() async {
        let agent = agent(.copying)
        let error = ControlError(.cluster, "No member answers.", remedy: "Check the address.")
        agent.refuseNext(error)
        #expect(await answer(.testCluster(Sample.source.id), agent) == .refused(error))
    }

    @Test func linesOfALogComeBack() async {
        let agent = agent(.copying)
        let id = Sample.migration(.copying).id
        agent.log("one", of: id)
        agent.log("two", of: id)
        guard case .lines(let lines) = await answer(.readLog(id, after: 1), agent) else {
            Issue.record("no lines")
            return
        }
        #expect(lines.map(\.text) == ["two"])
    }

    @Test func s17EventsComeUntilTheStreamEndsAndThenThatIsSaid() async {
        let agent = agent(.copying)
        let inbox = Inbox()
        let runner = runner(agent)
        let following = Task { await runner.perform(.follow, inbox.sender) }
        guard case .heard(let first) = await inbox.next(), case .snapshot = first.change else {
            Issue.record("no snapshot")
            return
        }
        agent.put(.alive)
        guard case .heard = await inbox.next() else {
            Issue.record("no event")
            return
        }
        agent.endStreams(ControlError(.unavailable, "another version"))
        guard case .troubled(let error) = await inbox.next() else {
            Issue.record("nothing was said")
            return
        }
        #expect(error.message == "another version")
        // One of this version may have come in its place.
        guard case .heard(let again) = await inbox.next(), case .snapshot = again.change else {
            Issue.record("not followed again")
            return
        }
        following.cancel()
        await following.value
    }

    @Test func followingEndsWithItsTask() async {
        let agent = ScriptedAgent()
        let inbox = Inbox()
        let runner = runner(agent)
        let following = Task { await runner.perform(.follow, inbox.sender) }
        _ = await inbox.next()
        following.cancel()
        await following.value
        #expect(agent.followers == 0)
    }

    @Test func whatIsKeptAndTheZoneAreHandedOver() async {
        let state = SavedState(pages: [], lastSeen: 1, theme: nil)
        let inbox = Inbox()
        let runner = runner(ScriptedAgent())
        await runner.perform(.save(state), inbox.sender)
        #expect(kept.states.withLock { $0 } == [state])
        await runner.perform(.readZone, inbox.sender)
        guard case .zone(let zone) = await inbox.next() else {
            Issue.record("no zone")
            return
        }
        #expect(zone.name == "CET")
    }

    @Test func aFullDiskIsSaidOnceUntilThereWasRoomMeanwhile() async {
        let full = ControlError(.store, "no space")
        let answers = Mutex<[ControlError?]>([full, full, nil, full])
        let inbox = Inbox()
        let runner = Runner(
            ScriptedAgent(), me: Sample.me,
            keep: { _ in if let error = answers.withLock({ $0.removeFirst() }) { throw error } },
            zone: { .utc }, startAgent: {})
        for _ in 0..<4 {
            await runner.perform(
                .save(SavedState(pages: [], lastSeen: 1, theme: nil)), inbox.sender)
        }
        await runner.perform(.readZone, inbox.sender)
        for _ in 0..<2 {
            guard case .troubled(full) = await inbox.next() else {
                Issue.record("not said")
                return
            }
        }
        guard case .zone = await inbox.next() else {
            Issue.record("said too often")
            return
        }
    }

    @Test func s17AnAgentThatDoesNotStartIsSaid() async {
        let inbox = Inbox()
        let runner = runner(ScriptedAgent()) {
            throw ControlError(.agentUnreachable, "the agent does not answer")
        }
        await runner.perform(.startAgent, inbox.sender)
        guard case .troubled(let error) = await inbox.next() else {
            Issue.record("nothing was said")
            return
        }
        #expect(error.code == .agentUnreachable)
    }
}
