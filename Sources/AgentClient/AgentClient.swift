internal import AsyncHTTPClient
package import ControlAPI
internal import FoundationEssentials
internal import Glibc
internal import NIOCore
internal import NIOHTTP1

/// `MigrationControl` by the agent of a state folder, over its Unix socket. `shutdown` must be called.
package final class AgentClient: Sendable {
    package let folder: AgentFolder
    package let pulse: Pulse
    private let client: HTTPClient

    /// Connects to nothing yet.
    package init(_ folder: AgentFolder) {
        self.folder = folder
        pulse = Pulse(folder)
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        // Whoever asks is told at once that nobody is there. Otherwise every question waits for the next of attempts that
        // grow rarer and rarer, long after another agent has come.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func shutdown() async { try? await client.shutdown() }

    private func request(_ path: String) throws -> HTTPClientRequest {
        try requirePrivateFolder()
        guard let url = URL(httpURLWithSocketPath: folder.socket, uri: path) else {
            throw ControlError(.unsafeFiles, "\(folder.socket) cannot be a socket's path")
        }
        return HTTPClientRequest(url: url.absoluteString)
    }

    /// Where others may write anybody could listen, and be told passwords. An agent refuses such a folder, too.
    private func requirePrivateFolder() throws {
        var information = stat()
        guard stat(folder.path, &information) == 0 else { return }
        let isOurs = information.st_uid == geteuid() || geteuid() == 0
        guard isOurs, information.st_mode & 0o077 == 0 else {
            throw folder.isOpenToOthers
        }
    }

    private func ask(_ question: ControlRequest) async throws -> ControlAnswer {
        var request = try request("/v1/request?asked=\(HostClock.uptime)")
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(question)))
        let bytes: ByteBuffer
        do {
            let response = try await client.execute(request, timeout: .seconds(Tuning.requestLimit))
            bytes = try await response.body.collect(upTo: Tuning.answerBytes)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw trouble(error)
        }
        guard
            let answer = try? JSONDecoder().decode(
                ControlAnswer.self, from: Data(bytes.readableBytesView))
        else { throw Self.otherVersion }
        if case .error(let error) = answer { throw error }
        return answer
    }

    private func trouble(_ error: any Error) -> ControlError {
        let isUnknown = "whether it did what was asked is not known"
        switch error as? HTTPClientError {
        case .deadlineExceeded?:
            return ControlError(
                .agentSilent,
                "the agent has not answered for \(Tuning.requestLimit) s; \(isUnknown)",
                remedy: "see its log before you ask again")
        case .remoteConnectionClosed?:
            return ControlError(
                .agentUnreachable, "the agent has ended before it answered; \(isUnknown)",
                remedy: "start it: lagzero agent run")
        case .getConnectionFromPoolTimeout?:
            return ControlError(
                .agentSilent,
                "the agent answers nothing that was asked before, so this was not asked",
                remedy: "wait until it goes on, then ask again")
        default:
            return ControlError(
                .agentUnreachable, "no agent answers on \(folder.socket)",
                remedy: "start it: lagzero agent run")
        }
    }

    private static let otherVersion = ControlError(
        .unavailable, "the agent's answer is not understood",
        remedy: "use the agent and the wizard of one version")

    private func perform(_ question: ControlRequest) async throws { _ = try await ask(question) }

    private func identifier(_ question: ControlRequest) async throws -> Identifier {
        guard case .identifier(let id) = try await ask(question) else { throw Self.otherVersion }
        return id
    }

    private func cluster(_ question: ControlRequest) async throws -> Cluster {
        guard case .cluster(let cluster) = try await ask(question) else { throw Self.otherVersion }
        return cluster
    }
}

extension AgentClient: MigrationControl {
    package func snapshot(past: Int?) async throws -> Snapshot {
        guard case .snapshot(let snapshot) = try await ask(.snapshot(past: past)) else {
            throw Self.otherVersion
        }
        return snapshot
    }

    package func log(of id: Identifier, after: Int?, limit: Int) async throws -> [LogLine] {
        guard case .log(let lines) = try await ask(.log(migration: id, after: after, limit: limit))
        else { throw Self.otherVersion }
        return lines
    }

    package func test(_ text: Secret) async throws -> ClusterFacts {
        guard case .facts(let facts) = try await ask(.testConnection(text)) else {
            throw Self.otherVersion
        }
        return facts
    }

    package func add(_ new: NewCluster) async throws -> Cluster { try await cluster(.add(new)) }

    package func test(cluster id: Identifier) async throws -> Cluster {
        try await cluster(.testCluster(id))
    }

    package func edit(cluster id: Identifier, _ change: ClusterChange) async throws -> Cluster {
        try await cluster(.editCluster(id, change))
    }

    package func remove(cluster id: Identifier) async throws {
        try await perform(.removeCluster(id))
    }

    package func validate(_ setup: MigrationSetup) async throws -> Identifier {
        try await identifier(.validate(setup))
    }

    package func start(_ setup: MigrationSetup, by asker: Asker) async throws -> Identifier {
        try await identifier(.start(setup, by: asker))
    }

    package func claim(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.claim(id, by: asker))
    }

    package func yield(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.yield(id, by: asker))
    }

    package func pause(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.pause(id, by: asker))
    }

    package func resume(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.resume(id, by: asker))
    }

    package func setLoadLevel(_ id: Identifier, to level: Int, by asker: Asker) async throws {
        try await perform(.setLoadLevel(id, level: level, by: asker))
    }

    package func beginCutover(
        _ id: Identifier, confirmedName: String, writesStopped: Bool, by asker: Asker
    ) async throws {
        try await perform(
            .beginCutover(
                id, confirmedName: confirmedName, writesStopped: writesStopped, by: asker))
    }

    package func backOut(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.backOut(id, by: asker))
    }

    package func cancel(_ id: Identifier, confirmedName: String, by asker: Asker) async throws {
        try await perform(.cancel(id, confirmedName: confirmedName, by: asker))
    }

    package func extendSync(_ id: Identifier, by asker: Asker) async throws -> Int64 {
        guard case .time(let time) = try await ask(.extendSync(id, by: asker)) else {
            throw Self.otherVersion
        }
        return time
    }

    package func retry(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.retry(id, by: asker))
    }

    package func releaseSource(_ id: Identifier, by asker: Asker) async throws {
        try await perform(.releaseSource(id, by: asker))
    }

    package func acknowledgeMismatches(
        _ id: Identifier, _ names: [String], by asker: Asker
    ) async throws {
        try await perform(.acknowledgeMismatches(id, names, by: asker))
    }
}

extension AgentClient {
    package func events(after sequence: Int64?) -> AsyncThrowingStream<Event, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                var last = sequence
                while !Task.isCancelled {
                    do {
                        try await follow(&last) { continuation.yield($0) }
                    } catch let error as ControlError where error.code == .unavailable {
                        continuation.finish(throwing: error)
                        return
                    } catch {
                        // Tried again: an agent that is gone may come back.
                    }
                    try? await Task.sleep(for: Tuning.reconnect)
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func follow(_ last: inout Int64?, _ take: (Event) -> Void) async throws {
        let request = try request("/v1/events" + (last.map { "?after=\($0)" } ?? ""))
        let response = try await client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else { throw Self.otherVersion }
        var rest: [UInt8] = []
        for try await part in response.body {
            rest += part.readableBytesView
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                guard
                    let event = try? JSONDecoder().decode(Event.self, from: Data(rest[..<end]))
                else { throw Self.otherVersion }
                rest.removeSubrange(...end)
                last = event.sequence
                take(event)
            }
        }
    }
}
