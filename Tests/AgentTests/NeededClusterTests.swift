import AgentClient
import ControlAPI
import Foundation
import GRDB
import Glibc
import Migration
import Sandbox
import Testing

@testable import Agent

/// What a migration still needs of a cluster, while the inventory is edited. Nothing listens on the ports.
@Suite(.serialized) struct NeededClusterTests {
    private static func uri(_ port: Int, user: String = "anna") -> String {
        "mongodb://\(user):hidden@127.0.0.1:\(port)/?serverSelectionTimeoutMS=200"
    }

    /// A supervisor that knows two clusters and, where there is one, a migration between them.
    private func with(
        _ change: (inout LiveMigration) -> Void = { _ in }, hasMigration: Bool = true,
        _ body: (Supervisor, MigrationSetup, Identifier, AgentFolder) async throws -> Void
    ) async throws {
        let scratch = try ScratchFolder()
        do {
            let folder = AgentFolder(path: scratch.path)
            let first = try await Supervisor.alone(folder)
            var ids: [Identifier] = []
            for (name, port) in [("old", 1), ("new", 2)] {
                let cluster = try await first.add(
                    NewCluster(
                        name: name, organization: "Acme", project: "shop",
                        connectionString: Secret(Self.uri(port))))
                ids.append(cluster.id)
            }
            var setup = MigrationSetup(source: ids[0], destination: ids[1])
            setup.clear = true
            setup.clearConfirmedName = "new"
            let destination = try await first.cluster(ids[1])
            setup.clearConfirmedCluster = ClearedCluster(destination)
            setup.clearConfirmedCluster?.replicaSet = "rs-new"
            var live = LiveMigration(
                id: Identifier(at: 9), setup: setup, sourceName: "old", destinationName: "new",
                destinationConnectionString: destination.connectionString, phase: .failed,
                startedAt: 5)
            change(&live)
            if hasMigration {
                try await first.store.save(StoredMigration(live: live, hasBegun: false))
            }
            try await body(try await Supervisor.alone(folder), setup, live.id, folder)
        } catch {
            try? await scratch.remove()
            throw error
        }
        try await scratch.remove()
    }

    private func edited(_ port: Int, user: String = "anna") -> ClusterChange {
        var change = ClusterChange()
        change.connectionString = Secret(Self.uri(port, user: user))
        return change
    }

