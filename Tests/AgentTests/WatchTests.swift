import ControlAPI
import Glibc
import Sandbox
import Testing

@testable import Agent
@testable import AgentClient

/// What those who follow the agent are told.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WatchTests {
    private func with(_ body: (Supervisor) async throws -> Void) async throws {
        let scratch = try ScratchFolder()
        do {
            try await body(try await Supervisor.alone(AgentFolder(path: scratch.path)))
        } catch {
            try? await scratch.remove()
            throw error
        }
        try await scratch.remove()
    }

    private let id = Identifier(at: 1)

    private func change(_ number: Int) -> Event.Change {
        .organization(Organization(id: id, name: "Acme \(number)"))
    }

    @Test func whoComesBackIsToldOnlyWhatIsNewer() async throws {
        try await with { agent in
            for number in 1...3 { await agent.publish(change(number)) }
            let known = await agent.state.sequence
            for number in 4...5 { await agent.publish(change(number)) }
            var events = await agent.watch(after: known).makeAsyncIterator()
            await agent.publish(change(6))
            for number in 4...6 {
                let event = await events.next()
                #expect(event?.sequence == known + Int64(number - 3))
                #expect(event?.change == change(number))
            }
        }
    }

    /// Too old, of another agent's future, or none at all.
    @Test(arguments: [-1_000_000, 1_000_000, nil])
    func whoseLastEventIsNotKnownIsToldEverything(_ offset: Int64?) async throws {
        try await with { agent in
            for number in 1...3 { await agent.publish(change(number)) }
            let now = await agent.state.sequence
            var events = await agent.watch(after: offset.map { now + $0 }).makeAsyncIterator()
            guard case .snapshot(let all) = await events.next()?.change else {
                Issue.record("no snapshot")
                return
            }
            #expect(all.sequence == now)
        }
    }

    @Test func whoIsTooSlowIsSentAway() async throws {
        try await with { agent in
            var slow = await agent.watch(after: agent.state.sequence).makeAsyncIterator()
            for number in 0...Agent.Tuning.eventQueue { await agent.publish(change(number)) }
            var heard = 0
            while await slow.next() != nil { heard += 1 }
            #expect(heard == Agent.Tuning.eventQueue)
            // Others go on.
            var other = await agent.watch(after: agent.state.sequence).makeAsyncIterator()
            await agent.publish(change(-1))
            #expect(await other.next()?.change == change(-1))
        }
    }

    @Test func aClientThatComesBackIsToldOnlyWhatIsNewer() async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            let before = try await fixture.client.snapshot()
            _ = try await fixture.client.add(
                NewCluster(
                    name: "shop", organization: "Acme", project: "web",
                    connectionString: Secret(
                        "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")))
            let now = try await fixture.client.snapshot().sequence
            var sequences: [Int64] = []
            for try await event in fixture.client.events(after: before.sequence) {
                if case .alive = event.change { continue }
                if case .snapshot = event.change { Issue.record("everything was told anew") }
                sequences.append(event.sequence)
                if event.sequence >= now { break }
            }
            #expect(sequences == Array(before.sequence + 1...now))
        }
    }

    /// As a wizard that is suspended.
    @Test func whoReadsNothingHoldsUpNoStop() async throws {
        try await AgentFixture.with { fixture in
            let folder = fixture.folder
            try #require(mkdir(folder.path, 0o700) == 0)
            let store = try Store(folder.store)
            chmod(folder.store, 0o600)
            // More than a socket takes that nobody reads from.
            let name = String(repeating: "x", count: 8 << 20)
            _ = try await store.add(
                NewCluster(
                    name: "shop", organization: name, project: "web",
                    connectionString: Secret("")), shownAs: "", id: id, at: 1)
            let agent = try await fixture.start()
            let socket = try #require(UnixSocket.connect(folder.socket, canWait: true))
            defer { close(socket) }
            let question = Array("GET /v1/events HTTP/1.1\r\nHost: agent\r\n\r\n".utf8)
            #expect(write(socket, question, question.count) == question.count)
            var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            #expect(poll(&polled, 1, 30_000) == 1)
            agent.send(signal: SIGTERM)
            try await agent.ended(within: .seconds(30))
            #expect(agent.exitCode == 0)
        }
    }
}