    /// Nothing can be written any more, as on a full disk.
    private func breakStore(of agent: Supervisor) async throws {
        try await agent.store.queue.write { database in
            for table in ["clusters", "migrations"] {
                for verb in ["INSERT", "UPDATE"] {
                    try database.execute(
                        sql: """
                            CREATE TRIGGER no\(verb)\(table) BEFORE \(verb) ON \(table)
                            BEGIN SELECT RAISE(ABORT, 'disk full'); END
                            """)
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func whatMayBeRetriedOrReleasedKeepsItsClusters(isHeld: Bool) async throws {
        try await with {
            $0.phase = isHeld ? .complete : .failed
            $0.isRetryPossible = !isHeld
            $0.isSourceHeld = isHeld
        } _: { agent, setup, _, _ in
            for id in [setup.source, setup.destination] {
                let before = try await agent.cluster(id).connectionString
                let edit = await #expect(throws: ControlError.self) {
                    try await agent.edit(cluster: id, edited(7))
                }
                #expect(edit?.code == .conflict)
                #expect(edit?.message.contains("old to new") == true)
                let removal = await #expect(throws: ControlError.self) {
                    try await agent.remove(cluster: id)
                }
                #expect(removal?.code == .conflict)
                #expect(removal?.message.contains(isHeld ? "still holds" : "retried") == true)
                #expect(try await agent.cluster(id).connectionString == before)
            }
            // Another user of the same servers, and another name, are no other cluster.
            var change = edited(1, user: "bert")
            change.name = "renamed"
            let renamed = try await agent.edit(cluster: setup.source, change)
            #expect(renamed.name == "renamed" && renamed.connectionString.contains("bert"))
        }
    }

    /// A migration that needs its clusters, and how it lets them go.
    enum Needing: CaseIterable {
        case copying, held, failed, blocking, inDoubt, beingCancelled, opened, expired

        func happen(to live: inout LiveMigration) {
            live.phase = .failed
            live.isRetryPossible = true
            switch self {
            case .copying: live.phase = .copying
            case .held: (live.phase, live.isSourceHeld) = (.complete, true)
            case .failed: break
            case .blocking: (live.isRetryPossible, live.cutover.isSourceBlocked) = (false, true)
            case .inDoubt: (live.isRetryPossible, live.cutover.begunAt) = (false, 4)
            case .beingCancelled: live.cancellation = Cancellation()
            case .opened: live.cutover.isPastPointOfNoReturn = true
            case .expired: live.phase = .expired
            }
        }

        var remedy: String {
            switch self {
            case .copying: "wait until it has ended, or cancel it"
            case .held: "release the source first"
            case .failed, .blocking, .inDoubt: "cancel it first"
            case .beingCancelled: "wait until it is cancelled"
            case .opened: "retry it, so that its cutover is finished"
            case .expired: "retry it and cancel it first"
            }
        }
    }

    @Test(arguments: Needing.allCases)
    func aRefusalSaysWhatLetsTheClusterGo(needing: Needing) async throws {
        try await with(hasMigration: false) { agent, setup, id, _ in
            var live = LiveMigration(
                id: id, setup: setup, sourceName: "old", destinationName: "new",
                destinationConnectionString: "", phase: .failed, startedAt: 5)
            needing.happen(to: &live)
            await agent.publish(.migration(live))
            let removal = await #expect(throws: ControlError.self) {
                try await agent.remove(cluster: setup.source)
            }
            #expect(removal?.remedy == needing.remedy)
            let isInDoubt =
                removal?.message.contains("has failed in a cutover may block writes: old to new")
            #expect(isInDoubt == (needing == .inDoubt))
            let edit = await #expect(throws: ControlError.self) {
                try await agent.edit(cluster: setup.destination, edited(7))
            }
            #expect(edit?.remedy?.hasPrefix(needing.remedy + "; or keep its servers") == true)
        }
    }

    @Test func whatIsOverLetsItsClustersGo() async throws {
        try await with { _ in
        } _: { agent, setup, _, _ in
            _ = try await agent.edit(cluster: setup.destination, edited(7))
            try await agent.remove(cluster: setup.source)
            #expect(await agent.state.clusters.map(\.id) == [setup.destination])
        }
    }

    @Test func onlyWhatWasShownWhenItsNameWasTypedIsEverCleared() async throws {
        try await with { _ in
        } _: { agent, setup, _, _ in
            #expect(try await agent.options(setup).dropConfirmation == "rs-new")
            // A name of the inventory says nothing about the servers.
            var change = ClusterChange()
            change.name = "renamed"
            _ = try await agent.edit(cluster: setup.destination, change)
            #expect(try await agent.options(setup).dropConfirmation == "rs-new")
            _ = try await agent.edit(cluster: setup.destination, edited(7))
            await #expect(throws: ControlError.self) { try await agent.options(setup) }
            var untold = setup
            untold.clearConfirmedCluster = nil
            #expect(try await agent.options(untold).dropConfirmation == "new")
        }
    }

    /// What the destination holds by now it may have got from anybody.
    @Test(arguments: [false, true]) func anAgentThatWasAwayForLongClearsNothingUnasked(
        isLong: Bool
    ) async throws {
        try await with {
            $0.phase = .preparing
            if !isLong { $0.startedAt = Clock.now - 60_000 }
        } _: { agent, _, id, _ in
            let work = Task { await agent.run() }
            try await eventually("it is taken up, or not") {
                let live = try await agent.migration(id)
                return live.isRunning || live.phase.isFinal
            }
            let live = try await agent.migration(id)
            #expect((live.phase == .failed) == isLong && live.isRetryPossible == isLong)
            #expect((live.error?.message.contains("long ago") == true) == isLong)
            work.cancel()
            await work.value
        }
    }

    @Test func anEditForgetsWhatWasValidated() async throws {
        try await with(hasMigration: false) { agent, setup, _, _ in
            var setup = setup
            setup.clear = false
            for isEdited in [false, true] {
                var run = ValidationRun(id: Identifier(at: 20), setup: setup, startedAt: 1)
                run.isPassed = true
                await agent.publish(.validation(run))
                var change = isEdited ? edited(7) : ClusterChange()
                change.name = "name-\(isEdited)"
                _ = try await agent.edit(cluster: setup.destination, change)
                #expect(await agent.state.validations.isEmpty == isEdited)
            }
        }
    }

    @Test func whatAnOldProbeSawIsDropped() async throws {
        try await with(hasMigration: false) { agent, setup, _, _ in
            let old = try await agent.secret(of: setup.source)
            _ = try await agent.edit(cluster: setup.source, edited(7))
            var facts = ClusterFacts()
            facts.replicaSet = "old-rs"
            let late = try await agent.take(.success(facts), of: setup.source, with: old)
            #expect(late.facts == nil && late.trouble != nil)
            let now = try await agent.secret(of: setup.source)
            let seen = try await agent.take(.success(facts), of: setup.source, with: now)
            #expect(seen.facts?.replicaSet == "old-rs")
        }
    }

    @Test func anEngineThatWorksIsNotCalledFailedWhereTheStoreCannotBeWritten() async throws {
        try await with {
            $0.isRetryPossible = true
            $0.setup.clear = false
        } _: { agent, _, id, _ in
            try await breakStore(of: agent)
            await agent.takeUp(id, isResumed: true)
            let live = try await agent.migration(id)
            #expect(live.isRunning && live.phase != .failed && !live.isRetryPossible)
            #expect(await agent.state.agent.trouble?.code == .store)
            await agent.runs[id]?.task.cancel()
            await agent.runs[id]?.task.value
        }
    }

    @Test func anEditThatCannotBeWrittenChangesNothing() async throws {
        try await with(hasMigration: false) { agent, setup, _, folder in
            let old = try await agent.secret(of: setup.source)
            try await breakStore(of: agent)
            await #expect(throws: ControlError.self) {
                try await agent.edit(cluster: setup.source, edited(7))
            }
            #expect(try await agent.secret(of: setup.source) == old)
            #expect(try SecretFile(folder.secrets).load()[setup.source] == old)
            #expect(try await agent.cluster(setup.source).connectionString.contains(":1/"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func anAgentOfAnotherVersionIsCalledThat() async throws {
        let scratch = try ScratchFolder()
        let folder = AgentFolder(path: scratch.path)
        let listener = try OtherTongue(folder.socket)
        defer { listener.close() }
        let client = AgentClient(folder)
        let error = await #expect(throws: ControlError.self) {
            try await AgentStarter.ensureRunning(client, start: {})
        }
        #expect(error?.code == .unavailable)
        let told = await #expect(throws: ControlError.self) {
            for try await _ in client.events(after: nil) {}
        }
        #expect(told?.code == .unavailable)
        await client.shutdown()
        try await scratch.remove()
    }
}

/// A server whose every answer is one that this version does not know.
private final class OtherTongue: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isListening = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                    && listen(descriptor, 8) == 0
            }
        }
        try #require(isListening)
        Thread.detachNewThread {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                var bytes = [UInt8](repeating: 0, count: 4_096)
                if read(peer, &bytes, bytes.count) > 0 {
                    let answer =
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{}\n"
                    _ = send(peer, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                }
                Glibc.close(peer)
            }
        }
    }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
